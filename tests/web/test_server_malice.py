"""Tokens tried out, sessions that end, senders that dawdle, streams without number; and a log without secrets."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")

from fastapi.testclient import TestClient
from starlette.types import Message

from depthperception.errors import OutputError
from depthperception.web import pacing, sessions
from depthperception.web.events import Events
from depthperception.web.log import written_to
from depthperception.web.pacing import TooSlowError, paced
from depthperception.web.security import COOKIE
from depthperception.web.sessions import LASTING_S, MOST_ADDRESSES, MOST_GUESSES, WITHIN_S, Guesses, Sessions
from tests.support.web_client import running_app

TOKEN = "a-token-of-enough-letters"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 1e9

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the guards that are made from now on."""
    clock = Clock()
    for kind in (Sessions, Guesses):
        monkeypatch.setattr(kind.__init__, "__kwdefaults__", {"now": clock})
    return clock


@pytest.fixture
def guarded(tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    with running_app(tmp_path, token=TOKEN, hosts=None) as client:
        yield client


def asked(client: TestClient, token: str) -> int:
    return int(client.get("/api/judgings", headers={"Authorization": f"Bearer {token}"}).status_code)


def test_tokens_cannot_be_tried_out(guarded: TestClient, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "depthperception.web.sessions"):
        assert [asked(guarded, f"wrong-{n}") for n in range(MOST_GUESSES)] == [401] * MOST_GUESSES
    assert "10 wrong tokens within 60 s" in caplog.text
    assert "wrong-" not in caplog.text
    refused = guarded.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, f"{WITHIN_S:.0f}")
    assert asked(guarded, TOKEN) == 429
    clock.now_s += WITHIN_S
    assert asked(guarded, TOKEN) == 200


def test_who_is_in_stays_in_while_somebody_else_tries_tokens(guarded: TestClient) -> None:
    assert guarded.get(f"/?token={TOKEN}").status_code == 200
    for n in range(MOST_GUESSES + 5):
        guesser = TestClient(guarded.app, base_url=str(guarded.base_url))
        asked(guesser, f"wrong-{n}")
    assert guarded.get("/api/judgings").status_code == 200


def test_a_session_ends_and_is_prolonged_by_who_uses_it(guarded: TestClient, clock: Clock) -> None:
    guarded.get(f"/?token={TOKEN}")
    clock.now_s += 0.4 * LASTING_S
    assert "set-cookie" not in guarded.get("/api/judgings").headers
    clock.now_s += 0.2 * LASTING_S
    assert COOKIE in guarded.get("/api/judgings").headers["set-cookie"]
    clock.now_s += 0.9 * LASTING_S
    assert guarded.get("/api/judgings").status_code == 200
    clock.now_s += 1.1 * LASTING_S
    assert guarded.get("/api/judgings").status_code == 401


@pytest.mark.parametrize(
    "forge", ["{until}0.{mac}", "{until}.{other}", "{until}", ".{mac}", "-1.{mac}", "nan.{mac}", "²"]
)
def test_a_cookie_that_was_made_up_or_changed_opens_nothing(forge: str) -> None:
    until, _, mac = Sessions(TOKEN).issue().partition(".")
    other = Sessions(TOKEN + "x").issue().partition(".")[2]
    assert Sessions(TOKEN).left_s(f"{until}.{mac}") > 0
    assert Sessions(TOKEN).left_s(forge.format(until=until, mac=mac, other=other)) == 0


def test_wrong_tokens_of_a_million_addresses_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_ADDRESSES", 50)
    guesses = Guesses()
    for n in range(500):
        guesses.note(f"address {n}")
    assert len(guesses._wrong) == 50
    assert MOST_ADDRESSES <= 10_000


def receive_all(messages: list[tuple[float, Message]]) -> list[Message]:
    """Receive messages of which each comes some seconds after the one before."""

    async def run() -> list[Message]:
        coming = iter(messages)

        async def receive() -> Message:
            wait_s, message = next(coming)
            await asyncio.sleep(wait_s)
            return message

        receiving = paced(receive)
        return [await receiving() for _ in messages]

    with ThreadPoolExecutor(1) as own:  # a browser of other tests has a loop running in this thread
        return own.submit(asyncio.run, run()).result()


def body(size: int, *, more: bool) -> Message:
    return {"type": "http.request", "body": bytes(size), "more_body": more}


def test_a_sender_that_stops_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "LONGEST_PAUSE_S", 0.05)
    with pytest.raises(TooSlowError, match="Send it again"):
        receive_all([(0, body(10, more=True)), (0.5, body(10, more=False))])


def test_a_sender_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "FIRST_S", 0.05)
    with pytest.raises(TooSlowError):
        receive_all([(0.03, body(1, more=True))] * 10)
    assert len(receive_all([(0.03, body(1000, more=True))] * 4)) == 4


def test_an_open_stream_is_waited_for_as_long_as_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "LONGEST_PAUSE_S", 0.02)
    end: Message = {"type": "http.disconnect"}
    assert receive_all([(0, body(0, more=False)), (0.1, end)])[-1] == end


def test_more_streams_than_there_is_room_for_are_refused(guarded: TestClient) -> None:
    full = Events(most=0)
    guarded.app.state.parts.events._most = 0  # type: ignore[attr-defined]
    answer = guarded.get("/api/events", headers={"Authorization": f"Bearer {TOKEN}"})
    assert full.full
    assert answer.status_code == 503
    assert "Close some" in answer.json()["error"]


def test_the_log_tells_who_asked_for_what_and_nothing_private(tmp_path: Path, guarded: TestClient) -> None:
    log = tmp_path / "server.log"
    with written_to(log):
        guarded.get(f"/?token={TOKEN}")
        guarded.get("/api/attempts?lifter=Somebody%20Private")
        guarded.get("/nowhere/Somebody%20Private")
        guarded.patch("/judgings/0123456789abcdef/attempts/1", json={"notes": "Private"})
    said = log.read_text()
    assert " GET /api/attempts 200 " in said
    assert " WARNING " in said
    assert " no route 404 " in said
    assert TOKEN not in said
    assert "Private" not in said
    assert log.stat().st_mode & 0o077 == 0
    guarded.get("/api/attempts")
    assert log.read_text() == said


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Name another"), written_to(tmp_path / "missing" / "server.log"):
        pass
