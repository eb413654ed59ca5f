"""
Django's settings, all from `kernel.environment`. What an operator may change is documented there, not here.
"""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from andante.config.databases import database
from andante.config.logs import logging_settings
from andante.kernel.environment import Environment

ENVIRONMENT = Environment.read()
DATA_DIR = ENVIRONMENT.data_dir or Path.cwd() / "data"


def _secret_key() -> str:
    """The key in the data folder, made at first start; only this user may read it."""
    path = DATA_DIR / "secret-key"
    if not DATA_DIR.is_dir():
        # Checks, linters and `--help` load the settings where nothing has been started yet.
        return secrets.token_urlsafe(50)
    with contextlib.suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, secrets.token_urlsafe(50).encode())
        os.close(file)
    return path.read_text().strip()


SECRET_KEY = ENVIRONMENT.secret_key or _secret_key()
DEBUG = False
ALLOWED_HOSTS = [ENVIRONMENT.base_host, ENVIRONMENT.content_host]
ROOT_URLCONF = "andante.config.urls"
CONTENT_URLCONF = "andante.config.content_urls"
WSGI_APPLICATION = "andante.config.wsgi.application"
ANDANTE_COMPOSITION = "andante.config.composition"

INSTALLED_APPS = [
    "andante.ledger",
    "andante.people",
    "andante.content",
    "andante.assessment",
    "andante.learning",
    "andante.obligations",
    "andante.credentials",
    "andante.engagement",
    "andante.evidence",
    "andante.pages.design",
    "andante.pages.account",
    "andante.pages.admin",
    "andante.pages.audit",
    "andante.pages.learn",
    "andante.pages.manage",
    "andante.pages.author",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "andante.config.headers.PolicyOfContentMiddleware",
    "andante.config.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "andante.config.outages.OutageMiddleware",
    "andante.config.hosts.HostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "andante.people.middleware.PersonMiddleware",
    "andante.people.policy.PolicyMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["andante.pages.design.templatetags.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]
FORM_RENDERER = "andante.pages.design.forms.Renderer"

# One alias a role: pages and workers sign in as the application; migrations and archives as the owner; only the sealer
# moves records into the tree.
DATABASES = {
    "default": database(ENVIRONMENT.database_url, pooled=True),
    "owner": database(ENVIRONMENT.database_owner_url),
    "sealer": database(ENVIRONMENT.database_sealer_url),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "andante.people.shared_values.SharedValues"}}

# Whoever runs two of them on one machine never mixes their sign-ins: browsers tell hosts apart, but not
# ports.
_COOKIE_KEY = hashlib.sha256(str(DATA_DIR).encode()).hexdigest()[:8]
_HOST_PREFIX = "__Host-" if ENVIRONMENT.secure else ""
SESSION_COOKIE_NAME = f"{_HOST_PREFIX}andante-{_COOKIE_KEY}"
CSRF_COOKIE_NAME = f"{_HOST_PREFIX}andante-form-{_COOKIE_KEY}"
LANGUAGE_COOKIE_NAME = f"andante-language-{_COOKIE_KEY}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.base_url]

SECURE_SSL_REDIRECT = ENVIRONMENT.secure
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, ENVIRONMENT.content_url],
        "media-src": [SELF, ENVIRONMENT.content_url],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

AUTH_USER_MODEL = "people.Account"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["andante.people.backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A sign-in ends when the browser is closed, after ANDANTE_IDLE_MINUTES without a request, and after a long
# shift.
SESSION_ENGINE = "andante.people.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ANDANTE_IDLE_MINUTES = ENVIRONMENT.idle_minutes
# In the session, not in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "andante.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]  # allauth wants it stated; nobody signs up
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator gives the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # our form sends such a mail itself
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "andante.people.backends.PasswordLinks"  # noqa: S105  (a name)
PASSWORD_RESET_TIMEOUT = 3600
# Counted in the shared cache, so over all web processes. A whole ward comes through one address: the limit on
# it is wide, the one on a single login (key) or account (user) narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "reset_password": "30/m/ip,3/15m/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "verify_certificate": "60/m/ip",
    # Each of these is put on record, and reads much of what there is.
    "take_proof": "20/m/user,200/d/user",
    "take_evidence": "4/m/user,60/d/user",
}
ACCOUNT_FORMS = {
    "login": "andante.pages.account.forms.SignInForm",
    "change_password": "andante.pages.account.forms.PasswordChangeForm",
    "reset_password": "andante.pages.account.forms.PasswordForgottenForm",
    "reset_password_from_key": "andante.pages.account.forms.NewPasswordForm",
    "user_token": "andante.pages.account.forms.PasswordLinkForm",
    "reauthenticate": "andante.pages.account.forms.ConfirmPasswordForm",
}
MFA_ADAPTER = "andante.people.adapter.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# A used code is remembered for its 30 seconds: with a tolerance it could be used twice.
MFA_TOTP_TOLERANCE = 0
MFA_FORMS = {
    "authenticate": "andante.pages.account.forms.CodeForm",
    "reauthenticate": "andante.pages.account.forms.ConfirmCodeForm",
    "activate_totp": "andante.pages.account.forms.TwoStepOnForm",
}
# With https there is a proxy in front, which ends TLS and says who asked. Without, nobody's word is taken for it.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.secure else 0

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 365 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200


def _mail() -> dict[str, Any]:
    """Mail goes to the server of ANDANTE_SMTP_URL, else into files of the outbox folder."""
    if ENVIRONMENT.smtp_url is None:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": DATA_DIR / "outbox",
        }
    parts = urlsplit(ENVIRONMENT.smtp_url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
        "EMAIL_TIMEOUT": 10,
    }


globals().update(_mail())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from

LOGGING_CONFIG = "andante.config.logs.configure_logs"
LOGGING = logging_settings(ENVIRONMENT.log_format)
