"""The barbell as a cue for who lifts: its plates, and what goes down and up beside the shoulders."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from depthperception.people import choose, link
from depthperception.people.barbell_cues import CircleDetection, PlateCandidate, rounds, travelling
from depthperception.people.optical_flow import VerticalFlow, follows_shoulders, vertical_flow
from depthperception.types import FloatArray, Picture
from tests.support.figures import squats
from tests.support.sightings import film, person

SIZE = (360, 640)
RNG = np.random.default_rng(0)
WALL: Picture = np.asarray(cv2.GaussianBlur(RNG.integers(0, 255, (640, 360, 3), np.uint8), (0, 0), 3), np.uint8)
PLATE: Picture = np.asarray(cv2.GaussianBlur(RNG.integers(0, 255, (80, 80, 3), np.uint8), (0, 0), 2), np.uint8)


def picture(x: int, y: int, radius: int, colour: tuple[int, int, int]) -> Picture:
    """A flat wall of which a plate hides some."""
    canvas = np.full((640, 360, 3), (40, 150, 40), np.uint8)
    cv2.circle(canvas, (x, y), radius, colour, -1, cv2.LINE_AA)
    cv2.circle(canvas, (x, y), radius // 4, (200, 200, 200), -1, cv2.LINE_AA)
    return canvas


def fell(y: list[float]) -> list[CircleDetection]:
    """One plate of radius 30 px at the given heights."""
    look = np.sign(np.indices((16, 16)).sum(axis=0) % 4 - 1.5)
    return [CircleDetection(np.array([200.0, at]), 30.0, look) for at in y]


def seen(path: list[CircleDetection]) -> list[tuple[float, tuple[CircleDetection, ...]]]:
    return [(0.25 * k, (one,)) for k, one in enumerate(path)]


def test_a_red_plate_before_a_green_wall_of_the_same_brightness_is_found_where_it_is() -> None:
    # .299 R + .587 G + .114 B: 105 of the wall's (40, 150, 40), and of (255, 30, 100).
    found = rounds(picture(200, 300, 45, (255, 30, 100)), (720, 1280), ())
    near = [one for one in found if np.hypot(*(one.centre_px - [400, 600])) < 8]
    assert [one.radius_px for one in near] == pytest.approx([90.0] * len(near), rel=0.06)
    assert near


def test_a_head_is_no_plate() -> None:
    body = person(0, 0)
    x, y = body.points_px[:5].mean(axis=0)
    at = body.points_px + [200 - x, 100 - y]
    somebody = replace(body, points_px=at, box_px=np.concatenate([at.min(axis=0), at.max(axis=0)]))
    radius = int(0.08 * somebody.height_px)
    assert rounds(picture(200, 100, radius, (90, 60, 50)), SIZE, ())
    assert not rounds(picture(200, 100, radius, (90, 60, 50)), SIZE, (somebody,))
    # A plate before his face is larger: .13 of his height.
    assert rounds(picture(200, 100, int(0.13 * somebody.height_px), (90, 60, 50)), SIZE, (somebody,))


def test_what_goes_down_and_up_is_a_lifted_plate_and_what_stays_or_only_falls_is_not() -> None:
    lifted = [100.0, 100, 120, 150, 180, 180, 150, 120, 100, 100]
    (plate,) = travelling(seen(fell(lifted)))
    assert plate.radius_px == 30.0
    assert plate.centres_px[:, 1].tolist() == lifted
    walked = [replace(one, centre_px=one.centre_px + [18.0 * k, 0.0]) for k, one in enumerate(fell([100.0] * 12))]
    rest = [
        replace(one, centre_px=one.centre_px + [18.0 * 12, 0.0]) for one in fell([100.0] * 5 + lifted + [100.0] * 5)
    ]
    assert len(travelling(seen(walked + rest))) == 1
    assert not travelling(seen(fell([100.0] * 10)))
    assert not travelling(seen(fell([100.0, 100, 100, 120, 150, 180, 200, 200, 200])))
    other = [replace(one, look=-one.look) for one in fell(lifted)]
    assert not travelling(seen([pair[k % 2] for k, pair in enumerate(zip(fell(lifted), other, strict=True))]))


def test_a_plate_is_his_at_whose_shoulders_it_is_and_whom_its_size_fits() -> None:
    times: FloatArray = np.linspace(0.0, 1.75, 8)
    plate = PlateCandidate(times, np.tile([200.0, 300.0], (8, 1)), 30.0)
    height_px = 30.0 / 0.225 * 1.7

    def held(x: float, y: float, larger: float = 1.0) -> float:
        return plate.held(times, np.tile([x, y], (8, 1)), larger * height_px)

    # A bar seen at 60 degrees has its plate .7 m cos 60 = .35 m, 47 px, beside its middle.
    assert held(247, 300) > 0.85
    assert held(200 + 30 * 8, 300) < 0.1
    assert held(247, 300 + 30 * 3) < 0.1
    assert held(247, 300, 2.5) < 0.2
    assert plate.held(times + 10.0, np.tile([247.0, 300.0], (8, 1)), height_px) == 0.0


def test_flow_tells_how_far_a_plate_fell_and_that_the_wall_did_not() -> None:
    def look(y: int) -> Picture:
        canvas = WALL.copy()
        canvas[y : y + 80, 140:220] = PLATE
        return canvas

    # A video of twice the size of the picture that is looked at.
    moved = vertical_flow(look(200), look(212), (720, 1280))
    places = np.array([[360.0, 2 * 240.0], [80.0, 480.0], [-50.0, 480.0]])
    plate, wall, outside = moved.at(places[None])[0]
    assert plate == pytest.approx(24.0, abs=3.0)
    assert wall == pytest.approx(0.0, abs=1.5)
    assert np.isnan(outside)


def falls(down: FloatArray, sides: tuple[float, float]) -> list[VerticalFlow | None]:
    """A picture 640 px wide of which the halves fall as given parts of `down` (n)."""
    parts = np.repeat(sides, 32)[None].repeat(64, axis=0)
    return [None, *(VerticalFlow((step * parts).astype(np.float16), np.array([10.0, 10.0])) for step in down[1:])]


def test_what_is_carried_falls_on_both_sides_as_the_shoulders_do() -> None:
    _, phase, _ = squats([1.0], step_s=0.25)
    shoulders = np.column_stack([np.full(len(phase), 320.0), 300.0 + 60.0 * phase])
    down = np.diff(shoulders[:, 1], prepend=300.0)

    def carried(left: float, right: float) -> float | None:
        return follows_shoulders(falls(down, (left, right)), shoulders, 300.0)

    assert carried(1.0, 1.0) == pytest.approx(1.0)
    # A spotter at the bar's end has the lifter on one side and the wall on the other.
    assert carried(1.0, 0.0) == pytest.approx(0.0, abs=0.01)
    # What falls half as far misses half of every step: 1 - .5 ** 2.
    assert carried(0.5, 1.0) == pytest.approx(0.75, abs=0.01)
    assert follows_shoulders([None] * len(phase), shoulders, 300.0) is None


def test_of_two_who_squat_with_hidden_hands_the_one_with_the_plate_lifts() -> None:
    # The spotter is nearer to the middle; the plate, .13 of the lifter's height, goes down with the lifter's shoulders.
    rows = film({"x_px": 190, "deg": 95, "hands": "down"}, {"x_px": 400, "deg": 80, "hands": "down"}, late_s=0.25)
    alike = choose(link(rows), (720, 1280), rows[-1].time_s)
    assert alike.lifters == (2,)
    assert alike.number is None
    look = fell([0.0])[0].look
    with_plate = []
    for row in rows:
        lifter = row.people[0]
        at = lifter.points_px[5:7].mean(axis=0) + [-50.0, 0.0]
        with_plate.append(replace(row, rounds=(CircleDetection(at, 45.0, look),)))
    tracks = link(with_plate)
    assert tracks[0].holds > 0.8 > tracks[1].holds
    assert choose(tracks, (720, 1280), rows[-1].time_s).number == 1


def test_a_second_lifter_close_by_is_noted_when_he_squats_at_his_own_time() -> None:
    # 150 px are .9 m here: less than a bar's half. Half a second apart are spotters who are slow.
    people: list[dict[str, object]] = [{"x_px": 300, "deg": 95}, {"x_px": 450, "deg": 95}]
    for late_s, lifters in ((1.5, 2), (0.25, 1)):
        rows = film(*people, late_s=late_s)
        assert len(choose(link(rows), (720, 1280), rows[-1].time_s).lifters) == lifters


def test_who_is_far_behind_all_lifters_is_no_second_lifter() -> None:
    # At .25 of his size he is four times as far away: some 12 m further.
    rows = film({"x_px": 300, "deg": 95}, {"x_px": 500, "deg": 95, "size": 0.25}, late_s=1.5)
    assert len(choose(link(rows), (720, 1280), rows[-1].time_s).lifters) == 1
