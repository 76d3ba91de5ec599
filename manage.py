#!/usr/bin/env python
"""The one way in for every command: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        # Whoever mistyped a setting wants the sentence, not forty lines of import machinery above it.
        sys.exit(f"Configuration: {wrong}")


if __name__ == "__main__":
    main()
