"""What video was judged, and how much of it."""

from dataclasses import dataclass

Span = tuple[float, float]
"""From and to, s."""


@dataclass(frozen=True)
class Part:
    """The part of a film that was looked at, where not all of it was: from and to, s, and its first frame's number."""

    start_s: float
    end_s: float
    first_frame: int = 0


@dataclass(frozen=True)
class VideoFacts:
    """The video that was judged.

    Attributes
    ----------
    path, sha256
        The file, and the hash of what is in it.
    width, height
        Of the upright picture, px.
    rotation_deg
        The clockwise turn that the file asks for.
    turned_deg
        The clockwise turn beyond that, where the picture lay on its side or somebody asked for it.
    duration_s, frames
        Time of the last frame that was looked at, and how many were.
    part
        What was looked at, where somebody asked for a part of the film; times and frames' numbers are the film's.
    complete, gaps_s
        Whether all that the file promises was decoded and no pictures are missing; the frames between which some are.
    """

    path: str
    sha256: str
    width: int
    height: int
    rotation_deg: int
    duration_s: float
    frames: int
    complete: bool = True
    gaps_s: tuple[Span, ...] = ()
    turned_deg: int = 0
    part: Part | None = None
