"""Reps too fast for the coarse pass, whose bottoms a single look shows: looks beside it tell a rep from a slip."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from depthperception.attempts.detection import hurried_spans
from depthperception.attempts.settings import ATTEMPTS, AttemptDetection
from depthperception.people import PersonTrack
from depthperception.pose.recovery import Recovery
from depthperception.pose.track import SAME_FRAME_S, PoseTrack
from depthperception.pose.tracking import SIDE_PX, follow
from depthperception.video import Source, Still, frames


def with_hurried(
    known: Recovery,
    source: Source,
    others: Sequence[PersonTrack],
    picture_height_px: float,
    *,
    settings: AttemptDetection = ATTEMPTS,
) -> Recovery:
    """Look between the looks of the coarse pass where a descent is seen in single looks only.

    Parameters
    ----------
    known
        What is known of the lifter.
    source
        The film, or the shot of it, that he was seen in.
    others
        Everybody else.
    picture_height_px
        Of the upright picture.
    settings
        What a descent is, and how close looks are.
    """
    track = known.track
    for start_s, end_s in hurried_spans(track, picture_height_px, settings=settings):
        between = _between(source, track, (start_s, end_s), settings)
        track = track.with_finer(follow(between, known.person, end_s, others=others))
    return replace(known, track=track)


def _between(
    source: Source, track: PoseTrack, span_s: tuple[float, float], settings: AttemptDetection
) -> Iterator[Still]:
    """Pictures of a span that the track has no look at."""
    start_s, end_s = span_s
    for frame in frames(source, start_s=max(0.0, start_s), end_s=end_s, every_s=settings.hurried_s):
        if abs(track.times_s - frame.time_s).min() > SAME_FRAME_S:
            yield frame.still(SIDE_PX)
