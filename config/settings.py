"""All settings. Everything works without environment variables; docs/settings.md lists those that exist."""

import sys
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import environment

BASE_DIR = Path(__file__).resolve().parent.parent

# All data is in one folder, so that one folder is the whole backup.
HOME = Path(environment.text("EARWITNESS_HOME", str(BASE_DIR / "var"))).expanduser().resolve()

# --- Requests ----------------------------------------------------------------------------------------

DEBUG = environment.switch("DEBUG", False)
SECRET_KEY = environment.text("SECRET_KEY") or environment.stored_secret(HOME / "secret_key")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", [])

# --- Apps --------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "studio",
    "evaluation",
    "surveys",
    "generation",
    "jobs",
    "studies",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
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
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- Data --------------------------------------------------------------------------------------------

try:
    DATABASES = {
        "default": dj_database_url.parse(
            environment.text("DATABASE_URL") or f"sqlite:///{HOME / 'earwitness.sqlite3'}",
            conn_max_age=60,
        )
    }
except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
    raise ImproperlyConfigured(f"DATABASE_URL is not valid: {error}") from None

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction takes the write lock at its start. Otherwise, of two transactions that have both
        # read and then want to write, one fails immediately, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # WAL: readers do not wait for the writer. With WAL, NORMAL is safe if the program crashes;
        # a power cut may lose the last answers, but never damages the file.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = HOME / "media"
CORPORA_ROOT = HOME / "corpora"
RUNS_ROOT = HOME / "runs"

# For form fields. Uploaded files have limits of their own, which their pages explain.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
# Enough for a folder of MIDI files (generation/upload_staging.py has the limits of an upload).
DATA_UPLOAD_MAX_NUMBER_FILES = 20_000
FILE_UPLOAD_TEMP_DIR = None
# Corpora can be downloaded. Private addresses are refused, so that nobody reaches our network through this server.
DOWNLOAD_FROM_PRIVATE_NETWORKS = environment.switch("DOWNLOAD_FROM_PRIVATE_NETWORKS", False)

# --- Sessions: a participant can return in the same browser within 30 days ---------------------------

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- Background jobs ---------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# Seconds: a worker that says nothing for so long is taken for dead, and another one takes its job over.
JOB_SILENCE = environment.whole_number("JOB_SILENCE", 45, at_least=1)

# --- Static files ------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.package_files.PackageFinder",
]
# Collected files have a hash in their names and are cached without limit; others are served from the source.
COLLECTED = not DEBUG and ("collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").exists())
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED

# --- Privacy and safety ------------------------------------------------------------------------------

# Pages load nothing from other servers: no fonts, scripts, counters or charts.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        # plotly and the admin write style attributes.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# A participant's personal address must not reach other sites in the Referer header.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Behind a proxy that terminates HTTPS. Set it only if the proxy overwrites the header.
if environment.switch("BEHIND_HTTPS", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30

# --- People ------------------------------------------------------------------------------------------

LOGIN_URL = "studies:sign_in"
LOGIN_REDIRECT_URL = "studio:home"
LOGOUT_REDIRECT_URL = "studio:welcome"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Per token and per server process.
API_REQUESTS_A_MINUTE = environment.whole_number("API_REQUESTS_A_MINUTE", 600, at_least=1)

# --- Language and time -------------------------------------------------------------------------------

# There is no LocaleMiddleware: the language of a page is never the browser's choice
# (docs/decisions/language-follows-the-survey.md).
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("hr", "Hrvatski"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = environment.text("TIME_ZONE", "UTC")
USE_TZ = True

# --- Sound -------------------------------------------------------------------------------------------

# Path of a soundfont; empty: FluidR3 where system packages install it (generation/music/audio/synthesis.py).
SOUNDFONT = environment.text("EARWITNESS_SOUNDFONT")

# --- Logging -----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "WARNING").upper()},
}
