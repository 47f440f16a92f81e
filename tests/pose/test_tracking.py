"""The pose track is of the person who was chosen, whoever stands beside him."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from depthperception.geometry.skeletons import HIPS
from depthperception.people import PersonTrack, choose, detect_people, link
from depthperception.pose.tracking import follow
from depthperception.types import FloatArray
from depthperception.video import Still, frames, probe
from tests.support.rendered_clips import DATA

SPOTTED = DATA / "spotted.mp4"
STEP_S = 0.25


@pytest.fixture(scope="module")
def people() -> tuple[PersonTrack, ...]:
    return link(detect_people(SPOTTED, probe(SPOTTED)).sightings)


def stills(max_side_px: int | None = None) -> Iterator[Still]:
    """Pictures of the clip, whole or shrunk."""
    return (frame.still(max_side_px) for frame in frames(SPOTTED, every_s=STEP_S))


def true_hips_px(times_s: FloatArray) -> FloatArray:
    """Middle of the lifter's true hips (n, 2) in the picture."""
    truth = json.loads(SPOTTED.with_suffix(".json").read_text())
    intrinsic, rotation, offset = (np.array(truth["camera"][key]) for key in "KRt")
    shown = np.array([frame["time_s"] for frame in truth["frames"]])
    rows = []
    for time_s in times_s:
        frame = truth["frames"][int(np.abs(shown - time_s).argmin())]
        at = intrinsic @ (rotation @ np.mean([frame["hip"]["left"], frame["hip"]["right"]], axis=0) + offset)
        rows.append(at[:2] / at[2])
    return np.array(rows)


def test_the_lifter_is_followed_with_a_spotter_at_his_back(people: tuple[PersonTrack, ...]) -> None:
    info = probe(SPOTTED)
    choice = choose(people, (info.width, info.height), info.duration_s or 1.0)
    assert choice.number is not None
    lifter = people[choice.number - 1]
    track = follow(stills(), lifter, 1.0, others=choice.others(people))
    away = np.linalg.norm(track.image_px[:, HIPS].mean(axis=1) - true_hips_px(track.times_s), axis=1)
    assert len(track) >= 13
    assert away.max() < 0.08 * lifter.height_px


def test_whoever_is_asked_for_is_followed_to_the_last(people: tuple[PersonTrack, ...]) -> None:
    assert len(people) == 3
    for number, person in enumerate(people):
        others = [*people[:number], *people[number + 1 :]]
        track = follow(stills(), person, 1.0, others=others)
        sighted = np.array([person.points_at(time_s)[11:13].mean(axis=0) for time_s in track.times_s])
        away = np.linalg.norm(track.image_px[:, HIPS].mean(axis=1) - sighted, axis=1)
        assert np.median(away) < 0.06 * person.height_px
        assert track.times_s[-1] > person.times_s[-1] - STEP_S


def test_in_shrunk_pictures_the_lifter_is_where_he_is_in_whole_ones(people: tuple[PersonTrack, ...]) -> None:
    info = probe(SPOTTED)
    choice = choose(people, (info.width, info.height), info.duration_s or 1.0)
    assert choice.number is not None
    lifter = people[choice.number - 1]
    track = follow(stills(max(info.width, info.height) * 3 // 5), lifter, 1.0, others=choice.others(people))
    away = np.linalg.norm(track.image_px[:, HIPS].mean(axis=1) - true_hips_px(track.times_s), axis=1)
    assert len(track) >= 13
    assert away.max() < 0.08 * lifter.height_px
