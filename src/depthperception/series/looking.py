"""The lifter looked at in every frame, or at a rate, by the heavy pose network: for rows without interpolation.

Judging looks closely at each bottom alone and eight times a second elsewhere. A look at every frame costs what the
network takes for it, and all of them are by one network, so that nothing jumps where one takes over from the other.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import Path

import numpy as np

from depthperception.errors import OptionError, VideoError
from depthperception.geometry.signals import nearest_to
from depthperception.people import PersonTrack
from depthperception.pose.track import SAME_FRAME_S, PoseTrack, empty_track
from depthperception.pose.tracking import follow
from depthperception.results import Judgement, Lifter
from depthperception.types import FloatArray, IntArray, Progress, silent
from depthperception.video import Shot, Source, Still, frames, turned

RATES_HZ = (0.1, 1000.0)
"""Of looks: fewer than one in ten seconds show no squat, and no phone films faster."""


def checked_rate(rate_hz: float | None) -> float | None:
    """Give the rate back, if it can be one; None is every frame.

    Raises
    ------
    OptionError
        When it makes no sense.
    """
    least, most = RATES_HZ
    if rate_hz is not None and not least <= rate_hz <= most:
        raise OptionError(
            f"The rate was given as {rate_hz:g}; expected {least:g} to {most:g} looks a second (Hz). Give 30, for one."
        )
    return rate_hz


def frames_at_rate(frame_times_s: FloatArray, rate_hz: float | None) -> IntArray:
    """Choose the frames (n,) nearest to even times, each once; all of them without a rate.

    Raises
    ------
    OptionError
        When the rate makes no sense.
    """
    if (rate_hz := checked_rate(rate_hz)) is None:
        return np.arange(len(frame_times_s))
    even = np.arange(frame_times_s[0], frame_times_s[-1] + SAME_FRAME_S, 1.0 / rate_hz)
    return np.unique(nearest_to(frame_times_s, even))


def look_at(
    judgement: Judgement,
    people: Sequence[PersonTrack],
    times_s: FloatArray,
    *,
    on_progress: Progress = silent,
) -> PoseTrack:
    """Look at the lifter of each shot in these frames of the video.

    Parameters
    ----------
    judgement
        Of the video, which still lies where it was judged.
    people
        Everyone in it, numbered as the judgement numbers them.
    times_s : (n,)
        Of the frames.
    on_progress
        As in `judge`.

    Raises
    ------
    VideoError
        When the video is not there any more, or cannot be read.
    """
    path = Path(judgement.video.path)
    if not path.is_file():
        raise VideoError(f"{path} is not there any more; expected the judged video. Put it back, or judge it again.")
    film = turned(path, judgement.video.turned_deg)
    spans = [(shot.start_s, shot.end_s, shot.lifter) for shot in judgement.shots]
    tracks = [
        _follow(Shot(film, start_s, end_s), lifter, people, times_s, on_progress)
        for start_s, end_s, lifter in spans or [(_start_s(judgement), judgement.video.duration_s, judgement.lifter)]
        if lifter
    ]
    return reduce(PoseTrack.with_finer, tracks, empty_track())


def _start_s(judgement: Judgement) -> float:
    """When the part of a film begins that was judged."""
    return judgement.video.part.start_s if judgement.video.part else 0.0


def _follow(
    shot: Shot, lifter: Lifter, people: Sequence[PersonTrack], times_s: FloatArray, on_progress: Progress
) -> PoseTrack:
    others = tuple(people[one.number - 1] for one in lifter.others)
    stills = _stills(shot, times_s)
    person = people[lifter.number - 1]
    return follow(stills, person, shot.end_s, others=others, model="heavy", on_progress=on_progress)


def _stills(source: Source, times_s: FloatArray) -> Iterator[Still]:
    """Pictures of these frames alone: the others are decoded and not converted."""
    for frame in frames(source):
        if abs(times_s[nearest_to(times_s, np.array([frame.time_s]))[0]] - frame.time_s) < SAME_FRAME_S:
            yield frame.still()
