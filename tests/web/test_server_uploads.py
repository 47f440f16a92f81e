"""Uploads: a video by its content, whatever its name; nothing of anything else stays."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from depthperception.pose.networks.network import FOLDER
from depthperception.web.uploads import LONGEST_NAME, shown_name
from tests.support.clips import audio_only, make_clip, numbered_clip, picture_file, quadrants, text_file
from tests.support.web_client import ACTION, finished, running_app, send, uploads_in

MOST_BYTES = 200_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with running_app(folder, max_upload_bytes=MOST_BYTES) as client:
        yield client


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", [0.0, 0.04, 0.1, 0.16])


def test_a_video_is_queued_and_kept_under_its_hash_once(client: TestClient, folder: Path, clip: Path) -> None:
    first, second = (send(client, clip, name).json() for name in ("a.mp4", "b.mp4"))
    assert first["sha256"] == second["sha256"]
    assert first["id"] != second["id"]
    assert [entry.name for entry in (folder / "videos").iterdir()] == [first["sha256"]]
    assert (folder / "videos" / first["sha256"] / "video").read_bytes() == clip.read_bytes()
    for judging in (first, second):
        assert finished(client, judging["id"])["state"] == "done"


def test_a_network_goes_by_its_name_in_the_server_s_folder_and_never_by_a_path(
    client: TestClient, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = tmp_path / "mine.onnx"
    network.write_bytes(b"")
    assert "Pose network" not in client.get("/").text
    for pose in (str(network), "mine"):
        refused = send(client, clip, pose=pose)
        assert refused.status_code == 422
        assert "expected blazepose" in refused.json()["error"]
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert "<option>mine</option>" in client.get("/").text
    assert send(client, clip, pose="mine").json()["pose"] == "mine"
    assert send(client, clip, pose=str(network)).status_code == 422


def zip_bomb() -> bytes:
    """Ten megabytes of zeros in ten kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("video.mp4", bytes(10_000_000))
    return packed.getvalue()


def not_videos(folder: Path) -> dict[str, bytes]:
    return {
        "bomb.mp4": zip_bomb(),
        "empty.mp4": b"",
        "page.mp4": text_file(folder / "page").read_bytes(),
        "picture.mp4": picture_file(folder / "picture").read_bytes(),
        "song.mp4": audio_only(folder / "song.mp4").read_bytes(),
        "list.mp4": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "noise.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 100,
    }


def test_what_is_no_video_is_refused_with_one_sentence_and_nothing_stays(
    client: TestClient, folder: Path, tmp_path: Path
) -> None:
    for name, content in not_videos(tmp_path).items():
        answer = send(client, content, name)
        assert answer.status_code == 415, name
        sentence = answer.json()["error"]
        assert sentence.startswith(f"{name}: ")
        assert "Expected" in sentence
        assert str(folder) not in sentence
    assert uploads_in(folder) == []


def test_a_file_over_the_limit_is_refused_whether_it_says_its_size_or_not(client: TestClient, folder: Path) -> None:
    piece = bytes(50_000)
    stated = send(client, piece * 5)
    unstated = client.post("/judgings", content=(piece for _ in range(5)), headers=ACTION)
    for answer in (stated, unstated):
        assert answer.status_code == 413
        assert "larger than" in answer.json()["error"]
    assert uploads_in(folder) == []


def test_a_disk_without_room_is_said_before_anything_is_written(tmp_path: Path, clip: Path) -> None:
    with running_app(tmp_path / "library", keep_free_bytes=10**18) as client:
        answer = send(client, clip)
        assert answer.status_code == 507
        assert "have to stay free" in answer.json()["error"]
    assert uploads_in(tmp_path / "library") == []


@pytest.mark.parametrize(
    ("options", "said"),
    [({"height_cm": "17"}, "A height of 17 cm"), ({"height_cm": "tall"}, "height_cm"), ({"method": "x"}, "method")],
)
def test_options_that_make_no_sense_are_refused_before_the_upload_is_kept(
    client: TestClient, folder: Path, clip: Path, options: dict[str, str], said: str
) -> None:
    answer = send(client, clip, **options)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert uploads_in(folder) == []


def test_a_picture_larger_than_any_camera_makes_is_refused(client: TestClient, tmp_path: Path) -> None:
    bomb = make_clip(tmp_path / "large.mp4", [quadrants(8704, 16)], [0.0])
    answer = send(client, bomb)
    assert answer.status_code == 415
    assert "8704 x 16 px" in answer.json()["error"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("squat%20%C3%BC.mp4", "squat ü.mp4"),
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("..%5C..%5Cboot.ini", "boot.ini"),
        ("%2F", "video"),
        ("..", "video"),
        ("a%00b%0A%1B%5B31m%E2%80%AEc.mp4", "ab[31mc.mp4"),
        ("%ff%fe.mp4", "\ufffd\ufffd.mp4"),
        ("<img src=x onerror=alert(1)>.mp4", "<img src=x onerror=alert(1)>.mp4"),
        ("a" * 500 + ".mp4", "a" * (LONGEST_NAME - 4) + ".mp4"),
    ],
)
def test_a_name_is_text_to_show_and_never_a_path(given: str, shown: str) -> None:
    assert shown_name(given) == shown


def test_markup_in_a_name_is_escaped_on_the_page(client: TestClient, clip: Path) -> None:
    judging: Any = send(client, clip, "<img src=x onerror=alert(1)>.mp4").json()
    finished(client, judging["id"])
    page = client.get(f"/judgings/{judging['id']}").text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.mp4" in page
