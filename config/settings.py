"""Every setting of the store, in the order in which one asks for them.

Values come from the environment (`.env` is read first); `.env.example` and `docs/operating.md` explain each
variable, and a test fails when one is missing there.
"""

from pathlib import Path

from csp.constants import NONE, SELF

from config.environment import (
    BASE_DIR,
    DEBUG,
    TESTING,
    address_or_path,
    at_least,
    database_address,
    env,
    file_for_tests,
    hosts,
    needed,
    shaped,
    shared_cache,
    site_address,
    strong_key,
)

# --- Who and where ------------------------------------------------------------------------------------------
SECRET_KEY = strong_key("SECRET_KEY", "weak-key-that-only-a-development-machine-may-use")
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
PUBLIC_URL = site_address("PUBLIC_URL", "http://127.0.0.1:8000")
HTTPS = PUBLIC_URL.startswith("https://")
STORE_NAME = env.str("STORE_NAME", default="Recredit")
STORE_ADDRESS = env.str("STORE_ADDRESS", default="")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="support@store.example")
TOP_UP_URL = address_or_path("TOP_UP_URL")

# --- The store's own rules ----------------------------------------------------------------------------------
INVOICE_SERIES = shaped("INVOICE_SERIES", "01", "[0-9]{2}")
CREDITS_CURRENCY = env.str("CREDITS_CURRENCY", default="CRD")
CREDIT_VALUE = env.str("CREDIT_VALUE", default="1")
CREDIT_VALUE_CURRENCY = env.str("CREDIT_VALUE_CURRENCY", default="")
SECOND_AGENT_ABOVE = at_least("SECOND_AGENT_ABOVE", 1000, least=0)
SUPPORT_WORKING_DAYS = at_least("SUPPORT_WORKING_DAYS", 3, least=1)
DOWNLOAD_LINK_MINUTES = at_least("DOWNLOAD_LINK_MINUTES", 10, least=1)
RECEIPT_DAYS = at_least("RECEIPT_DAYS", 90, least=1)
ATTACHMENT_MEGABYTES = at_least("ATTACHMENT_MEGABYTES", 10, least=1)
ATTACHMENTS_AT_ONCE = at_least("ATTACHMENTS_AT_ONCE", 5, least=1)
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEBUG and not TESTING)

# --- Limits: how often somebody may ask ---------------------------------------------------------------------
_RATE = "[1-9][0-9]*/(s|sec|second|m|min|minute|h|hour|d|day)"
_TRIES = "[1-9][0-9]*/([1-9][0-9]*)?[smhd](/(ip|user|key))?"
LIMIT_SIGN_IN_FAILURES = shaped("LIMIT_SIGN_IN_FAILURES", "5/5m/key,20/5m/ip", f"{_TRIES}(,{_TRIES})*")
LIMIT_API_KEY = shaped("LIMIT_API_KEY", "600/min", _RATE)
LIMIT_API_ADDRESS = shaped("LIMIT_API_ADDRESS", "120/min", _RATE)
LIMIT_CODE_GUESSES = at_least("LIMIT_CODE_GUESSES", 5, least=1)
LIMIT_CODE_MINUTES = at_least("LIMIT_CODE_MINUTES", 10, least=1)
LIMIT_INVOICE_MISSES = at_least("LIMIT_INVOICE_MISSES", 100, least=1)
LIMIT_INVOICE_MINUTES = at_least("LIMIT_INVOICE_MINUTES", 10, least=1)
LIMIT_INVOICE_LOOKUPS = at_least("LIMIT_INVOICE_LOOKUPS", 600, least=1)

# --- Rooms and doors ----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "doors.desk.admin_app.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "ground",
    "accounts",
    "outbox",
    "credits",
    "storefront",
    "refunds",
    "doors.shop",
    "doors.portal",
    "doors.desk",
    "doors.api",
    "doors.storefile",
]
MIDDLEWARE = [
    "ground.middleware.RequestContext",
    "doors.shop.timing.EvenAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "doors.trouble.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "doors.trouble.Trouble",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.PersonContext",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "doors.context.store",
            ],
            "builtins": ["django.templatetags.i18n", "ground.templatetags.recredit"],
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------
(BASE_DIR / "var").mkdir(exist_ok=True)
DATABASE_URL = database_address("DATABASE_URL", f"sqlite:///{BASE_DIR}/var/recredit.sqlite3")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
ON_POSTGRESQL = DATABASES["default"]["ENGINE"].endswith("postgresql")
LOCK_WAIT_SECONDS = 3
if ON_POSTGRESQL:
    DATABASES["default"]["ENGINE"] = "ground.postgresql"
    # django-environ has already put the socket's folder into OPTIONS: add to it, never replace it.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        options=f"-c lock_timeout={LOCK_WAIT_SECONDS}s",
        connect_timeout=2,
        server_side_binding=True,
        prepare_threshold=at_least("DATABASE_PREPARE_AFTER", 3, least=0) or None,
    )
    if env.bool("DATABASE_POOL", default=not TESTING):
        # A request waits this long for a connection. The pool stops trying after a second, and begins anew with the next
        # request: else it would wait longer and longer while the database is away, and go on waiting when it is back.
        DATABASES["default"]["OPTIONS"]["pool"] = {"timeout": LOCK_WAIT_SECONDS, "reconnect_timeout": 1}
else:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": at_least("SQLITE_WAIT_SECONDS", 20, least=0),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
if TESTING and not ON_POSTGRESQL:
    DATABASES["default"]["TEST"] = {"NAME": file_for_tests()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": shared_cache("CACHE_URL", "dbcache://cache")}

# --- People -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.PeopleAdapter"
ACCOUNT_FORMS = {"login": "doors.shop.forms.SignInForm", "signup": "doors.shop.forms.SignUpForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login_failed": LIMIT_SIGN_IN_FAILURES}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Sign-up and password reset answer no earlier, so that the time tells nobody who has an account.
EVEN_ANSWER_SECONDS = 1.0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = STORE_NAME
MFA_FORMS: dict[str, str] = {}

# --- Letters ------------------------------------------------------------------------------------------------
# Whatever asks Django to send a letter queues it in the outbox, inside the caller's transaction; the worker
# (`manage.py deliver`) sends through EMAIL_URL afterwards.
EMAIL_BACKEND = "outbox.backend.QueueBackend"
_mail = env.read("EMAIL_URL", needed("EMAIL_URL", "dummymail://"), env.email_url_config)
DELIVERY_BACKEND = _mail.pop("EMAIL_BACKEND")
EMAIL_TIMEOUT = 30  # seconds; a mail server that hangs must not hold a letter longer than its lease
globals().update({name: value for name, value in _mail.items() if name != "OPTIONS"})
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default=f"{STORE_NAME} <{SUPPORT_EMAIL}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Headers and cookies ------------------------------------------------------------------------------------
TRUSTED_PROXIES = at_least("TRUSTED_PROXIES", 0, least=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS and not TESTING
# Existing verification tools do not follow redirects; probes speak plain http inside the house.
SECURE_REDIRECT_EXEMPT = [r"^publisher/v1/", r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = at_least("HSTS_SECONDS", 31_536_000, least=0) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- Language and time --------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"

# --- Files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
# Asset files and attachments: never below a web root, always handed out by a view that has asked who is there.
MEDIA_ROOT = Path(env.str("FILES_ROOT", default=str(BASE_DIR / "var" / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# --- The machines' door -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "doors.api.authentication.KeyAuthentication",
        "doors.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["doors.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["doors.api.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "doors.api.errors.as_problem",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{STORE_NAME} API",
    "DESCRIPTION": (
        "Refunds and store credit, as the pages of the store do them. Times are RFC 3339 in UTC, credits are whole "
        "numbers, unknown fields and filters are refused. Errors are problem JSON; /api/v1/errors/ explains each code."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["doors.api.schema.ours"],
    "POSTPROCESSING_HOOKS": ["doors.api.schema.exact"],
    "PATH_CONVERTER_OVERRIDES": {
        "invoice": {"type": "string", "pattern": "^IN[0-9]{12}$"},
        "case": {"type": "string", "pattern": "^C[0-9]{8}$"},
    },
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "A key, made with create_api_key."},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "With CSRF."},
        }
    },
}

# --- Operators ----------------------------------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
QUEUE_AGE_LIMIT_SECONDS = at_least("QUEUE_AGE_LIMIT_SECONDS", 900, least=1)
LOG_LEVEL = shaped("LOG_LEVEL", "WARNING" if TESTING else "INFO", "DEBUG|INFO|WARNING|ERROR|CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "ground.logs.RequestId"}},
    "formatters": {"lines": {"()": "ground.logs.Lines"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["request"]}},
    "root": {"handlers": ["out"], "level": LOG_LEVEL},
    # Django's own handlers write the same lines once more, as they are.
    "loggers": {
        "django": {"handlers": []},
        "django.server": {"handlers": ["out"], "level": "WARNING", "propagate": False},
    },
}
