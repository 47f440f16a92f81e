"""Who is judged, from the command line to the overlay: two who lift side by side, chosen and both."""

import json
from pathlib import Path

import numpy as np
import pytest

from depthperception import judge
from depthperception.people import Rule, choose, detect_people, everyone, link
from depthperception.report.people_boxes import CHOSEN, boxes, draw_boxes
from depthperception.results import Lifter, Other
from depthperception.types import Picture
from depthperception.video import VideoWriter, frames, probe
from tests.support.command_line import run
from tests.support.rendered_clips import DATA, DEMO, truth
from tests.support.sightings import video

SIZE = (720, 640)
LATE_S = 0.8


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's lifter, and at his right in the picture the same one again, mirrored and later."""
    path = tmp_path_factory.mktemp("pair") / "pair.mp4"
    shown = [(frame.time_s, frame.rgb(640)) for frame in frames(DEMO)]
    times = np.array([time_s for time_s, _ in shown])
    with VideoWriter(path, *SIZE) as writer:
        for time_s, picture in shown[::2]:
            late = shown[int(np.abs(times - max(0.0, time_s - LATE_S)).argmin())][1]
            writer.write(np.hstack([picture, late[:, ::-1]]), time_s)
    return path


def test_that_the_chosen_one_does_not_squat_is_not_said_of_the_others(tmp_path: Path) -> None:
    beside = tmp_path / "beside.mp4"
    shown = [(frame.time_s, frame.rgb(640)) for frame in frames(DEMO)]
    with VideoWriter(beside, *SIZE) as writer:
        for time_s, picture in shown[::4]:
            writer.write(np.hstack([picture, shown[0][1]]), time_s)
    judged = judge(beside, lifter=2)
    assert judged.status == "no_squat"
    assert judged.reason == (
        "Person 2 is not seen to squat: choose somebody else, or film from where nobody hides him."
    )


def test_two_who_lift_side_by_side_are_both_judged_when_asked(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ((bottom_s, depth_cm),) = truth(DEMO)
    assert run("judge", pair, "--height", "178", "--all-lifters", "--json", "--quiet", "--out", tmp_path / "all") == 0
    judged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["lifter"]["number"] for one in judged} == {1, 2}
    for one in judged:
        number = one["lifter"]["number"]
        (attempt,) = one["attempts"]
        assert attempt["bottom_s"] == pytest.approx(bottom_s + (LATE_S if number == 2 else 0.0), abs=0.15)
        assert attempt["depth"]["cm"] == pytest.approx(depth_cm, abs=3.0)
        folder = tmp_path / "all" / f"lifter_{number}"
        assert json.loads((folder / "judgement.json").read_text())["lifter"]["number"] == number
        assert (folder / "overlay.mp4").exists()
        (other,) = one["lifter"]["others"]
        assert (other["number"], other["kind"]) == (3 - number, "person")


def test_two_who_lift_side_by_side_are_kept_apart_and_the_choice_is_noted(pair: Path) -> None:
    seen = detect_people(pair, probe(pair))
    people = link(seen.sightings)
    assert len(people) == 2
    for track, (low, high) in zip(people, ((0, 360), (360, 720)), strict=True):
        middle = track.boxes_px[:, [0, 2]].mean(axis=1)
        assert ((middle > low) & (middle < high)).all()
    rules: tuple[Rule, Rule] = ("auto", 2)
    by_marks, by_number = (choose(people, SIZE, seen.duration_s, rule=rule) for rule in rules)
    assert "--all-lifters" in by_marks.notes[0]
    assert (by_number.number, by_number.notes) == (2, ())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--lifter", "left"), "expected auto, centre, or a number"),
        (("--lifter", "1", "--all-lifters"), "everyone who lifts and lifter 1 were asked for"),
        (("--lifter", "2", "--pick", "1", "1", "1"), "the person at a point and lifter 2 were asked for"),
    ],
)
def test_who_is_asked_for_twice_or_in_no_known_way_is_refused(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("judge", DATA / "side_high.mp4", *arguments) == 2
    assert said in capsys.readouterr().err


def test_a_number_for_two_videos_is_refused_before_anything_is_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("judge", DATA / "side_high.mp4", DEMO, "--lifter", "1") == 2
    assert "with 2 videos" in capsys.readouterr().err


def test_a_number_that_nobody_has_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("judge", DATA / "side_high.mp4", "--lifter", "9", "--out", tmp_path / "out") == 2
    assert "no person number 9" in capsys.readouterr().err


def test_spotters_are_boxed_and_numbered_and_the_lifter_has_the_colour() -> None:
    people = link(video((200, 0, 1.0), (360, 95, 1.0), (560, 0, 0.8)))
    (left, lifter, right) = (track.first_box_px for track in people)
    others = (Other(1, left, "person", 0.1), Other(3, right, "reflection", 0.0))
    drawn = boxes(Lifter(lifter, 3, 2, "auto", "", others), people)
    assert [(box.words, box.chosen) for box in drawn] == [("1", False), ("3 reflection", False), ("2 lifter", True)]
    canvas = np.zeros((1280, 720, 3), np.uint8)
    draw_boxes(canvas, drawn, 0.0, np.ones(2), 16)
    edge = canvas[round(lifter[1]) - 1 : round(lifter[1]) + 2, round(lifter[0] + lifter[2]) // 2]
    assert tuple(edge.max(axis=0)) == CHOSEN
    assert boxes(Lifter(lifter, 1, 2), people) == ()


def crowd(rows: int, columns: int) -> Picture:
    """The demo's standing lifter, many times."""
    (first, *_) = (frame.rgb(360) for frame in frames(DEMO))
    return np.tile(first, (rows, columns, 1))


def test_more_people_are_found_than_the_network_finds_at_once() -> None:
    picture = crowd(2, 5)

    def shrunk(max_side_px: int | None) -> Picture:
        step = max(1, max(picture.shape) // (max_side_px or 10**6))
        return np.ascontiguousarray(picture[::step, ::step])

    found = everyone(shrunk, (picture.shape[1], picture.shape[0]))
    assert 9 <= len(found) <= 11
    middles = np.array([person.box_px.reshape(2, 2).mean(axis=0) for person in found])
    unit = np.array([picture.shape[1] / 5, picture.shape[0] / 2])
    assert len({tuple(cell) for cell in (middles // unit).astype(int).tolist()}) >= 9
