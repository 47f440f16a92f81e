"""What can go wrong with an input, said so that the reader can act on it.

Every message has three parts: what was found, what is expected, what to do. A squat that the video does not
show is not an error: it is a judgement (`not_judgeable`, `no_squat`, `no_person`, `no_lifter`) with its reason.
"""

from os import PathLike, fspath
from pathlib import Path

LONGEST = 160
"""Letters of other people's words in a sentence: some would quote a whole file."""


def shortened(said: str) -> str:
    """Give other people's words as a sentence can bear them: on one line, and not too long."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def quoted(found: object) -> str:
    """Quote a value that was found, text in quotation marks, no longer than a sentence can bear."""
    return shortened(repr(found))


class DepthPerceptionError(Exception):
    """Base of every error that this library raises on purpose."""


class VideoError(DepthPerceptionError):
    """A file that cannot be read, or written, as a video."""


class PoseSourceError(DepthPerceptionError):
    """A folder or file of poses that does not hold what its layout promises."""


class ModelError(DepthPerceptionError):
    """A model file that is missing, or is not the one that its hash names."""


class OptionError(DepthPerceptionError):
    """A value asked for that makes no sense: a height of 17 cm, a method nobody registered."""


class OutputError(DepthPerceptionError):
    """A place where results cannot be written."""


class DataError(DepthPerceptionError):
    """A data set that does not hold what its layout promises."""


class JudgementError(DepthPerceptionError):
    """JSON that is no judgement, or one of another version of the contract."""


class MissingExtraError(DepthPerceptionError):
    """A part of the tool that needs packages, or system libraries, which are not installed."""


class PacketError(DepthPerceptionError):
    """A file that is no appeal packet, or one that holds what no packet holds."""


def path_of(given: object) -> Path:
    """Give the path that somebody calls a file by.

    Raises
    ------
    OptionError
        When it is none.
    """
    if isinstance(given, str | PathLike) and given and isinstance(name := fspath(given), str):
        return Path(name)
    raise OptionError(f"A file was given as {quoted(given)}; expected its path, as text or as a Path. Name one file.")
