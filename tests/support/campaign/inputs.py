"""What an input of the campaign is, and the register of kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.random import Generator

from tests.support.campaign.films import Films


@dataclass(frozen=True)
class Made:
    """One input, written to a folder.

    Attributes
    ----------
    path
        The film, or what else is to be read.
    command
        Command line that reads it; empty for a film, which is read, or judged as a whole.
    environment
        Variables that are set for the command.
    """

    path: Path
    command: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


Maker = Callable[[Generator, Films, Path], Made]
"""Makes an input of a random stream, from films that are whole, in a folder."""

KINDS: dict[str, Maker] = {}
"""Every kind of input by its name, `family.kind`."""


def kind(*names: str) -> Callable[[Maker], Maker]:
    """Register a maker under one or several names."""

    def add(maker: Maker) -> Maker:
        KINDS.update(dict.fromkeys(names, maker))
        return maker

    return add


def make(name: str, seed: int, films: Films, folder: Path) -> Made:
    """Make one input; the same kind and seed give the same input."""
    return KINDS[name](np.random.default_rng((seed, crc32(name.encode()))), films, folder)


def one_of(rng: Generator, things: Sequence[str]) -> str:
    """Draw one of several."""
    return things[int(rng.integers(len(things)))]
