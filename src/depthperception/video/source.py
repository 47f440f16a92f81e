"""What frames are read from: a file, a file that is shown turned, a shot of one."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from depthperception.types import FloatArray

if TYPE_CHECKING:
    from depthperception.video.recall import Recall


@dataclass(frozen=True)
class Turned:
    """A video file that is shown turned clockwise by 90, 180 or 270 degrees, beyond what it asks for itself."""

    path: Path
    turn_deg: int


@dataclass(frozen=True)
class Shot:
    """A part of a film, from its first frame to its last, by their times in the film."""

    film: Path | Turned
    start_s: float
    end_s: float


@dataclass(frozen=True, eq=False)
class Recalled:
    """A file with a part of a film that is being taken, of which some pictures are known.

    Attributes
    ----------
    path
        The file.
    began_s
        Time in the film of its first picture.
    film_times_s : (n,)
        Times in the film of all of them, as they were shown.
    recall
        What is known of the film.
    """

    path: Path
    began_s: float
    film_times_s: FloatArray
    recall: "Recall"


Source: TypeAlias = str | Path | Turned | Shot | Recalled
"""What frames are read from."""


def turned(path: Path, turn_deg: int) -> Path | Turned:
    """Give a video file as a source whose pictures are turned clockwise."""
    return Turned(path, turn_deg) if turn_deg else path


def parts_of(source: Source) -> tuple[Path, int]:
    """File and turn."""
    film = source.film if isinstance(source, Shot) else source
    if isinstance(film, Recalled):
        return film.path, 0
    return (film.path, film.turn_deg) if isinstance(film, Turned) else (Path(film), 0)


def span_in(source: Source, start_s: float, end_s: float) -> tuple[float, float]:
    """From and to which a source has frames of a span of time: a shot has none of its neighbours'."""
    return (max(start_s, source.start_s), min(end_s, source.end_s)) if isinstance(source, Shot) else (start_s, end_s)
