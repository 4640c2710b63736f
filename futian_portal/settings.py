"""Everything that differs between machines, read from the environment in this one file.

`.env.example` lists each variable with a comment. A missing or unsafe value in production stops the
start with a sentence that says what to set.
"""

import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from accounts.security_profiles import PROFILES

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

TESTING = "pytest" in sys.modules

env = Env()
if not TESTING:  # Tests have the same settings on every machine.
    env.read_env(BASE_DIR / ".env", recurse=False)

DEMO_SECRET_KEY = "demo-only-secret-key-never-for-production-0123456789"  # noqa: S105 - refused below unless in demo mode

DEBUG = env.bool("DEBUG", False)
# Demo mode shows the sign-in buttons with the password `demo`; it is never on by itself in production.
DEMO = env.bool("DEMO", False)

SECRET_KEY = env.str("SECRET_KEY", DEMO_SECRET_KEY if (DEMO or TESTING) else "")
if not SECRET_KEY or (SECRET_KEY == DEMO_SECRET_KEY and not (DEMO or TESTING)):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or is the demo key. Set SECRET_KEY in the environment or in .env "
        "(python -c 'import secrets; print(secrets.token_urlsafe(50))' makes one), or set DEMO=1 for a demonstration."
    )
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"] if (DEMO or TESTING) else []
)
if not ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty. Name the hosts the portal answers to, separated by commas.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "accounts.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "accounts",
    "regulation",
    "casework.ledger",
    "casework",
    "operators",
    "authorizations",
    "futian_portal",
]

MIDDLEWARE = [
    "casework.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "futian_portal.machine_path.MachinePathMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "futian_portal.language.ChosenLanguageMiddleware",
    "futian_portal.addresses.NoNulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.ActingMiddleware",
    "regulation.middleware.CalendarMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "casework.views.faces.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "futian_portal.urls"
WSGI_APPLICATION = "futian_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casework.context.shell",
            ],
        },
    },
]

# --- Storage -------------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL, conn_max_age=60)}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # IMMEDIATE: a transaction that reads and then writes otherwise fails under concurrency instead of waiting.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
# Where collectstatic puts copies. Tests have the sources alone: a copy may be old.
STATIC_ROOT = None if TESTING else Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or DEMO

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Background jobs -----------------------------------------------------------------------------------------

BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 30, "socket_keepalive": True, "health_check_interval": 10}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# --- Time and language ---------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- The district --------------------------------------------------------------------------------------------

# Rule sets (regulation/rules/*.toml) are data: a successor or another district is another file in this folder.
RULES_DIR = Path(env.str("RULES_DIR", str(BASE_DIR / "regulation" / "rules")))
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

# --- Files ---------------------------------------------------------------------------------------------------

ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", 20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
# One batch of call records, unpacked. They are received to a file, so that memory does not limit them.
CALL_LOG_MAX_BYTES = env.int("CALL_LOG_MAX_BYTES", 100 * 1024 * 1024)
CALL_LOG_MAX_LINES = env.int("CALL_LOG_MAX_LINES", 200_000)

# --- Security ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
# Who knows the kinds of case that a delegation can be narrowed to.
CASE_KINDS = "futian_portal.case_kinds.choices"
# Who composes the side menu.
MENU = "futian_portal.menu.sections"

# Passwords, lock-out, idle time and second factor: one named profile, and roles that need a second factor besides.
SECURITY_PROFILE = env.str("SECURITY_PROFILE", "demo" if (DEMO or TESTING) else "level3")
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", [])
if SECURITY_PROFILE not in PROFILES or (SECURITY_PROFILE == "demo" and not (DEMO or TESTING)):
    raise ImproperlyConfigured(
        f"SECURITY_PROFILE is {SECURITY_PROFILE!r}. Outside a demonstration it is one of "
        f"{sorted(set(PROFILES) - {'demo'})}."
    )
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email", "phone")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PROFILES[SECURITY_PROFILE].min_length},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.CharacterClassesValidator"},
    {"NAME": "accounts.passwords.NotRecentlyUsedValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The account is locked, not the address: many officials share one address. A try while locked does not prolong it.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_FAILURE_LIMIT = PROFILES[SECURITY_PROFILE].failures
AXES_COOLOFF_TIME = PROFILES[SECURITY_PROFILE].lock_for
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
# Sign-ins are account events, which the audit administrator reads; no second record of them.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
OTP_TOTP_ISSUER = "futian-portal"

SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_COOKIES = env.bool("SECURE_COOKIES", not (DEBUG or DEMO or TESTING))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", SECURE_COOKIES)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if SECURE_COOKIES else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", False) else None
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
# Opens /metrics to a collector on another network; private addresses need none.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# `file:` writes each message into var/mail, `console:` prints it.
EMAIL_URL = env.str("EMAIL_URL", "file:" if (DEMO or DEBUG) else "smtp://localhost:25")
_email = env.dj_email_url("EMAIL_URL", EMAIL_URL)
if "EMAIL_BACKEND" not in _email:
    raise ImproperlyConfigured("EMAIL_URL names no way to send e-mail. Example: EMAIL_URL=smtp://mail.example:25")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST, EMAIL_PORT = _email.get("EMAIL_HOST"), _email.get("EMAIL_PORT")
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_USER"), _email.get("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
# A mail server that does not answer must not hold up the worker.
EMAIL_TIMEOUT = _email.get("EMAIL_TIMEOUT") or 30
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "portal@localhost")

# Ed25519 key that signs the ledger's checkpoints; a file outside the database, owned by another account.
LEDGER_KEY_FILE = Path(env.str("LEDGER_KEY_FILE", str(VAR_DIR / "ledger-key.pem")))
# Where signed checkpoints leave the machine: an append-only file that another account owns.
LEDGER_CHECKPOINT_FILE = Path(env.str("LEDGER_CHECKPOINT_FILE", str(VAR_DIR / "checkpoints.jsonl")))

# --- API -----------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "casework.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["casework.api.authentication.ActsForOrganisation"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [] if TESTING else ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min"},
    "EXCEPTION_HANDLER": "casework.api.problems.handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Public data authorised operation portal",
    "VERSION": "1",
    # Operations stand under the first part of their address behind this: one heading for each kind of case.
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "futian_portal.api_schema.with_plain_views",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"}},
    "filters": {"request_id": {"()": "casework.request_id.RequestIdFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
}
