"""People keep their identity, and the one who lifts is chosen."""

import numpy as np

from depthperception.people import Sighting, choose_lifter, count_people, hip_travel, link
from depthperception.pose.landmarks import MOVENET
from depthperception.pose.movenet import Person
from tests.figures import axes, figure, seen, squats


def person(x_px: float, thigh_deg: float, size: float = 1.0) -> Person:
    """A figure in the picture with its hips above `x_px`."""
    image, _ = seen(figure(thigh_deg), axes(0.0), px_per_m=200.0 * size)
    points = image[MOVENET] * [1.0, 1.0] + [x_px - 360.0, 0.0]
    box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return Person(points, np.full(17, 0.9), box, 0.9)


def video(*people: tuple[float, float, float]) -> tuple[Sighting, ...]:
    """Sightings of people given as (x px, deepest thigh angle, size), who all move at once."""
    times, phase, _ = squats([1.0], step_s=0.25)
    return tuple(
        Sighting(float(t), tuple(person(x, deepest * p, size) for x, deepest, size in people))
        for t, p in zip(times, phase, strict=True)
    )


def test_two_people_beside_each_other_stay_two() -> None:
    tracks = link(video((300, 95, 1.0), (420, 0, 1.0)))
    assert len(tracks) == 2
    assert {len(track.people) for track in tracks} == {len(video((300, 95, 1.0)))}
    for track in tracks:
        centres = [p.points_px[:, 0].mean() for p in track.people]
        assert np.ptp(centres) < 10


def test_the_lifter_is_the_one_whose_hips_travel() -> None:
    tracks = link(video((200, 95, 1.0), (360, 0, 1.0), (560, 5, 1.1)))
    lifter = choose_lifter(tracks, 720, 3.5)
    assert lifter is not None
    assert np.median([p.points_px[:, 0].mean() for p in lifter.people]) < 260


def test_among_two_who_squat_the_central_one_lifts() -> None:
    tracks = link(video((150, 95, 1.0), (380, 95, 1.0)))
    lifter = choose_lifter(tracks, 720, 3.5)
    assert lifter is not None
    assert np.median([p.points_px[:, 0].mean() for p in lifter.people]) > 300


def test_travel_is_that_of_a_squat_and_a_camera_that_pans_adds_none() -> None:
    (squatting,) = link(video((360, 95, 1.0)))
    (standing,) = link(video((360, 0, 1.0)))
    assert hip_travel(squatting) > 0.1
    assert hip_travel(standing) < 0.01
    panned = tuple(
        Sighting(s.time_s, (person(360 + 40 * s.time_s, 0),)) for s in video((360, 0, 1.0))
    )  # fmt: skip
    assert hip_travel(link(panned)[0]) < 0.01


def test_the_same_body_found_twice_counts_once() -> None:
    doubled = tuple(Sighting(s.time_s, s.people * 2) for s in video((360, 95, 1.0)))
    assert count_people(doubled) == 1
    assert len(link(doubled)) == 1


def test_nobody_gives_no_lifter() -> None:
    assert choose_lifter(link([Sighting(0.0, ()), Sighting(0.25, ())]), 720, 0.5) is None
    assert count_people(()) == 0


def test_a_gap_of_a_second_does_not_end_a_track() -> None:
    sightings = [s for s in video((360, 0, 1.0)) if not 1.0 < s.time_s < 2.0]
    assert len(link(sightings)) == 1
