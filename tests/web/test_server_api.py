"""What the server tells and keeps: times, frames, notes, human readings, exports, deleting."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.support import web_runners as runners
from tests.support.clips import number_of, numbered_clip
from tests.support.web_client import ACTION, finished, running_app, send
from tests.support.web_runners import ATTEMPT, CM_PER_PX, CREASE_PX, KNEE_PX

TIMES_S = [0.0, 0.04, 0.1, 0.16, 0.3, 0.32]
"""Uneven, as a phone's are."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with running_app(folder) as client:
        yield client


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", TIMES_S)


@pytest.fixture(scope="module")
def judging(client: TestClient, clip: Path) -> Any:
    return finished(client, send(client, clip, "Anna, 2nd.mp4", height_cm="180").json()["id"])


def act(client: TestClient, method: str, path: str, body: Any = None) -> Any:
    return client.request(method, path, json=body, headers=ACTION)


def test_a_judging_tells_what_was_asked_for_and_found(client: TestClient, judging: Any) -> None:
    assert judging["name"] == "Anna, 2nd.mp4"
    assert (judging["state"], judging["height_cm"], judging["done"]) == ("done", 180.0, 1.0)
    assert judging["verdicts"] == [{"number": 1, "verdict": "depth", "cm": ATTEMPT["cm"], "probability": 0.99}]
    assert judging["created"].endswith("Z")
    listed = client.get("/api/judgings", params={"query": "anna"}).json()
    assert listed["total"] == 1
    assert listed["items"][0] == {key: value for key, value in judging.items() if key != "attempts"}


def test_frames_have_the_video_s_own_times_and_are_the_very_frames(client: TestClient, judging: Any) -> None:
    answer = client.get(f"/api/judgings/{judging['id']}/frames").json()
    assert answer["times_s"] == pytest.approx(TIMES_S, abs=1e-4)
    assert (answer["width"], answer["height"]) == (96, 64)
    for index in (5, 0, 3):
        jpeg = client.get(f"/api/judgings/{judging['id']}/frames/{index}.jpg")
        assert "immutable" in jpeg.headers["cache-control"]
        image = cv2.imdecode(np.frombuffer(jpeg.content, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert image.shape == (64, 96, 3)
        assert number_of(np.asarray(image, np.uint8)) == index


def test_a_frame_is_shrunk_when_asked_and_never_enlarged(client: TestClient, judging: Any) -> None:
    for width, got in ((66, 66), (500, 96)):
        jpeg = client.get(f"/api/judgings/{judging['id']}/frames/0.jpg", params={"width": width}).content
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert image.shape[1] == got


@pytest.mark.parametrize("path", ["frames/6.jpg", "frames/-1.jpg", "nothing"])
def test_what_is_not_there_is_said_so(client: TestClient, judging: Any, path: str) -> None:
    answer = client.get(f"/api/judgings/{judging['id']}/{path}")
    assert answer.status_code == 404
    assert "expected" in answer.json()["error"]


def test_the_video_comes_in_ranges(client: TestClient, judging: Any, clip: Path) -> None:
    answer = client.get(f"/judgings/{judging['id']}/video", headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206
    assert answer.content == clip.read_bytes()[100:200]
    assert answer.headers["content-type"] == "video/mp4"


def test_results_are_files_to_save_and_other_names_do_not_exist(client: TestClient, judging: Any) -> None:
    answer = client.get(f"/judgings/{judging['id']}/files/judgement.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.json() == client.get(f"/api/judgings/{judging['id']}/judgement").json()
    for name in ("page", "frames.json", "..%2f..%2flibrary.db", ".lock", "overlay.mp4"):
        assert client.get(f"/judgings/{judging['id']}/files/{name}").status_code == 404


def test_notes_are_kept_searched_and_changed_one_by_one(client: TestClient, judging: Any) -> None:
    path = f"/judgings/{judging['id']}/attempts/1"
    act(client, "PATCH", path, {"lifter": "Anna <b>Ö</b>", "weight_kg": 142.5, "date": "2026-05-01"})
    row = act(client, "PATCH", path, {"notes": " a grinder\x00\u202e\nindeed "}).json()
    assert row["lifter"] == "Anna <b>Ö</b>"
    assert (row["weight_kg"], row["date"], row["notes"]) == (142.5, "2026-05-01", "a grinder\nindeed")
    assert row["cm"] == ATTEMPT["cm"]
    assert client.get("/api/attempts", params={"query": "GRINDER"}).json()["items"] == [row]
    assert client.get("/api/attempts", params={"query": "nobody"}).json() == {"total": 0, "items": []}
    assert act(client, "PATCH", path, {"weight_kg": None}).json()["weight_kg"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"weight_kg": -1}, {"weight_kg": "heavy"}, {"date": "yesterday"}, {"notes": "x" * 4001}, {"cm": 9.0},
        {"lifter": None}, [], "text",
    ],
)  # fmt: skip
def test_notes_that_make_no_sense_are_refused_with_a_sentence(client: TestClient, judging: Any, body: Any) -> None:
    answer = act(client, "PATCH", f"/judgings/{judging['id']}/attempts/1", body)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith("Correct it and try again.")


@pytest.mark.parametrize(
    "text", ['{"weight_kg": NaN}', '{"lifter": "\\ud800"}', '{"weight_kg": 1e999}', "{", "[" * 9999]
)
def test_text_that_is_hardly_json_is_refused(client: TestClient, judging: Any, text: str) -> None:
    headers = {**ACTION, "Content-Type": "application/json"}
    answer = client.patch(f"/judgings/{judging['id']}/attempts/1", content=text, headers=headers)
    assert answer.status_code in (400, 422)
    assert "error" in answer.json()


def points(frame: int, lower_px: float = 0.0) -> dict[str, Any]:
    """Crease and knee of the left leg; the crease further down along gravity, which is (-.6, .8) in the picture."""
    crease = [CREASE_PX[0] - 0.6 * lower_px, CREASE_PX[1] + 0.8 * lower_px]
    return {"frame": frame, "creases_px": {"left": crease, "right": None}, "knees_px": {"left": list(KNEE_PX)}}


def test_a_human_reading_is_measured_and_stands_beside_the_measurement(client: TestClient, judging: Any) -> None:
    path = f"/judgings/{judging['id']}/attempts/1/readings"
    reading = act(client, "POST", path, {**points(4), "author": " Anna "})
    assert reading.status_code == 201
    below = reading.json()
    assert below["cm"] == pytest.approx(5.0, abs=2.0)  # seen alone, how people squat has its say
    assert below["low_cm"] < 5.0 < below["high_cm"]
    assert below["legs"]["left"]["cm"] == below["cm"]
    assert (below["author"], set(below["legs"])) == ("Anna", {"left"})
    assert below["time_s"] == pytest.approx(TIMES_S[4], abs=1e-4)
    above = act(client, "POST", path, points(4, -20.0)).json()
    # 20 px at .5 cm, along gravity in spite of the camera's roll.
    assert above["cm"] - below["cm"] == pytest.approx(-20 * CM_PER_PX, abs=2.0)
    assert above["verdict"] == "no_depth"
    (attempt,) = client.get(f"/api/judgings/{judging['id']}").json()["attempts"]
    assert [one["cm"] for one in attempt["readings"]] == [below["cm"], above["cm"]]
    assert (attempt["human_cm"], attempt["human_verdict"]) == (above["cm"], "no_depth")
    assert (attempt["human_low_cm"], attempt["human_author"]) == (above["low_cm"], "")
    assert (attempt["cm"], attempt["verdict"]) == (ATTEMPT["cm"], "depth")
    assert act(client, "POST", path, points(6)).status_code == 422
    assert act(client, "POST", path, {**points(4), "knees_px": {"right": [0, 0]}}).status_code == 422
    assert act(client, "POST", path, {**points(4), "author": "x" * 201}).status_code == 422
    assert act(client, "POST", path.replace("/1/", "/2/"), points(4)).status_code == 404


def test_points_are_measured_while_they_are_moved_and_nothing_is_kept(client: TestClient, clip: Path) -> None:
    judging = finished(client, send(client, clip, "moved.mp4").json()["id"])
    path = f"/judgings/{judging['id']}/attempts/1"
    said = act(client, "POST", f"{path}/measure", points(4)).json()
    assert client.get(f"/api/judgings/{judging['id']}").json()["attempts"][0]["readings"] == []
    kept = act(client, "POST", f"{path}/readings", points(4)).json()
    assert {name: kept[name] for name in ("cm", "low_cm", "high_cm", "verdict", "legs")} == {
        name: said[name] for name in ("cm", "low_cm", "high_cm", "verdict", "legs")
    }
    assert 0.5 < said["probability"] <= 1.0
    assert act(client, "POST", f"{path}/measure", {**points(4), "cm": 3.0}).status_code == 422
    assert act(client, "POST", f"{path.removesuffix('1')}2/measure", points(4)).status_code == 404
    act(client, "DELETE", f"/judgings/{judging['id']}")


def test_a_reading_that_is_withdrawn_is_in_no_list_and_no_export(client: TestClient, clip: Path) -> None:
    judging = finished(client, send(client, clip, "withdrawn.mp4").json()["id"])
    path = f"/judgings/{judging['id']}/attempts/1/readings"
    first, second = (act(client, "POST", path, points(4, lower)).json() for lower in (0.0, 10.0))
    other = finished(client, send(client, clip, "other.mp4").json()["id"])
    elsewhere = f"/judgings/{other['id']}/attempts/1/readings/{second['id']}"
    assert act(client, "DELETE", elsewhere).status_code == 404, "a reading of another judging"
    assert act(client, "DELETE", f"{path}/{second['id']}").status_code == 204
    assert act(client, "DELETE", f"{path}/{second['id']}").status_code == 404
    (attempt,) = client.get(f"/api/judgings/{judging['id']}").json()["attempts"]
    assert [one["id"] for one in attempt["readings"]] == [first["id"]]
    assert attempt["human_cm"] == first["cm"]
    answer = client.get(f"/judgings/{judging['id']}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (exported,) = json.loads(archive.read("judging.json"))["attempts"]
    assert [one["cm"] for one in exported["readings"]] == [first["cm"]]
    for sent in (judging, other):
        act(client, "DELETE", f"/judgings/{sent['id']}")


def test_the_table_has_no_cell_that_a_spreadsheet_would_run(client: TestClient, judging: Any) -> None:
    act(client, "PATCH", f"/judgings/{judging['id']}/attempts/1", {"notes": '=HYPERLINK("http://x")', "lifter": "-A"})
    answer = client.get("/library.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="library.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["notes"], row["lifter"]) == ('\'=HYPERLINK("http://x")', "'-A")
    assert float(row["cm"]) == ATTEMPT["cm"]
    (as_json,) = client.get("/library.json").json()
    assert as_json["notes"] == '=HYPERLINK("http://x")'


def test_everything_of_a_judging_comes_as_one_zip(client: TestClient, judging: Any, clip: Path) -> None:
    answer = client.get(f"/judgings/{judging['id']}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["judgement.json", "judging.json", "video.mp4"]
        assert archive.read("video.mp4") == clip.read_bytes()
        assert json.loads(archive.read("judging.json"))["attempts"][0]["number"] == 1


def test_judging_again_makes_a_new_judging_of_the_same_video(client: TestClient, judging: Any) -> None:
    pick = {"x_px": 10.0, "y_px": 20.0, "time_s": 0.1}
    body = {"pick": pick, "height_cm": "", "method": "side"}
    answer = act(client, "POST", f"/judgings/{judging['id']}/again", body)
    assert answer.status_code == 201
    again = finished(client, answer.json()["id"])
    assert (again["sha256"], again["pick"], again["method"]) == (judging["sha256"], pick, "side")
    assert again["height_cm"] is None
    said = act(client, "DELETE", f"/judgings/{again['id']}").json()
    assert any("other judging" in sentence for sentence in said["kept"])
    assert client.get(f"/judgings/{judging['id']}/video").status_code == 200


def test_deleting_takes_everything_away_and_says_what_stays(client: TestClient, folder: Path, tmp_path: Path) -> None:
    other = numbered_clip(tmp_path / "other.mp4", TIMES_S[:3])
    gone = finished(client, send(client, other, "gone.mp4").json()["id"])
    said = act(client, "DELETE", f"/judgings/{gone['id']}").json()
    assert len(said["deleted"]) == 2
    assert said["kept"] == ["The file that you chose, where it was before you sent it."]
    assert client.get(f"/api/judgings/{gone['id']}").status_code == 404
    left = [str(path) for path in folder.rglob("*")]
    assert not [path for path in left if gone["id"] in path or gone["sha256"] in path]
    assert act(client, "DELETE", f"/judgings/{gone['id']}").status_code == 404


def test_whoever_opens_a_page_gets_a_page_and_whoever_asks_the_api_gets_json(client: TestClient) -> None:
    page = client.get("/judgings/ffffffffffffffff", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "There is no such judging" in page.text
    assert "error" in client.get("/api/judgings/ffffffffffffffff").json()


def test_numbers_out_of_range_are_refused_with_a_sentence(client: TestClient) -> None:
    for query in ("limit=0", "limit=501", "offset=-1", "offset=99999999999999999999", "limit=x"):
        answer = client.get(f"/api/attempts?{query}")
        assert answer.status_code == 422
        assert query.split("=", maxsplit=1)[0] in answer.json()["error"]


def test_the_api_is_described_and_everything_described_only_reads(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert "/api/judgings/{judging_id}/frames/{index}.jpg" in paths
    assert {verb for item in paths.values() for verb in item} == {"get"}
    assert all(path.startswith("/api/") for path in paths)
    assert "/api/attempts" in client.get("/api/docs").text


def test_a_judging_of_an_earlier_contract_is_listed_and_refused_with_a_sentence(
    client: TestClient, clip: Path, folder: Path
) -> None:
    old = finished(client, send(client, clip, "old.mp4").json()["id"])
    kept = folder / "judgings" / old["id"] / "judgement.json"
    content = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**content, "schema": "depthperception/judgement/1"}), encoding="utf-8")
    assert client.get("/api/attempts", params={"query": "old.mp4"}).json()["items"][0]["cm"] == ATTEMPT["cm"]
    answer = client.get(f"/api/judgings/{old['id']}/judgement")
    assert answer.status_code == 409
    assert answer.json()["error"].endswith("Judge the video again.")
    page = client.get(f"/judgings/{old['id']}").text
    assert "judgement/1; expected depthperception/judgement/2" in page
    assert "proof</p>" not in page
    legs = {"left": [0, 0], "right": None}
    path = f"/judgings/{old['id']}/attempts/1/readings"
    assert act(client, "POST", path, {"frame": 0, "creases_px": legs, "knees_px": legs}).status_code == 409
    assert act(client, "POST", f"/judgings/{old['id']}/again", {}).status_code == 201
    act(client, "DELETE", f"/judgings/{old['id']}")


def test_the_openapi_file_says_what_a_judgement_holds(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    answer = described["paths"]["/api/judgings/{judging_id}/judgement"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Judgement"}
    parts = described["components"]["schemas"]
    assert parts["Judgement"]["properties"]["attempts"]["items"] == {"$ref": "#/components/schemas/AttemptJudgement"}
    assert {"type": "null"} in parts["Reading"]["properties"]["left"]["anyOf"]
    assert "const" in parts["Judgement"]["properties"]["schema"]


def test_the_rule_book_goes_to_the_judging_and_is_checked(client: TestClient, clip: Path) -> None:
    first = finished(client, send(client, clip, rules="usapl").json()["id"])
    assert first["rules"] == "usapl"
    again = act(client, "POST", f"/judgings/{first['id']}/again", {}).json()
    assert again["rules"] == "ipf"
    answer = send(client, clip, rules="fifa")
    assert answer.status_code == 422
    assert "no rule book called 'fifa'" in answer.json()["error"]


def test_how_sure_a_verdict_has_to_be_goes_to_the_judging_and_is_checked(client: TestClient, clip: Path) -> None:
    assert finished(client, send(client, clip).json()["id"])["sure"] == 0.65
    strict = finished(client, send(client, clip, sure="0.8").json()["id"])
    assert strict["sure"] == 0.8
    again = act(client, "POST", f"/judgings/{strict['id']}/again", {"sure": 0.9}).json()
    assert finished(client, again["id"])["sure"] == 0.9
    for asked in ("0.3", "1", "80", "nan"):
        answer = send(client, clip, sure=asked)
        assert answer.status_code in (400, 422)
        assert "xpected" in answer.json()["error"]


def test_attempts_that_are_too_close_are_listed_by_themselves_and_exported(tmp_path: Path, clip: Path) -> None:
    with running_app(tmp_path, runner=runners.too_close) as client:
        judging = finished(client, send(client, clip).json()["id"])
        assert judging["verdicts"] == [{"number": 1, "verdict": "too_close", "cm": 0.4, "probability": 0.58}]
        listed = {
            verdict: client.get("/api/attempts", params={"verdict": verdict}).json()["total"]
            for verdict in ("", "too_close", "depth", "no_depth", "not_judgeable")
        }
        assert listed == {"": 1, "too_close": 1, "depth": 0, "no_depth": 0, "not_judgeable": 0}
        assert ",too_close," in client.get("/library.csv").text
        assert client.get("/library.json").json()[0]["verdict"] == "too_close"
        assert '"too_close"' in client.get("/api/openapi.json").text
