"""Django's settings, made once per process from the house; there is no settings module and no database of Django's."""

from __future__ import annotations

import os
import socket
from typing import Any

import django
from django.conf import settings

from amends.engine.house import House
from amends.web import log

CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],  # data: Tabler's form arrows; blob: previews of photos not yet sent
    "media-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "manifest-src": ["'self'"],
}

MIDDLEWARE = [
    "amends.web.middleware.correlate",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "amends.web.middleware.know",
    "amends.web.middleware.plain_errors",
    "django.middleware.csrf.CsrfViewMiddleware",
    "amends.web.gate.Gatekeeper",
]


def configure(house: House) -> None:
    """Set Django up for this house. AMENDS_HTTPS: 1 (served over https) or proxy (a proxy in front does https);
    AMENDS_HOSTS: the names this site answers to besides the machine's own, with commas."""
    if settings.configured:
        return
    https = os.environ.get("AMENDS_HTTPS", "")
    hosts = [h.strip() for h in os.environ.get("AMENDS_HOSTS", "").split(",") if h.strip()]
    settings.configure(**_settings(house.secret.decode("latin-1"), https, hosts))
    django.setup(set_prefix=False)
    log.configure()


def _settings(secret: str, https: str, hosts: list[str]) -> dict[str, Any]:
    secure = https in ("1", "proxy")
    return {
        "DEBUG": False,
        "SECRET_KEY": secret,
        "DATABASES": {},
        "INSTALLED_APPS": [],
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "amends.web.urls",
        "TEMPLATES": [],
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]", "testserver", socket.gethostname(), *hosts],
        "CSRF_TRUSTED_ORIGINS": [f"https://{h}" for h in hosts] if secure else [],
        "APPEND_SLASH": False,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "USE_I18N": False,
        "LOGGING_CONFIG": None,
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": CSP},
        "CSRF_COOKIE_NAME": "amends_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_FAILURE_VIEW": "amends.web.door.errors.csrf_failed",
        "SESSION_COOKIE_SECURE": secure,
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "SECURE_SSL_REDIRECT": https == "1",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if https == "proxy" else None,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 10 * 1024 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 5000,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 1024 * 1024,
    }
