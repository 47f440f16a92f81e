"""A rendered clip through the real worker: the command line's results, and what the page needs beside them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from depthperception.results import SCHEMA
from depthperception.web import worker
from tests.support.rendered_clips import DATA, true_lines
from tests.support.web_client import ACTION, finished, running_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, judged_library: Path) -> Iterator[TestClient]:
    library = shutil.copytree(judged_library, tmp_path_factory.mktemp("real") / "library")
    with running_app(Path(library), runner=worker.run) as client:
        yield client


@pytest.fixture(scope="module")
def judging(client: TestClient) -> Any:
    """The clip of a lifter among standing spotters."""
    (found,) = client.get("/api/judgings", params={"query": "spotted"}).json()["items"]
    return client.get(f"/api/judgings/{found['id']}").json()


def of(client: TestClient, judging: Any, name: str) -> Any:
    return client.get(f"/api/judgings/{judging['id']}/{name}").json()


def test_the_judgement_is_the_command_line_s_under_the_name_that_was_sent(client: TestClient, judging: Any) -> None:
    judgement = of(client, judging, "judgement")
    assert judgement["schema"] == SCHEMA
    assert judgement["video"]["path"] == "spotted.mp4"
    assert judgement["video"]["sha256"] == judging["sha256"]
    (attempt,), (row,) = judgement["attempts"], judging["attempts"]
    assert row["cm"] == attempt["depth"]["cm"]
    assert [row["low_cm"], row["high_cm"]] == attempt["depth"]["interval90_cm"]
    for name in ("verdict", "reason", "start_s", "bottom_s", "end_s", "bottom_frame", "stood_up"):
        assert row[name] == attempt[name]


def test_the_bottom_frame_s_time_is_the_bottom_s(client: TestClient, judging: Any) -> None:
    frames = of(client, judging, "frames")
    (row,) = judging["attempts"]
    assert len(frames["times_s"]) == of(client, judging, "judgement")["video"]["frames"]
    away = [abs(time_s - row["bottom_s"]) for time_s in frames["times_s"]]
    assert away[row["bottom_frame"]] == min(away) < 0.05


def test_the_lines_lie_on_the_points_that_were_measured(client: TestClient, judging: Any) -> None:
    judgement = of(client, judging, "judgement")
    (attempt,), (row,) = judgement["attempts"], judging["attempts"]
    seen, up = attempt["seen"], np.array(judgement["camera"]["up"][:2])
    assert {leg["side"] for leg in row["lines"]} == set(seen["level_px"]) == {"left", "right"}
    for leg in row["lines"]:
        side = leg["side"]
        assert leg["cm"] == pytest.approx(attempt["depth"][side]["cm"], abs=1e-3)
        assert leg["knee_top_px"][0] == pytest.approx(seen["level_px"][side], abs=0.05)
        assert leg["crease_px"][0] == pytest.approx(seen["joint_crease_px"][side], abs=1.0)
        apart_px = (np.array(leg["knee_top_px"][0]) - leg["crease_px"][0]) @ up / np.linalg.norm(up)
        # The scale is that of the standing hips; a leg is nearer to the camera, or further away.
        assert apart_px * judgement["scale"]["cm_per_px"] == pytest.approx(leg["cm"], rel=0.2, abs=0.2)


def test_exact_points_set_in_the_page_give_the_true_depth(client: TestClient) -> None:
    for name in ("spotted", "side_high"):
        (found,) = client.get("/api/judgings", params={"query": name}).json()["items"]
        (row,) = client.get(f"/api/judgings/{found['id']}").json()["attempts"]
        creases, knees, true = true_lines(DATA / f"{name}.mp4", row["bottom_s"])
        body = {"frame": row["bottom_frame"], "creases_px": creases, "knees_px": knees}
        said = client.post(f"/judgings/{found['id']}/attempts/1/measure", json=body, headers=ACTION).json()
        assert said["cm"] == pytest.approx(true["mean"], abs=1.0)
        for leg, measured in said["legs"].items():
            assert measured["cm"] == pytest.approx(true[leg], abs=1.0)


def test_everyone_has_boxes_and_the_lifter_is_the_one_that_was_chosen(client: TestClient, judging: Any) -> None:
    people = of(client, judging, "people")
    (chosen,) = [person for person in people if person["chosen"]]
    assert len(people) >= 3
    assert chosen["boxes_px"][0] == pytest.approx(of(client, judging, "judgement")["lifter"]["box_px"], abs=0.1)
    landmarks = of(client, judging, "landmarks")
    assert len(landmarks["image_px"]) == len(landmarks["times_s"]) > 20
    assert np.shape(landmarks["image_px"][0]) == (33, 2)


def test_the_page_holds_the_proof_and_loads_pictures_that_are_there(client: TestClient, judging: Any) -> None:
    page = client.get(f"/judgings/{judging['id']}").text
    sources = {part.split('"')[0] for part in page.split(f'"/judgings/{judging["id"]}/pictures/')[1:]}
    assert sources
    for name in sources:
        picture = client.get(f"/judgings/{judging['id']}/pictures/{name}")
        assert picture.content.startswith(b"\xff\xd8")
    assert " style=" not in page
    assert client.get(f"/judgings/{judging['id']}/files/report.html").status_code == 200


def test_another_person_is_judged_when_somebody_points_at_him(client: TestClient, judging: Any) -> None:
    people = of(client, judging, "people")
    others = [person for person in people if not person["chosen"] and len(person["times_s"]) > 8]
    # One spotter goes down with the lifter; the other one's box stays as high as it is.
    other = min(others, key=lambda person: np.ptp([box[3] - box[1] for box in person["boxes_px"]]))
    x0, y0, x1, y1 = other["boxes_px"][0]
    pick = {"x_px": (x0 + x1) / 2, "y_px": (y0 + y1) / 2, "time_s": other["times_s"][0]}
    path = f"/judgings/{judging['id']}/again"
    answer = client.post(path, json={"pick": pick, "method": "calibrated"}, headers=ACTION)
    again = finished(client, answer.json()["id"])
    assert (again["state"], again["error"]) == ("done", None)
    judgement = of(client, again, "judgement")
    assert judgement["lifter"]["box_px"] == pytest.approx(other["boxes_px"][0], abs=0.1)
    assert judgement["provenance"]["pick"] == pick
    assert judgement["status"] == "no_squat"
