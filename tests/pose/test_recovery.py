"""A lifter whom both networks lose at the bottom is found again by his feet, and not in the spotter's place."""

from dataclasses import replace

import numpy as np

from depthperception.geometry.skeletons import COUNT, HIPS
from depthperception.people import PersonTrack
from depthperception.pose.recovery import Recovery, recover
from depthperception.pose.track import PoseTrack
from tests.support.followed import lifter_seen, stills

HIDDEN_S = (1.4, 2.6)
"""About the first bottom."""


def lost(person: PersonTrack, track: PoseTrack) -> tuple[PersonTrack, PoseTrack]:
    """He is lost about the bottom: one sighting is of somebody who stands behind him, and so are doubted poses."""
    start_s, end_s = HIDDEN_S
    kept = [k for k, t in enumerate(person.times_s) if not start_s <= t <= end_s]
    middle = int(np.argmin(np.abs(person.times_s - (start_s + end_s) / 2)))
    behind = replace(person.people[0], points_px=person.people[0].points_px + [0.2 * person.height_px, 0.0])
    order = sorted([*kept, middle])
    people = tuple(behind if k == middle else person.people[k] for k in order)
    here = (track.times_s >= start_s) & (track.times_s <= end_s)
    poses = track.image_px.copy()
    poses[here] = track.image_px[0] + [0.2 * person.height_px, 0.0]
    wrong = replace(track, image_px=poses, presence=np.where(here, 0.03, track.presence))
    return replace(person, times_s=person.times_s[order], people=people), wrong


def test_he_is_found_again_by_where_his_feet_stay() -> None:
    person, track = lifter_seen()
    found = recover(stills, *lost(person, track))
    here = track.between(*HIDDEN_S)
    assert len(found.track.between(*HIDDEN_S)) >= 0.7 * len(here)
    for time_s, true_px in zip(here.times_s, here.image_px[:, HIPS].mean(axis=1), strict=True):
        now = found.track.image_at(float(time_s))
        assert now is not None
        assert now.shape == (COUNT, 2)
        assert np.linalg.norm(now[HIPS].mean(axis=0) - true_px) < 0.08 * person.height_px
        assert found.person.apart(now[None], float(time_s))[0] < 0.1
    assert found.hidden_at((HIDDEN_S[0] + HIDDEN_S[1]) / 2)


def test_who_is_seen_is_left_as_he_is() -> None:
    person, track = lifter_seen()
    assert track.presence.min() > 0.5
    found = recover(stills, person, track)
    assert found.track is track
    assert found.person is person
    assert not found.hidden_s


def test_a_bottom_right_beside_a_hidden_stretch_may_lie_in_it() -> None:
    person, track = lifter_seen()
    found = Recovery(track, person, ((1.0, 2.0),))
    assert [found.hidden_at(time_s) for time_s in (0.5, 0.9, 1.5, 2.2, 2.5)] == [False, True, True, True, False]
