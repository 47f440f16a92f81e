"""What the film itself costs, whoever is in it: frames that are damaged or few."""

from collections.abc import Sequence

from depthperception.people import Detections
from depthperception.results import Span
from depthperception.video import VideoInfo

NEAR_BOTTOM_S = 0.2
"""Round a bottom its frames are looked at this far, and the lowest of them is judged."""

LONGEST_LOSS_S = 0.1
"""A gap that costs no more than 2 of 30 frames a second hides a bottom of 5 m/s2 by 6 mm at most."""

MOST_NAMED = 3
"""Gaps that are written out in a sentence."""


def is_complete(info: VideoInfo, seen: Detections) -> bool:
    """Whether everything that the file promises could be decoded."""
    return not seen.damaged and not info.ends_early(seen.duration_s)


def damage_note(info: VideoInfo, seen: Detections) -> str | None:
    """Say what of the video is damaged and missing; None where nothing is."""
    if seen.damaged:
        gaps = [f"{start_s:.2f} to {end_s:.2f} s" for start_s, end_s in seen.gaps_s]
        more = f" and {len(gaps) - MOST_NAMED} more gaps" if len(gaps) > MOST_NAMED else ""
        where = f"; nothing is seen from {', '.join(gaps[:MOST_NAMED])}{more}" if gaps else ""
        return (
            f"The video is damaged: {_parts(seen.damaged)} of it could not be decoded{where}. Pictures after that can "
            "be smeared. Copy it from the camera again."
        )
    if info.duration_s is not None and info.ends_early(seen.duration_s):
        return f"The video ends at {seen.duration_s:.2f} s; its file states {info.duration_s:.2f} s."
    return None


def damage_at(bottom_s: float, gaps_s: Sequence[Span]) -> str | None:
    """Say that frames round a bottom are missing, so that another moment may have been the lowest; None where not."""
    for start_s, end_s in gaps_s:
        near = start_s < bottom_s + NEAR_BOTTOM_S and end_s > bottom_s - NEAR_BOTTOM_S
        if near and end_s - start_s > LONGEST_LOSS_S:
            return f"Frames are damaged and missing round the bottom, from {start_s:.2f} to {end_s:.2f} s."
    return None


def _parts(count: int) -> str:
    return f"{count} part{'s' * (count > 1)}"
