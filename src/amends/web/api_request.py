"""A request of the API as its views look at it, read off the WSGI environment: no cookies, forms or pages, so none of their cost."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.encoding import escape_uri_path, iri_to_uri

NONE_ASKED: MultiValueDict[str, str] = MultiValueDict()


@cache
def _variable(name: str) -> str:
    plain = name.upper().replace("-", "_")
    return plain if plain in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{plain}"


class Headers:
    """Header lines by their names."""

    __slots__ = ("_environ",)

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ = environ

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header; `default` when it was not sent."""
        return self._environ.get(_variable(name), default)


class Request:
    """What `api/door.py` and the views behind it ask of a request, under Django's names. Raises UnicodeDecodeError, and what Django raises for a query that is too long."""

    __slots__ = ("GET", "META", "content_type", "headers", "house", "lang", "method", "now", "path", "real_now")

    def __init__(self, environ: dict[str, Any], house: Any, now: datetime, real_now: datetime) -> None:
        self.META, self.house, self.now, self.real_now = environ, house, now, real_now
        self.method: str = environ["REQUEST_METHOD"].upper()
        self.path = path_of(environ)
        query = environ.get("QUERY_STRING", "")
        self.GET = QueryDict(query.encode("latin-1")) if query else NONE_ASKED
        self.headers = Headers(environ)
        self.content_type: str = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        self.lang = "zh"

    @property
    def COOKIES(self) -> dict[str, str]:
        """Only the language may come in one."""
        return WSGIRequest(self.META).COOKIES if "HTTP_COOKIE" in self.META else {}

    @property
    def person(self) -> None:
        """Nobody is signed in here but by a key."""
        return None

    def read(self, most: int) -> bytes:
        """At most so many bytes of the body."""
        length = self.META.get("CONTENT_LENGTH", "")
        wanted = min(int(length), most) if length.isdecimal() else most if in_pieces(self.META) else 0
        data: bytes = self.META["wsgi.input"].read(wanted) if wanted else b""
        return data

    def get_full_path(self) -> str:
        """Path and query as they were asked for."""
        query = self.META.get("QUERY_STRING", "")
        return f"{escape_uri_path(self.path)}?{iri_to_uri(query)}" if query else str(escape_uri_path(self.path))

    def build_absolute_uri(self, location: str) -> str:
        """The address as seen from outside."""
        return str(WSGIRequest(self.META).build_absolute_uri(location))


def in_pieces(environ: dict[str, Any]) -> bool:
    """Whether a body comes in pieces, without its length said before: taken for none, a command would be carried out without what it says."""
    return not environ.get("CONTENT_LENGTH") and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def path_of(environ: dict[str, Any]) -> str:
    """The path in characters. Raises UnicodeDecodeError for bytes that are none."""
    whole: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return whole if whole.isascii() else str(whole.encode("latin-1"), "utf-8")
