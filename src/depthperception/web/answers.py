"""Answers that say what is wrong: one JSON object with one sentence in three parts."""

from typing import NoReturn

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse


def refusal(status: int, sentence: str) -> JSONResponse:
    """Make an answer that says what was found, what is expected and what to do."""
    return JSONResponse({"error": sentence}, status)


def refuse(status: int, sentence: str) -> NoReturn:
    """End a request with such an answer."""
    raise HTTPException(status, sentence)
