"""A rendered lifter whom nothing hides: his sightings, and his poses eight times a second."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from depthperception.people import PersonTrack, choose, detect_people, link
from depthperception.pose.track import PoseTrack
from depthperception.pose.tracking import follow
from depthperception.video import Still, frames, probe
from tests.support.rendered_clips import DATA

FILM = DATA / "two_reps.mp4"


def stills(start_s: float = 0.0, end_s: float | None = None) -> Iterator[Still]:
    """Pictures of the film between two times, as the coarse pass takes them."""
    last_s = np.inf if end_s is None else end_s
    return (frame.still() for frame in frames(FILM, every_s=0.125) if start_s <= frame.time_s <= last_s)


@cache
def lifter_seen() -> tuple[PersonTrack, PoseTrack]:
    """Look at him throughout the film."""
    info = probe(FILM)
    people = link(detect_people(FILM, info).sightings)
    choice = choose(people, (info.width, info.height), info.duration_s or 1.0)
    lifter = people[(choice.number or 0) - 1]
    return lifter, follow(stills(), lifter, 1.0)
