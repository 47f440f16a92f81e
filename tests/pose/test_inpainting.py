"""Everybody but the lifter is painted over before he is looked at closely."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from depthperception.attempts import refinement
from depthperception.attempts.attempt import Attempt
from depthperception.attempts.refinement import LifterIsolation
from depthperception.geometry.skeletons import COCO_TO_BLAZEPOSE
from depthperception.people import detect_people, link
from depthperception.pose.blazepose import estimate_pose
from depthperception.pose.inpainting import alone
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import empty_track
from depthperception.types import Picture
from depthperception.video import frames, probe
from tests.support.figures import axes, figure, samples
from tests.support.people_tracks import STATURE_M, choose_lifter, standing
from tests.support.rendered_clips import DATA

WALL, LIFTER, SPOTTER = (120, 130, 140), (200, 40, 40), (40, 40, 200)
PX_PER_M, FLOOR_PX = 200.0, 420.0


def gym(*places: tuple[float, tuple[int, int, int]]) -> Picture:
    """A wall with people-high boxes 20 cm wide: narrower than what a sighting paints."""
    picture = np.full((480, 800, 3), WALL, np.uint8)
    top = round(FLOOR_PX - STATURE_M * PX_PER_M)
    for x_px, colour in places:
        picture[top : round(FLOOR_PX), round(x_px - 20) : round(x_px + 20)] = colour
    return picture


def test_somebody_else_turns_into_wall_and_the_lifter_stays_as_he_is() -> None:
    picture = gym((250.0, LIFTER), (550.0, SPOTTER))
    shown = alone(picture, standing(250.0, FLOOR_PX), [standing(550.0, FLOOR_PX)], 1.0)
    middle = shown[120:360, 530:570].astype(float)
    assert np.abs(middle - WALL).max() < 12.0
    assert (shown[:, :400] == picture[:, :400]).all()


def test_where_two_overlap_the_lifter_is_kept() -> None:
    picture = gym((330.0, SPOTTER), (260.0, LIFTER))
    shown = alone(picture, standing(260.0, FLOOR_PX), [standing(330.0, FLOOR_PX)], 1.0)
    assert np.abs(shown[150:230, 241:279].astype(int) - LIFTER).max() <= 2
    assert np.abs(shown[150:230, 342:349, 2].astype(int) - SPOTTER[2]).min() > 20


def test_a_picture_without_others_is_handed_on_untouched() -> None:
    picture = gym((250.0, LIFTER))
    lifter = standing(250.0, FLOOR_PX)
    assert alone(picture, lifter, [], 1.0) is picture
    gone = standing(550.0, FLOOR_PX, until_s=1.0)
    assert alone(picture, lifter, [gone], 3.0) is picture


def test_a_smaller_copy_of_the_frame_is_painted_at_the_same_places() -> None:
    people = standing(250.0, FLOOR_PX), [standing(550.0, FLOOR_PX)]
    large = gym((250.0, LIFTER), (550.0, SPOTTER))
    small = np.ascontiguousarray(large[::2, ::2])
    shown = alone(small, *people, 1.0, scale=0.5)
    assert np.abs(shown[60:180, 266:284].astype(float) - WALL).max() < 12.0
    assert (shown[:, :200] == small[:, :200]).all()


def looks_at(*moves_px: float, swapped: bool = False) -> PoseSamples:
    """Looks at somebody who stands at 250 px, each further to the right than his sighting by so much."""
    sighted = standing(250.0, FLOOR_PX).points_at(1.0)
    image = np.zeros((1, len(moves_px), 33, 2))
    order = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15] if swapped else list(range(17))
    for look_px, move_px in zip(image[0], moves_px, strict=True):
        look_px[COCO_TO_BLAZEPOSE[order]] = sighted + [move_px, 0.0]
    one = samples(figure(0.0), axes(0.0), looks=len(moves_px))
    return replace(one, times_s=np.array([1.0]), image_px=image)


def test_the_worst_look_says_how_far_looks_strayed_from_the_lifter() -> None:
    lifter, other = standing(250.0, FLOOR_PX), standing(550.0, FLOOR_PX)
    isolation = LifterIsolation(lifter, (other,))
    # 35 px of his 350 are a tenth of his height.
    assert isolation.strayed(looks_at(0.0, 35.0, 7.0)) == pytest.approx(0.1)
    assert isolation.strayed(looks_at(7.0, swapped=True)) == pytest.approx(0.02)
    assert LifterIsolation(lifter, ()).strayed(looks_at(0.0, 35.0)) == 0.0


@pytest.mark.parametrize(
    ("filmed_px", "painted_px", "times", "kept_px"), [(7, 0, 1, 7), (70, 14, 2, 14), (70, 90, 2, 70)]
)
def test_the_others_are_painted_over_where_looks_stray_and_only_if_that_helps(
    monkeypatch: pytest.MonkeyPatch, filmed_px: float, painted_px: float, times: int, kept_px: float
) -> None:
    looked: list[float] = []

    def refine_standing(*arguments: object, **settings: object) -> PoseSamples:
        looked.append(filmed_px if len(arguments) == 3 else painted_px)
        return looks_at(looked[-1])

    monkeypatch.setattr(refinement, "refine_standing", refine_standing)
    isolation = LifterIsolation(standing(250.0, FLOOR_PX), (standing(550.0, FLOOR_PX),))
    found = isolation.refine_standing(Path(), empty_track(), Attempt(0.0, 1.0, 2.0, stood_up=True))
    assert len(looked) == times
    assert isolation.strayed(found) == pytest.approx(kept_px / 350.0)


def test_among_spotters_a_close_look_is_at_the_lifter() -> None:
    clip = DATA / "spotted.mp4"
    info = probe(clip)
    seen = detect_people(clip, info)
    people = link(seen.sightings)
    lifter = choose_lifter(people, (info.width, info.height), seen.duration_s)
    assert lifter is not None
    frame = next(frames(clip, start_s=2.05))
    region = lifter.region_at(frame.time_s)
    others = [person for person in people if person is not lifter]

    def strays(picture: Picture) -> float:
        """Furthest of shoulders, hips and knees from the lifter's sighting, in his heights."""
        found = estimate_pose(picture, region).image_px[COCO_TO_BLAZEPOSE]
        away = np.linalg.norm(found - lifter.points_at(frame.time_s), axis=1)
        return float(away[[5, 6, 11, 12, 13, 14]].max() / lifter.height_px)

    assert strays(frame.rgb()) > 0.2
    assert strays(alone(frame.rgb(), lifter, others, frame.time_s)) < 0.08
