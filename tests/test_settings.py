"""The detectors' numbers can be varied, a result names what was, and the defaults are the documented ones."""

import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import depthperception
from depthperception import judge
from depthperception.attempts.attempt import Attempt
from depthperception.attempts.detection import find_attempts
from depthperception.attempts.lockout import lockout
from depthperception.barbell.plate_search import find_plates
from depthperception.people import FrameDetections, PersonTrack, choose, link
from depthperception.people.lifting_cues import LiftingCues
from depthperception.people.movenet import Person
from depthperception.settings import (
    DEFAULTS,
    AttemptDetection,
    BottomRefinement,
    CameraFitting,
    CameraSearch,
    CueWeights,
    LifterSelection,
    PersonTracking,
    PlateDetection,
    Settings,
)
from tests.support.figures import PICTURE_PX, squats, track
from tests.support.painted_bar import Scene, falls, room
from tests.support.people_tracks import STATURE_M, standing

DOCUMENTED = Path(__file__).parents[1] / "docs" / "settings.md"
DEMO = Path(depthperception.__file__).parent / "demo" / "squat.mp4"
PX_PER_M = 200.0


def numbers(settings: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every number."""
    for field in fields(settings):
        value, path = getattr(settings, field.name), f"{above}{field.name}"
        yield from numbers(value, f"{path}.") if is_dataclass(value) else [(path, value)]


def attempts(thigh_deg: float, settings: AttemptDetection) -> tuple[Attempt, ...]:
    times, angles, _ = squats([thigh_deg])
    return find_attempts(track(times, angles), PICTURE_PX, settings=settings)


def test_a_quarter_squat_is_no_attempt_where_a_deeper_one_is_asked_for() -> None:
    # Thigh at 50 degrees, shank at 14: .43 (1 - cos 50) + .43 (1 - cos 14) = .17 m of a standing leg of .86 m, .19.
    assert len(attempts(50.0, AttemptDetection())) == 1
    assert attempts(50.0, AttemptDetection(least_drop=0.25)) == ()
    assert len(attempts(95.0, AttemptDetection(least_drop=0.25))) == 1


def test_how_much_of_the_descent_a_lifter_must_climb_can_be_said() -> None:
    times = np.arange(0.0, 5.0, 0.05)
    angles = np.interp(times, [0, 1, 2, 3, 5], [0, 0, 95, 50, 50])
    # Hips over ankles: .86 m standing, .35 at the bottom, .69 at the end: he climbs .34 of .51 m, .67.
    seen = track(times, angles)
    assert lockout(seen.times_s, seen.image_px).stood_up is None
    assert lockout(seen.times_s, seen.image_px, settings=AttemptDetection(stood_up=0.5)).stood_up is True
    assert lockout(seen.times_s, seen.image_px, settings=AttemptDetection(not_stood_up=0.74)).stood_up is False


def test_a_step_that_tears_a_track_is_joined_where_longer_ones_are_allowed() -> None:
    looks = []
    for number in range(12):
        aside_px = 0.4 * STATURE_M * PX_PER_M * (number >= 6)
        (person, *_) = standing(300.0 + aside_px, 500.0, PX_PER_M).people
        looks.append(FrameDetections(0.25 * number, (person,)))
    assert len(link(looks)) == 2
    assert len(link(looks, settings=PersonTracking(farthest_step=0.5))) == 1


def going_down(x_px: float, part: float) -> PersonTrack:
    """Somebody whose hips and shoulders go down by a part of his height and up again, within four seconds."""
    still = standing(x_px, 500.0, PX_PER_M)
    people = []
    for time_s, person in zip(still.times_s, still.people, strict=True):
        points = person.points_px.copy()
        points[5:13, 1] += part * STATURE_M * PX_PER_M * np.clip(1.5 - abs(time_s - 2.0), 0.0, 1.0)
        people.append(Person(points, person.scores, person.box_px, person.score))
    return PersonTrack(still.times_s, tuple(people))


def test_the_weight_of_a_cue_decides_who_lifts() -> None:
    people = (going_down(150.0, 0.5), going_down(360.0, 0.03))
    assert choose(people, (720, 1280), 4.0).number == 1
    travel_says_nothing = LifterSelection(cues=CueWeights(without_travel=1.0))
    assert choose(people, (720, 1280), 4.0, settings=travel_says_nothing).number == 2


def test_a_score_is_the_product_of_its_weights() -> None:
    aside = LiftingCues(travel=0.25, hands=0.6, stays=1.0, central=0.0, large=1.0, lasting=1.0)
    assert aside.score == pytest.approx(0.3)
    by_others = replace(aside, weights=CueWeights(without_central=0.5, full_hands=1.2))
    assert by_others.score == pytest.approx(0.5 * (0.2 + 0.8 * 0.5))


def test_plates_are_lost_where_more_is_asked_of_them_and_the_far_one_where_more_is_asked_of_it() -> None:
    scene = Scene(azimuth_deg=50.0)
    moments = [scene.moment(t, fall, room(0)) for t, fall in zip(np.linspace(0.0, 3.0, 7), falls(7), strict=True)]
    camera = scene.lifter_camera()
    assert len(find_plates(moments, camera).candidates) == 2
    impossible = PlateDetection(least_vote=1.1, plain_vote=1.1)  # no more than all points can vote for an outline
    assert find_plates(moments, camera, settings=impossible).candidates == ()
    one_only = CameraFitting(search=CameraSearch(least_far_vote=1.1))
    assert len(find_plates(moments, camera, fitting=one_only).candidates) == 1


def test_a_result_names_what_differs_from_the_defaults() -> None:
    assert Settings().changed() == {}
    asked = Settings(
        attempts=AttemptDetection(least_drop=0.2, refinement=BottomRefinement(bottom_frames=5)),
        camera=CameraFitting(rim_px=1.0, search=CameraSearch(starts=8)),
    )
    assert asked.changed() == {
        "attempts.least_drop": 0.2,
        "attempts.refinement.bottom_frames": 5,
        "camera.search.starts": 8,
    }


def test_settings_cannot_be_changed_for_everybody() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.attempts.least_drop = 0.2  # type: ignore[misc]
    assert hash(Settings()) == hash(DEFAULTS)


def test_the_defaults_are_the_documented_ones_and_each_has_a_reason() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| ([^|]+) \| ([^|]+) \|$", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {path: [float(one) for one in default.split(",")] for path, default, _ in rows}
    assert documented.keys() == dict(numbers(DEFAULTS)).keys()
    for path, value in numbers(DEFAULTS):
        assert documented[path] == pytest.approx(list(value) if isinstance(value, tuple) else [value]), path
    assert all(len(why.strip()) > 10 for _, _, why in rows)


def test_a_video_is_judged_by_the_settings_that_are_asked_for_and_says_which() -> None:
    deeper = Settings(attempts=AttemptDetection(least_drop=2.0))  # nobody's hips fall by two of his legs
    judgement = judge(DEMO, settings=deeper)
    assert judgement.status == "no_squat"
    assert judgement.provenance["settings"] == {"attempts.least_drop": 2.0}
