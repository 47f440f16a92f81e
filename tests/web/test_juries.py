"""A jury reads one frame: no reading leaves the server before the last is in, and only its author takes it back."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.clips import numbered_clip

pytest.importorskip("fastapi", reason="the extra `web` is not installed")

from starlette.testclient import TestClient

from depthperception.web.locks import locked, opens
from depthperception.web.store import Store
from tests.support.web_client import ACTION, finished, running_app, send
from tests.support.web_runners import CREASE_PX, KNEE_PX

TIMES_S = [k / 30 for k in range(6)]
WORDS = {"Bea": "blue whale", "Carl": "käse", "Dan": "dandelion"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with running_app(tmp_path_factory.mktemp("jury")) as client:
        yield client


@pytest.fixture
def path(client: TestClient, tmp_path: Path) -> str:
    clip = numbered_clip(tmp_path / "clip.mp4", TIMES_S)
    judging = finished(client, send(client, clip, f"{tmp_path.name}.mp4").json()["id"])
    return f"/judgings/{judging['id']}/attempts/1"


def act(client: TestClient, method: str, address: str, body: Any = None, **headers: str) -> Any:
    return client.request(method, address, json=body, headers={**ACTION, **headers})


def read(client: TestClient, path: str, author: str, lower_px: float = 0.0) -> Any:
    crease = [CREASE_PX[0] - 0.6 * lower_px, CREASE_PX[1] + 0.8 * lower_px]
    body = {"author": author, "word": WORDS.get(author, "word"), "creases_px": {"left": crease}}
    return act(client, "POST", f"{path}/jury/readings", {**body, "knees_px": {"left": list(KNEE_PX)}})


def attempt_of(client: TestClient, path: str) -> Any:
    return client.get(f"/api{path.removesuffix('/attempts/1')}").json()["attempts"][0]


def everything_sent(client: TestClient, path: str) -> str:
    """All that a browser can ask for, in one text."""
    judging = path.removesuffix("/attempts/1")
    pages = (f"/api{judging}", "/api/attempts", "/api/judgings", judging, "/library.csv", "/library.json", "/")
    said = [client.get(page).text for page in pages]
    with zipfile.ZipFile(io.BytesIO(client.get(f"{judging}/export.zip").content)) as archive:
        said.append(archive.read("judging.json").decode())
    return "\n".join(said)


def test_no_reading_leaves_the_server_before_the_last_is_in_and_then_all_do(client: TestClient, path: str) -> None:
    assert act(client, "POST", f"{path}/jury", {"seats": 3, "frame": 4}).status_code == 201
    answers = [read(client, path, author, 3.0 * k) for k, author in enumerate(("Bea", "Carl"))]
    for answer in answers:
        assert answer.status_code == 201
        assert answer.json()["readings"] == []
    sent = everything_sent(client, path) + "".join(answer.text for answer in answers)
    store: Store = client.app.state.parts.store  # type: ignore[attr-defined]
    with store.engine.begin() as connection:
        depths = [row[0] for row in connection.execute(text("SELECT cm FROM human_reading WHERE of_jury"))][-2:]
    assert len(depths) == 2
    for cm in depths:
        assert str(round(cm, 2)) not in sent
    waiting = attempt_of(client, path)
    assert (waiting["human_cm"], waiting["jury"]["shown"], waiting["jury"]["mean_cm"]) == (None, False, None)
    assert [one["author"] for one in waiting["jury"]["readers"]] == ["Bea", "Carl"]

    shown = read(client, path, "Dan", -30.0).json()
    assert [one["author"] for one in shown["readings"]] == ["Bea", "Carl", "Dan"]
    cms = [one["cm"] for one in shown["readings"]]
    assert cms[:2] == depths
    jury = attempt_of(client, path)["jury"]
    assert jury["shown"]
    assert jury["mean_cm"] == pytest.approx(sum(cms) / 3, abs=1e-3)
    assert jury["spread_cm"] == pytest.approx(max(cms) - min(cms), abs=1e-3)
    assert jury["majority"] == "depth"
    assert {one["frame"] for one in shown["readings"]} == {4}
    assert read(client, path, "Eve").status_code == 409, "the jury has read"


def test_each_reads_once_by_a_name_and_with_a_word(client: TestClient, path: str) -> None:
    assert read(client, path, "Bea").status_code == 409, "no jury yet"
    for body in ({"seats": 1, "frame": 0}, {"seats": 4, "frame": 0}, {"seats": 2, "frame": 6}):
        assert act(client, "POST", f"{path}/jury", body).status_code == 422
    act(client, "POST", f"{path}/jury", {"seats": 2, "frame": 4})
    assert read(client, path, "").status_code == 422
    assert read(client, path, "  Bea ").status_code == 201
    assert read(client, path, "bea").status_code == 409, "the same name"
    assert act(client, "POST", f"{path}/jury", {"seats": 2, "frame": 1}).status_code == 409, "one at a time"
    assert act(client, "POST", f"{path.removesuffix('1')}2/jury", {"seats": 2, "frame": 1}).status_code == 404


def test_only_the_author_withdraws_a_reading_and_the_seat_is_free_again(client: TestClient, path: str) -> None:
    act(client, "POST", f"{path}/jury", {"seats": 2, "frame": 4})
    read(client, path, "Bea")
    (bea,) = attempt_of(client, path)["jury"]["readers"]
    reading = f"{path}/readings/{bea['reading']}"
    for headers in ({}, {"X-Word": "wrong"}, {"X-Word": "k%C3%A4se"}):
        assert act(client, "DELETE", reading, **headers).status_code == 403
    assert act(client, "DELETE", reading, **{"X-Word": "blue%20whale"}).status_code == 204
    assert attempt_of(client, path)["jury"]["readers"] == []
    assert act(client, "POST", f"{path}/jury", {"seats": 2, "frame": 3}).status_code == 201, "nobody has read"
    for author in ("Bea", "Carl"):
        last = read(client, path, author)
    first, second = last.json()["readings"]
    assert act(client, "DELETE", f"{path}/readings/{second['id']}", **{"X-Word": "k%C3%A4se"}).status_code == 204
    left = attempt_of(client, path)
    assert [one["id"] for one in left["readings"]] == [first["id"]]
    assert (left["jury"]["shown"], left["jury"]["mean_cm"]) == (True, None)
    assert read(client, path, "Carl").status_code == 409, "who has seen the others does not read again"


def test_a_reading_of_ones_own_is_withdrawn_with_its_word_alone(client: TestClient, path: str) -> None:
    points = {"frame": 4, "creases_px": {"left": list(CREASE_PX)}, "knees_px": {"left": list(KNEE_PX)}}
    mine = act(client, "POST", f"{path}/readings", {**points, "author": "Anna", "word": "mine alone"}).json()
    assert "mine alone" not in everything_sent(client, path)
    assert "word" not in mine
    assert "lock" not in mine
    assert act(client, "DELETE", f"{path}/readings/{mine['id']}").status_code == 403
    assert act(client, "DELETE", f"{path}/readings/{mine['id']}", **{"X-Word": "mine alone"}).status_code == 204


def test_the_report_that_is_given_out_says_who_lifted_what_and_what_was_read(client: TestClient, path: str) -> None:
    judging = path.removesuffix("/attempts/1")
    folder = client.app.state.parts.folders.results(judging.rpartition("/")[2])  # type: ignore[attr-defined]
    written = "<html><main><p>measured</p></main><footer></footer></html>"
    (folder / "report.html").write_text(written)
    report = f"{judging}/files/report.html"
    assert client.get(report).text == written, "nobody said anything"
    act(client, "PATCH", path, {"lifter": "<b>Ada</b>", "weight_kg": 142.5, "date": "2026-05-03"})
    act(client, "POST", f"{path}/jury", {"seats": 2, "frame": 4})
    read(client, path, "Bea")
    assert "Bea" not in client.get(report).text, "the other member has not read yet"
    read(client, path, "Carl", 4.0)
    said = client.get(report).text
    assert said.startswith("<html><main><p>measured</p>")
    assert said.endswith("</main><footer></footer></html>")
    for words in ("&lt;b&gt;Ada&lt;/b&gt;", "142.5 kg", "2026-05-03", "Bea (jury)", "Carl (jury)", ">4, 0.133 s<"):
        assert words in said, words
    with zipfile.ZipFile(io.BytesIO(client.get(f"{judging}/export.zip").content)) as archive:
        assert archive.read("report.html").decode() == said


def test_a_word_is_not_kept_as_it_is() -> None:
    lock = locked("whale")
    assert "whale" not in lock
    assert lock != locked("whale"), "salted"
    assert (opens("whale", lock), opens("Whale", lock), opens("", lock)) == (True, False, False)
    assert locked("") == ""
