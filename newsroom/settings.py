"""The settings of the project; addresses, secrets and switches come from the environment."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.conf.locale import LANG_INFO
from django_prose_editor.config import html_tags
from js_asset import static_lazy

from newsroom import demo
from newsroom.embedded import ensure_database
from newsroom.environment import Environment, host_of, http_address, origin_of, refuse

env = Environment()

# Who am I
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", default=BASE_DIR / "var")
DEMO = env.switch("DEMO")
DEBUG = env.switch("DEBUG")
HOST = env.host("HOST", default="127.0.0.1")
PORT = env.port("PORT", default=8000)
SITE_URL = env.site_url("SITE_URL", default=http_address(HOST, PORT))
SECRET_KEY = (
    demo.secret_key(DATA_DIR)
    if DEMO
    else env.text("SECRET_KEY", remedy="Set it to a long random text and keep it.")
)
# Earlier ones, while links in old mail shall still open and addresses not kept be recognised.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", default=[])
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=[host_of(SITE_URL), *(LOOPBACK if DEMO else [])])

# What is installed
INSTALLED_APPS = [
    "newsroom",
    "donations",
    "articles",
    "taggit",
    "django_prose_editor",
    "js_asset",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "newsroom.page_store.StoredPages",  # A stored page has the headers of all the others.
    "django.middleware.security.SecurityMiddleware",
    "newsroom.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.page_store.nobody_waits",
    "newsroom.middleware.no_nul_at_the_desk",
    "newsroom.middleware.sender_can_be_told_apart",
    "newsroom.middleware.language_of_path",
    "django.middleware.common.CommonMiddleware",
    "articles.redirects.follow_redirects",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "newsroom.signing_in.door.only_the_desk",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "newsroom.urls"
APPEND_SLASH = False
WSGI_APPLICATION = "newsroom.wsgi.application"
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
                "articles.furniture.furniture",
                "newsroom.signing_in.frame.desk_frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # Fields of ours lie in templates/.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TAGGIT_CASE_INSENSITIVE = True

# In which languages, at what time
LANGUAGES = [
    (code, LANG_INFO[code]["name_local"])
    for code in env.languages("LANGUAGES", default=["en", "ru"] if DEMO else ["en"])
]
LANGUAGE_CODE = LANGUAGES[0][0]
LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
TIME_ZONE = env.zone("TIME_ZONE", default="UTC")
USE_TZ = True

# Where data is kept
if DEMO:
    ensure_database(DATA_DIR)
DATABASES = {
    "default": env.database("DATABASE_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
CACHES = {
    # All processes share it: how often signing in was tried, which codes were used.
    "default": env.cache("CACHE_URL", table="newsroom_cache"),
    "pages": env.page_cache("CACHE_URL", folder=DATA_DIR / "pages", maximum_bytes=256 * 1024**2),
}
PAGES_ARE_STORED = True
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    # Sized copies of photos, given out by a view that asks whether a reader may see them.
    "default": {"BACKEND": "articles.storage.WholeFileStorage"},
    "originals": {
        "BACKEND": "articles.storage.WholeFileStorage",
        "OPTIONS": {"location": DATA_DIR / "originals", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

# How money comes in
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", default=demo.STRIPE_KEY if DEMO else "")
STRIPE_LIVE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
STRIPE_WEBHOOK_SECRETS = env.words(
    "STRIPE_WEBHOOK_SECRET", default=[demo.STRIPE_WEBHOOK_SECRET] if DEMO else []
)
STRIPE_API_BASE = env.text("STRIPE_API_BASE", default="")
HAS_SANDBOX = DEMO and STRIPE_SECRET_KEY == demo.STRIPE_KEY and not STRIPE_API_BASE
if HAS_SANDBOX:
    STRIPE_API_BASE = demo.sandbox_address(DATA_DIR)

# How mail goes out
mail_server = env.mail_server("EMAIL_URL", default="smtp://localhost:25")
EMAIL_BACKEND = mail_server["EMAIL_BACKEND"]
EMAIL_HOST = mail_server["EMAIL_HOST"]
EMAIL_PORT = mail_server["EMAIL_PORT"]
EMAIL_HOST_USER = mail_server["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = mail_server["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = mail_server.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = mail_server.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
# Those that can be told with each mail not to track its reader, and that say which bounce is hard.
MAIL_PROVIDERS = ["mailersend", "mailgun", "mailjet", "postmark", "sendgrid"]
EMAIL_FILE_PATH = DATA_DIR / "mail"
if DEMO and not env.text("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"  # Shown at /demo/mail.
MAIL_PROVIDER = env.one_of("MAIL_PROVIDER", MAIL_PROVIDERS)
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
ANYMAIL = env.all_named("ANYMAIL_") | {
    # Who reads what is nobody's business, whatever the account at the provider says.
    "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
    "REQUESTS_TIMEOUT": (5, 20),
}
if MAIL_PROVIDER and ":" not in ANYMAIL.get("WEBHOOK_SECRET", ""):
    refuse(
        "ANYMAIL_WEBHOOK_SECRET", "is not set", "Set it to a name and a long random text: name:text"
    )
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL", default=f"Newsroom <contributions@{host_of(SITE_URL)}>"
)

# How it is served
WEB_THREADS = 4  # In each process.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")  # Whose X-Forwarded-For is believed.
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = DEBUG

# How it is protected
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https:")
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # A long working day, browser closed or not.
CSRF_COOKIE_PATH = "/admin/"  # That of a session also goes to /media/: the desk sees all photos.
CSRF_COOKIE_HTTPONLY = False  # The desk's scripts send it with what they save.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # No cookie of its own.
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "articles.admin.signed_out.csrf_failure"  # It gives a story's text back.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE_URL.startswith("https:") else 0
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # Other names under the domain are not ours to force to HTTPS,
    "security.W021",  # nor to register with browsers.
    "security.W008",  # The server in front redirects to HTTPS.
]
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# How journalists sign in
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "newsroom.signing_in.adapters.DeskAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # Accounts need no mail.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/ip,5/5m/key"}
MFA_ADAPTER = "newsroom.signing_in.adapters.DeskFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_TOTP_TOLERANCE = 1  # Clocks differ, and typing takes time.
MFA_FORMS = {
    "authenticate": "newsroom.signing_in.forms.SignInWithCode",
    "reauthenticate": "newsroom.signing_in.forms.ConfirmWithCode",
    "activate_totp": "newsroom.signing_in.forms.SetUpApp",
    "add_webauthn": "newsroom.signing_in.forms.AddPasskey",
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],  # The nonce is sent only where a page of the desk uses it.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Whoever goes on to pay is sent there by the answer to a form.
        "form-action": [
            SELF,
            "https://checkout.stripe.com",
            "https://billing.stripe.com",
            *([origin_of(STRIPE_API_BASE)] if STRIPE_API_BASE else []),
        ],
        "frame-ancestors": [NONE],
    },
}
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(),"
    " microphone=(), payment=(), usb=(), browsing-topics=()"
)

# The editor of story texts
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("articles/photo-figure.js")],
        "extensions": {
            "PhotoFigure": html_tags(["figure"], {"figure": ["data-photo", "data-caption"]})
        },
    },
    {
        "js": [static_lazy("articles/photo-drop.js")],
        "extensions": {"PhotoDrop": html_tags([])},
    },
    {
        "js": [static_lazy("articles/block-styles.js")],
        "extensions": {"BlockStyles": html_tags([])},
    },
    {
        "js": [static_lazy("articles/clean-paste.js")],
        "extensions": {"CleanPaste": html_tags([])},
    },
    {
        "js": [static_lazy("articles/story-links.js")],
        "extensions": {"StoryLinks": html_tags([])},
    },
    {
        "js": [static_lazy("articles/typographic-signs.js")],
        "extensions": {"TypographicSigns": html_tags([])},
    },
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "discreet": {
            "class": "newsroom.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"without_tokens": {"()": "newsroom.logs.WithoutTokens"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "discreet",
            "filters": ["without_tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": []},  # Django's own would mail errors with all that was typed.
        "fido2": {"level": "WARNING"},  # Below, it writes down which passkey was used.
        "procrastinate": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},  # Below, it writes down messages that quote readers.
    },
}
