"""A video by its bytes alone, for those who must not decode it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from depthperception.video.container import check_file
from depthperception.video.reading import sha256_of


@dataclass(frozen=True)
class Hashed:
    """A video by its bytes alone: nothing of it was decoded."""

    path: Path

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the file."""
        return sha256_of(self.path)


def hashed(video: Path) -> Hashed:
    """Name a video by its bytes.

    Raises
    ------
    VideoError
        When it is no file that can be read.
    """
    check_file(video)
    return Hashed(video)
