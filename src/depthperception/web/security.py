"""Who may ask, from where, and what a page of ours may do."""

import re
import secrets
from collections.abc import Collection
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from depthperception.errors import OptionError
from depthperception.web.answers import refusal

COOKIE = "depthperception_token"
ACTION_HEADER = "X-DepthPerception"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHORTEST_TOKEN = 16
"""Characters: below it a token can be tried out over a network."""

UPLOAD_PATH = "/judgings"

PIECES_PATH = re.compile(r"/live/[0-9a-f]{16}/pieces")

LARGEST_PIECE_BYTES = 16 * 10**6
"""A quarter of a second of a recording has .4 MB; a page that was held up sends what waited in one."""

LARGEST_JSON_BYTES = 64 * 1024
"""4000 characters of notes take 48 kB at most, escaped."""

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "media-src 'self' blob:", "connect-src 'self'", "font-src 'self'", "manifest-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "X-Frame-Options": "DENY",
}


def checked_token(host: str, token: str | None) -> str | None:
    """Refuse to bind to a network without a token worth the name.

    Raises
    ------
    OptionError
    """
    if token is None and host not in LOOPBACK:
        raise OptionError(
            f"The address {host} can be reached from other machines and no token was given; expected a token for "
            "every address but 127.0.0.1. Give one with --token, or leave the address out."
        )
    if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
        raise OptionError(
            f"A token of {len(token)} characters was given; expected at least {SHORTEST_TOKEN} printable ASCII "
            f"characters. Take this one: {secrets.token_urlsafe(24)}"
        )
    return token


class Guard:
    """Middleware that every request passes: host, token, origin of actions; and the headers of every answer.

    Parameters
    ----------
    app
        What is guarded.
    token
        What a client must show, as a cookie or a bearer token; None where only this machine can connect.
    hosts
        Names under which the server may be addressed: a page elsewhere whose name is rebound to this address sends
        its own. None takes every name, which is safe with a token only: the cookie belongs to the name.
    """

    def __init__(self, app: ASGIApp, *, token: str | None, hosts: Collection[str] | None) -> None:
        self._app = app
        self._token = token
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let pass."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self._refused(Request(scope))
        await (refused or self._app)(scope, receive, send_guarded)

    def _refused(self, request: Request) -> Response | None:
        if self._hosts is not None and _host_name(request.headers.get("host", "")) not in self._hosts:
            return refusal(403, "The request names a host that is not this server's; expected "
                                f"{' or '.join(self._hosts)}. Open the address that the command printed.")  # fmt: skip
        if self._token is not None and not self._knows(request):
            return self._let_in(request)
        if request.method in ("GET", "HEAD"):
            return None
        return _refused_action(request.headers) or _refused_size(request)

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._is_token(given) or self._is_token(request.cookies.get(COOKIE, ""))

    def _is_token(self, given: str) -> bool:
        return self._token is not None and secrets.compare_digest(given.encode(), self._token.encode())

    def _let_in(self, request: Request) -> Response:
        """Trade the token of an address for a cookie, and take it out of the address and the browser's history."""
        if request.method != "GET" or not self._is_token(request.query_params.get("token", "")):
            sentence = "No token, or a wrong one, came with this request; expected the one the server was started with."
            if request.url.path.startswith("/api/") or request.method != "GET":
                return refusal(401, f"{sentence} Send it as Authorization: Bearer TOKEN.")
            return PlainTextResponse(f"{sentence}\nOpen the address that the command printed.\n", 401)
        response = RedirectResponse(_without_token(request.url.path, request.query_params), 303)
        response.set_cookie(COOKIE, self._token or "", httponly=True, samesite="strict", max_age=30 * 86400)
        return response


def _refused_action(headers: Headers) -> Response | None:
    """Let an action pass only when a page of this very server asks for it."""
    own = headers.get(ACTION_HEADER) == "1"
    origin = headers.get("origin")
    same_origin = origin is None or urlsplit(origin).netloc == headers.get("host", "")
    same_site = headers.get("sec-fetch-site", "same-origin") == "same-origin"
    if not (own and same_origin and same_site):
        return refusal(
            403, "The action did not come from a page of this server; expected its own pages, or the header "
            f"{ACTION_HEADER}: 1. Open this server's page and try again."
        )  # fmt: skip
    return None


def _refused_size(request: Request) -> Response | None:
    """Keep every body but an upload's small before anybody reads it."""
    path = request.url.path
    if path == UPLOAD_PATH or PIECES_PATH.fullmatch(path) or request.method == "DELETE":
        return None
    stated = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers or not stated.isdecimal() or int(stated) > LARGEST_JSON_BYTES:
        return refusal(413, f"The request's body is too large; expected at most {LARGEST_JSON_BYTES} bytes, and their "
                            "number in Content-Length. Shorten the notes.")  # fmt: skip
    return None


def _host_name(host: str) -> str:
    """Give the name in a Host header, without its port and an IPv6 address's brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _without_token(path: str, query: QueryParams) -> str:
    rest = urlencode([(name, value) for name, value in query.multi_items() if name != "token"])
    local = "/" + path.lstrip("/")
    return f"{local}?{rest}" if rest else local
