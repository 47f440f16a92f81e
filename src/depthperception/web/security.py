"""Who may ask, from where, and what a page of ours may do."""

import re
import secrets
import time
from collections.abc import Collection
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from depthperception.errors import OptionError
from depthperception.web.answers import refusal
from depthperception.web.log import address_of, write_down
from depthperception.web.pacing import paced
from depthperception.web.sessions import LASTING_S, Guesses, Sessions

COOKIE = "depthperception_session"
ACTION_HEADER = "X-DepthPerception"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHORTEST_TOKEN = 16
"""Characters: below it a token can be tried out over a network."""

UPLOAD_PATHS = ("/judgings", "/judgings/together")

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
        What a client must show, as a bearer token or once in the address, for a session's cookie; None where only
        this machine can connect.
    hosts
        Names under which the server may be addressed: a page elsewhere whose name is rebound to this address sends
        its own. None takes every name, which is safe with a token only: the cookie belongs to the name.
    """

    def __init__(self, app: ASGIApp, *, token: str | None, hosts: Collection[str] | None) -> None:
        self._app = app
        self._token = token
        self._sessions = Sessions(token or "")
        self._guesses = Guesses()
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let pass."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        request, began_s = Request(scope), time.perf_counter()

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                write_down(scope, message["status"], began_s)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                self._prolong(request, headers)
            await send(message)

        refused = self._refused(request)
        await (refused or self._app)(scope, paced(receive), send_guarded)

    def _refused(self, request: Request) -> Response | None:
        if self._hosts is not None and _host_name(request.headers.get("host", "")) not in self._hosts:
            return refusal(403, "The request names a host that is not this server's; expected "
                                f"{' or '.join(self._hosts)}. Open the address that the command printed.")  # fmt: skip
        session_s = self._sessions.left_s(request.cookies.get(COOKIE, ""))
        if self._token is not None and not session_s and (refused := self._not_let_in(request)) is not None:
            return refused
        if request.method in ("GET", "HEAD"):
            return None
        return _refused_action(request.headers) or _refused_size(request)

    def _not_let_in(self, request: Request) -> Response | None:
        """Look at the token that a request without a session shows; None where it is the right one as a bearer's."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        in_address = request.query_params.get("token", "") if request.method == "GET" else ""
        if not (given := bearer or in_address):
            return _without_a_token(request)
        address = address_of(request.scope)
        if wait_s := self._guesses.wait_s(address):
            answer = refusal(429, "Too many wrong tokens came from this address; expected the one the server was "
                                  f"started with. Wait {wait_s:.0f} s, then try again.")  # fmt: skip
            answer.headers["Retry-After"] = f"{wait_s:.0f}"
            return answer
        if not secrets.compare_digest(given.encode(), (self._token or "").encode()):
            self._guesses.note(address)
            return _without_a_token(request)
        return None if bearer else self._let_in(request)

    def _let_in(self, request: Request) -> Response:
        """Trade the token of an address for a cookie, and take it out of the address and the browser's history."""
        response = RedirectResponse(_without_token(request.url.path, request.query_params), 303)
        self._give_cookie(response)
        return response

    def _prolong(self, request: Request, headers: MutableHeaders) -> None:
        """Give a new cookie to whoever is active in the second half of a session."""
        if self._token is not None and 0 < self._sessions.left_s(request.cookies.get(COOKIE, "")) < LASTING_S / 2:
            renewed = Response()
            self._give_cookie(renewed)
            headers.append("Set-Cookie", renewed.headers["set-cookie"])

    def _give_cookie(self, response: Response) -> None:
        response.set_cookie(COOKIE, self._sessions.issue(), httponly=True, samesite="strict", max_age=LASTING_S)


def _without_a_token(request: Request) -> Response:
    sentence = "No token, or a wrong one, came with this request; expected the one the server was started with."
    if request.url.path.startswith("/api/") or request.method != "GET":
        return refusal(401, f"{sentence} Send it as Authorization: Bearer TOKEN.")
    return PlainTextResponse(f"{sentence}\nOpen the address that the command printed.\n", 401)


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
    if path in UPLOAD_PATHS or PIECES_PATH.fullmatch(path) or request.method == "DELETE":
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
