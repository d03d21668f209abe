"""Settings of an installation; what differs between installations comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path

from tuoyu.project import database, keys
from tuoyu.project.content_policy import content_security_policy

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("TUOYU_VAR", ROOT / "var")).resolve()
PACKS = Path(os.environ.get("TUOYU_PACKS", ROOT / "packs")).resolve()
UPLOADS = Path(os.environ.get("TUOYU_UPLOADS", VAR / "uploads")).resolve()
UPLOAD_LIMIT = int(os.environ.get("TUOYU_UPLOAD_LIMIT", 10 * 1024 * 1024))  # bytes a file

# Field keys lie outside database and backup; "aes" and "sha256", or the national "sm4" and "sm3".
KEY_FOLDER = keys.key_folder(VAR)
CIPHER_SUITE = os.environ.get("TUOYU_CIPHER_SUITE", "aes")
HASH_SUITE = os.environ.get("TUOYU_HASH_SUITE", "sha256")
# The seals of the audit chain are noted here too, where whoever owns the database need not reach.
AUDIT_ANCHORS = Path(os.environ.get("TUOYU_AUDIT_ANCHORS", VAR / "audit-anchors")).resolve()

DEBUG = os.environ.get("TUOYU_DEBUG") == "1"
SECRET_KEY = keys.secret_key(VAR)
ALLOWED_HOSTS = os.environ.get("TUOYU_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TUOYU_ORIGINS", "").split(",") if o]
PUBLIC_ADDRESS = os.environ.get("TUOYU_ADDRESS", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "tuoyu.core",
    "tuoyu.jurisdictions",
    "tuoyu.accounts",
    "tuoyu.cases",
    "tuoyu.policy",
    "tuoyu.imports",
    "tuoyu.institutions",
    "tuoyu.workforce",
    "tuoyu.care",
    "tuoyu.supervision",
    "tuoyu.ratings",
    "tuoyu.credit",
    "tuoyu.complaints",
    "tuoyu.alerts",
    "tuoyu.exchange",
    "tuoyu.portal",
    "tuoyu.project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "tuoyu.core.middleware.RequestMiddleware",
    "tuoyu.project.list_files.answering.ListFiles",
    "tuoyu.core.access.RefusalMiddleware",
]

ROOT_URLCONF = "tuoyu.project.urls"
WSGI_APPLICATION = "tuoyu.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "tuoyu.project.templating.environment",
            "context_processors": ["tuoyu.project.form_guard.once_a_page"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = database.django_databases(VAR)
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "tuoyu.accounts.backends.PeopleBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "tuoyu.accounts.passwords.OfficePassword"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"

# How many proxies of our own stand before the server, each adding to X-Forwarded-For.
TRUSTED_PROXIES = int(os.environ.get("TUOYU_PROXIES", "0"))
# After how many minutes without a page an officer or administrator is signed out.
OFFICE_IDLE_MINUTES = int(os.environ.get("TUOYU_OFFICE_IDLE_MINUTES", "30"))

# Sign-in: allauth does password and two-step verification; phone codes are our own (docs/decisions).
ACCOUNT_ADAPTER = "tuoyu.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "tuoyu.accounts.forms.SignIn"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Failed sign-ins are counted by axes in the database, for all processes; allauth's counters are not.
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": False}
MFA_ADAPTER = "tuoyu.accounts.adapters.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "tuoyu.accounts.forms.SecondStep",
    "reauthenticate": "tuoyu.accounts.forms.SecondStepAgain",
}
MFA_TOTP_ISSUER = "托育服务平台"
ALLAUTH_USER_DISPLAY = "tuoyu.accounts.adapters.display"

# Lock-out: five failures lock the person (wherever they come from), thirty the address.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # the address is counted in AccountAdapter, with a limit of its own
AXES_FAILURE_LIMIT = 5
AXES_ADDRESS_FAILURE_LIMIT = 30
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "tuoyu.accounts.sign_in.username_tried"
AXES_CLIENT_IP_CALLABLE = "tuoyu.accounts.addresses.client_address"
AXES_LOCKOUT_CALLABLE = "tuoyu.accounts.sign_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["login", "password", "code", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "tuoyu.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_ADDRESS.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Behind https a browser asks for nothing else for a year.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tuoyu.project.errors.csrf_failure"

# The address pattern of a map tile service, its key included; without one the map has no tiles.
MAP_TILES = os.environ.get("TUOYU_TILES", "")
CONTENT_SECURITY_POLICY = content_security_policy(MAP_TILES)

# A text-message gateway: an address that takes {"phone", "text"} as JSON. Without one, messages go to a file.
SMS_URL = os.environ.get("TUOYU_SMS_URL", "")
# How many working days before its end a clock is shown as "soon".
CLOCK_SOON_WORKING_DAYS = int(os.environ.get("TUOYU_CLOCK_SOON", "2"))
