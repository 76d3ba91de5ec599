"""What gunicorn serves."""

import io
import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Gunicorn looks at no check by itself; a wrong setting is said here, at start, and not to whoever asks first.
call_command("check", stdout=io.StringIO())
