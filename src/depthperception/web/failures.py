"""From what went wrong to an answer: a sentence as JSON, or as a page for whoever opened a page."""

import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from depthperception.errors import DepthPerceptionError, JudgementError, OptionError, PacketError, VideoError
from depthperception.web.answers import refusal
from depthperception.web.pacing import TooSlowError
from depthperception.web.pages import page
from depthperception.web.security import HEADERS
from depthperception.web.uploads import DiskFullError, TooLargeError

logger = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {
    TooLargeError: 413, DiskFullError: 507, OptionError: 422, VideoError: 422, JudgementError: 409,
    PacketError: 422, TooSlowError: 408,
}  # fmt: skip

NO_SUCH_PAGE = "There is no such address here; expected one that a page of this server names. Open the library."


def answer_errors(app: FastAPI) -> None:
    """Register an answer for everything that can go wrong."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        HTTPException: _refused,
        RequestValidationError: _invalid,
        DepthPerceptionError: _ours,
        SQLAlchemyError: _database,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    # Starlette's own refusals (no such route, wrong method) say two words.
    ours = error.detail.endswith(".")
    return _answer(request, error.status_code, error.detail if ours else NO_SUCH_PAGE)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "The request"
    sentence = f"{place} was not as expected: {first['msg'][:1].lower()}{first['msg'][1:]}. Correct it and try again."
    return _answer(request, 422, sentence)


async def _ours(request: Request, error: Exception) -> Response:
    return _answer(request, STATUS.get(type(error), 400), str(error))


async def _database(request: Request, error: Exception) -> Response:
    if isinstance(error, DataError):  # PostgreSQL takes neither a NUL in a text nor any number
        return _answer(
            request, 422, "The request holds what no library can keep; expected text and plain numbers. Correct it."
        )
    logger.error("the database could not be used: %s", error)
    if "full" in str(error):
        return _answer(request, 507, "The server's disk is full; expected room for the library. Free some.")
    return _answer(request, 503, "The library's database does not answer; expected it to. Try again in a moment.")


async def _unexpected(request: Request, error: Exception) -> Response:
    # Starlette answers these outside of the Guard, which would have added the headers.
    answer = _answer(request, 500, "The server made a mistake; expected an answer. Its log says more: report it.")
    answer.headers.update(HEADERS)
    return answer


def _answer(request: Request, status: int, sentence: str) -> Response:
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if wants_page and not request.url.path.startswith("/api/j"):
        return page("error", status, title="Not found" if status == 404 else "Not possible", sentence=sentence)
    return refusal(status, sentence)
