"""One lift by several cameras: sent at once, judged as one, listed once, and deleted with every video of its own."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from depthperception.packet import verify_packet
from tests.support import web_runners as runners
from tests.support.rendered_clips import DATA
from tests.support.web_client import ACTION, finished, running_app, send, send_together, uploads_in

LEFT, RIGHT = (DATA / f"{name}.mp4" for name in ("front_deep", "side_high"))
FILES = {"left phone.mp4": LEFT.read_bytes(), "right.mp4": RIGHT.read_bytes()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with running_app(folder, runner=runners.judged_cameras) as client:
        yield client


@pytest.fixture(scope="module")
def judging(client: TestClient) -> Any:
    sent = send_together(client, FILES, lifter="Anna")
    assert sent.status_code == 201, sent.text
    return finished(client, sent.json()["id"])


def test_several_videos_become_one_judging_and_one_row(client: TestClient, judging: Any) -> None:
    assert (judging["state"], judging["name"]) == ("done", "left phone.mp4 + right.mp4")
    assert [one["name"] for one in judging["cameras"]] == list(FILES)
    rows = [one for one in client.get("/api/attempts").json()["items"] if one["judging"] == judging["id"]]
    assert len(rows) == 1
    assert (rows[0]["verdict"], rows[0]["lifter"]) == ("no_depth", "Anna")
    assert (rows[0]["lights"], rows[0]["lift"]) == ("red missing red", "no_lift")


def test_its_page_shows_both_views_and_their_lights(client: TestClient, judging: Any) -> None:
    page = client.get(f"/judgings/{judging['id']}").text
    assert page.count("<figure>") == 2
    assert "left red (left phone.mp4), chief missing, right red (right.mp4): NO LIFT" in page
    assert "data:image" not in page
    shown = [part.split('"')[0] for part in page.split('src="/judgings/')[1:]]
    assert client.get(f"/judgings/{shown[0]}").headers["content-type"] == "image/jpeg"
    assert client.get(f"/judgings/{judging['id']}/pictures/attempt-1-bottom.jpg").status_code == 200
    together = client.get(f"/api/judgings/{judging['id']}/together").json()
    assert together["schema"] == "depthperception/multiview/1"
    assert [one["judgement"]["video"]["path"] for one in together["views"]] == list(FILES)


def test_everything_of_it_is_in_one_zip(client: TestClient, judging: Any) -> None:
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/judgings/{judging['id']}/export.zip").content))
    assert {"judging.json", "video-1.mp4", "video-2.mp4", "report.html", "judgement.json", "joints.trc"} <= set(
        archive.namelist()
    )
    assert archive.read("video-2.mp4") == RIGHT.read_bytes()
    rows = list(csv.DictReader(io.StringIO(client.get("/library.csv?query=right.mp4").text)))
    assert [one["judging"] for one in rows] == [judging["id"]]


def test_each_camera_has_a_packet_that_holds(client: TestClient, judging: Any, tmp_path: Path) -> None:
    for camera, video in ((1, LEFT), (2, RIGHT)):
        answer = client.get(f"/judgings/{judging['id']}/cameras/{camera}/attempts/1/packet.zip")
        assert answer.status_code == 200, answer.text
        (tmp_path / "packet.zip").write_bytes(answer.content)
        assert verify_packet(tmp_path / "packet.zip", video).problems == ()
    gone = client.get(f"/judgings/{judging['id']}/cameras/3/attempts/1/packet.zip")
    assert gone.status_code == 404


@pytest.mark.parametrize("path", ["judgement", "frames", "landmarks", "people", "frames/0.jpg"])
def test_what_only_one_video_has_is_refused_in_a_sentence(client: TestClient, judging: Any, path: str) -> None:
    answer = client.get(f"/api/judgings/{judging['id']}/{path}")
    assert answer.status_code == 409
    assert "expected one video" in answer.json()["error"]


def test_a_reading_by_hand_and_a_jury_are_for_one_video(client: TestClient, judging: Any) -> None:
    for path, body in (
        ("readings", {"frame": 0, "creases_px": {}, "knees_px": {}}),
        ("jury", {"seats": 2, "frame": 0}),
    ):
        answer = client.post(f"/judgings/{judging['id']}/attempts/1/{path}", json=body, headers=ACTION)
        assert answer.status_code == 409


@pytest.mark.parametrize(
    ("files", "sizes", "status", "said"),
    [
        ({"a.mp4": LEFT.read_bytes()}, None, 422, "expected 2 to 6"),
        ({"a.mp4": LEFT.read_bytes(), "b.mp4": LEFT.read_bytes()}, None, 422, "b.mp4 and a.mp4 are the same file"),
        ({"a.mp4": LEFT.read_bytes(), "b.mp4": b"no video"}, None, 415, "b.mp4"),
        (FILES, f"{LEFT.stat().st_size}/{RIGHT.stat().st_size + 1}", 422, "ended after"),
        (FILES, f"{LEFT.stat().st_size}/9", 422, "More was sent"),
        (FILES, "many/few", 422, "expected 2 to 6"),
    ],
)
def test_what_is_no_lift_by_several_cameras_is_refused_and_nothing_stays(
    client: TestClient, judging: Any, folder: Path, files: dict[str, bytes], sizes: str, status: int, said: str
) -> None:
    before = client.get("/api/judgings").json()["total"]
    answer = send_together(client, files, sizes)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert uploads_in(folder) == []
    assert client.get("/api/judgings").json()["total"] == before


def test_it_is_judged_again_with_all_its_videos(client: TestClient, judging: Any) -> None:
    again = client.post(f"/judgings/{judging['id']}/again", json={"height_cm": 180}, headers=ACTION).json()
    done = finished(client, again["id"])
    assert [one["sha256"] for one in done["cameras"]] == [one["sha256"] for one in judging["cameras"]]
    assert client.delete(f"/judgings/{again['id']}", headers=ACTION).status_code == 200
    picked = client.post(
        f"/judgings/{judging['id']}/again", json={"pick": {"x_px": 1, "y_px": 1, "time_s": 0}}, headers=ACTION
    )
    assert picked.status_code == 422


def test_a_video_stays_as_long_as_any_judging_needs_it(tmp_path: Path) -> None:
    with running_app(tmp_path, runner=runners.judged_cameras) as client:
        alone = finished(client, send(client, RIGHT, "alone.mp4").json()["id"])
        both = finished(client, send_together(client, FILES).json()["id"])
        videos = {one.name for one in (tmp_path / "videos").iterdir()}
        assert videos == {one["sha256"] for one in both["cameras"]}
        client.delete(f"/judgings/{both['id']}", headers=ACTION)
        assert [one.name for one in (tmp_path / "videos").iterdir()] == [alone["sha256"]]
        assert not (tmp_path / "judgings" / both["id"]).exists()
        client.delete(f"/judgings/{alone['id']}", headers=ACTION)
        assert not list((tmp_path / "videos").iterdir())
