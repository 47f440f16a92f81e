"""A picture that lies on its side, or stands on its head, is noticed and turned."""

from collections.abc import Iterator
from pathlib import Path
from weakref import WeakSet

import numpy as np
import pytest

from depthperception import judge
from depthperception.capture.footage import feet_stay
from depthperception.geometry.skeletons import ANKLES, HIPS
from depthperception.people import upright
from depthperception.people.movenet import Person
from depthperception.types import Picture
from depthperception.video import Still, Turned, VideoWriter, frames, probe
from tests.support import figures
from tests.support.rendered_clips import DATA, DEMO_HEIGHT_CM, truth

CLIP = DATA / "side_high.mp4"


def lying(path: Path, turn_deg: int) -> Path:
    """The clip turned clockwise, as a file that does not ask to be turned back."""
    info = probe(CLIP)
    size = (info.width, info.height) if turn_deg == 180 else (info.height, info.width)
    with VideoWriter(path, *size) as writer:
        for frame in frames(CLIP):
            writer.write(np.ascontiguousarray(np.rot90(frame.rgb(), -turn_deg // 90)), frame.time_s)
    return path


@pytest.mark.parametrize(("turn_deg", "how"), [(90, "lies on its side"), (180, "stands on its head")])
def test_a_picture_that_lies_is_turned_and_judged_and_that_is_said(turn_deg: int, how: str, tmp_path: Path) -> None:
    ((bottom_s, depth_cm),) = truth(CLIP)
    found = judge(lying(tmp_path / "lies.mp4", turn_deg), height_cm=DEMO_HEIGHT_CM)
    (attempt,) = found.attempts
    assert (found.video.turned_deg, found.video.rotation_deg) == (360 - turn_deg, 0)
    assert (found.video.width, found.video.height) == (probe(CLIP).width, probe(CLIP).height)
    assert any(f"{how}: it was turned clockwise by {360 - turn_deg}" in note for note in found.notes)
    assert depth_cm < 0
    assert attempt.verdict == "no_depth"
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.25)


def test_a_picture_is_left_or_turned_as_somebody_asks(tmp_path: Path) -> None:
    path = lying(tmp_path / "lies.mp4", 90)
    left = judge(path, rotate_deg=0)
    assert (left.attempts, left.video.turned_deg) == ((), 0)
    assert any("--rotate 270 turns it" in note for note in left.notes)
    asked = judge(path, rotate_deg=270)
    assert [attempt.verdict for attempt in asked.attempts] == ["no_depth"]
    assert asked.video.turned_deg == 270
    assert not any("rotate" in note for note in asked.notes)
    assert asked.provenance["rotate_deg"] == 270


def test_a_turned_source_shows_its_frames_turned(tmp_path: Path) -> None:
    path = lying(tmp_path / "lies.mp4", 90)
    back, there = next(frames(Turned(path, 270))), next(frames(CLIP))
    assert (probe(Turned(path, 270)).width, probe(Turned(path, 270)).height) == (probe(CLIP).width, probe(CLIP).height)
    assert np.abs(back.rgb(320).astype(int) - there.rgb(320)).mean() < 3.0


def test_knees_that_bend_while_the_hips_stay_are_no_squat_turned() -> None:
    times, angle, _ = figures.squats([90.0])
    squat = figures.track(times, angle)
    assert feet_stay(squat)
    moved = squat.image_px - squat.image_px[:, HIPS].mean(axis=1)[:, None] + [360.0, 640.0]
    lies = type(squat)(**{**vars(squat), "image_px": moved})
    assert np.ptp(lies.image_px[:, ANKLES, 1]) > 100.0
    assert not feet_stay(lies)


def test_the_pictures_of_a_long_film_are_not_kept_together(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: WeakSet[Still] = WeakSet()
    most, shown = [0], list[int]()

    def pictures() -> Iterator[Still]:
        for k in range(1000):
            still = Still(0.125 * k, np.full((8, 8, 3), k // 4, np.uint8), 1.0)
            alive.add(still)
            most[0] = max(most[0], len(alive))
            yield still

    def detected(picture: Picture) -> tuple[Person, ...]:
        shown.append(int(picture[0, 0, 0]))
        return ()

    monkeypatch.setattr(upright, "detect", detected)
    assert upright.helpful_turn(pictures(), 1000) == 0
    assert shown[:8] == [k // 4 for k in (0, 142, 285, 428, 570, 713, 856, 999)]
    assert most[0] < 5
