"""Who is sighted only in the middle of a film is followed to both its ends, and not where he is not."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from depthperception.geometry.skeletons import HIPS
from depthperception.people import PersonTrack
from depthperception.pose.recovery import recover
from depthperception.pose.tracking import follow
from depthperception.video import Still
from tests.support.followed import lifter_seen, stills

SIGHTED_S = (1.9, 4.1)
"""From the first bottom to the second descent."""


def sighted_in_between(person: PersonTrack) -> PersonTrack:
    part = person.during(*SIGHTED_S)
    assert part is not None
    return part


def test_who_is_sighted_only_when_he_is_down_is_followed_to_both_ends_of_the_film() -> None:
    whole, truth = lifter_seen()
    person = sighted_in_between(whole)
    found = recover(stills, person, follow(stills(), person, 1.0))
    assert np.allclose(found.track.times_s, truth.times_s)
    off_px = np.linalg.norm(found.track.image_px[:, HIPS] - truth.image_px[:, HIPS], axis=-1).mean(axis=1)
    assert off_px.max() < 0.03 * whole.height_px
    assert found.person.times_s[0] < 0.1


def test_where_he_is_not_he_is_not_followed_to() -> None:
    whole, track = lifter_seen()
    person, known = sighted_in_between(whole), track.between(*SIGHTED_S)

    def empty_room(start_s: float, end_s: float) -> Iterator[Still]:
        return (replace(still, rgb=np.full_like(still.rgb, 128)) for still in stills(start_s, end_s))

    assert np.array_equal(recover(empty_room, person, known).track.times_s, known.times_s)
