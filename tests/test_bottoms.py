"""A bottom is looked at above the lifter's feet, and what stands elsewhere is not taken for him."""

from dataclasses import replace

import numpy as np
import pytest

from depthperception.attempts.detection import find_movements, squats_of
from depthperception.attempts.refinement import LifterIsolation
from depthperception.bottoms import BottomLooks, SeenBottom
from depthperception.geometry.skeletons import HIPS
from depthperception.people import PersonTrack
from depthperception.pose.recovery import Recovery
from depthperception.pose.track import PoseTrack
from depthperception.video import probe
from tests.support.followed import FILM, lifter_seen

LOST_S = 0.6
"""About the bottom."""


class Lifter:
    """Everything about the lifter of a film that a look at his first bottom needs."""

    def __init__(self) -> None:
        self.person, self.track = lifter_seen()
        info = probe(FILM)
        self.attempt = squats_of(
            find_movements(self.track, (info.width, info.height), duration_s=info.duration_s or 1.0)
        )[0]
        self.isolation = LifterIsolation(self.person, [])
        self.standing = self.isolation.refine_standing(FILM, self.track, self.attempt)

    def look(self, track: PoseTrack, person: PersonTrack) -> SeenBottom:
        """Look at the bottom, as by what is known of him."""
        looks = BottomLooks(FILM, Recovery(track, person), self.standing, self.isolation)
        return looks.look(self.attempt)

    def about_the_bottom(self, times_s: np.ndarray) -> np.ndarray:
        """Which times are."""
        return np.abs(times_s - self.attempt.bottom_s) <= LOST_S

    def unsighted(self) -> PersonTrack:
        """Give his sightings without those about the bottom."""
        kept = np.flatnonzero(~self.about_the_bottom(self.person.times_s))
        return replace(
            self.person, times_s=self.person.times_s[kept], people=tuple(self.person.people[k] for k in kept)
        )


@pytest.fixture(scope="module")
def lifter() -> Lifter:
    return Lifter()


def test_where_looks_went_elsewhere_he_is_found_above_his_feet(lifter: Lifter) -> None:
    here = lifter.about_the_bottom(lifter.track.times_s)
    regions = lifter.track.regions.copy()
    regions[here, 0] += 0.7 * lifter.person.height_px
    found = lifter.look(replace(lifter.track, regions=regions), lifter.unsighted())
    true_px = lifter.look(lifter.track, lifter.person).bottom.samples.median_px[HIPS]
    off = np.linalg.norm(found.bottom.samples.median_px[HIPS] - true_px, axis=1) / lifter.person.height_px
    assert off.max() < 0.02
    assert not found.elsewhere


def test_whoever_stands_elsewhere_is_the_lifter_only_where_he_was_sighted(lifter: Lifter) -> None:
    moved = lifter.track.image_px + [0.4 * lifter.person.height_px, 0.0]
    stood_beside = replace(lifter.track, image_px=moved)
    assert lifter.look(stood_beside, lifter.unsighted()).elsewhere
    assert not lifter.look(stood_beside, lifter.person).elsewhere
    assert not lifter.look(lifter.track, lifter.unsighted()).elsewhere
