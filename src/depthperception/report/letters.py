"""Names of videos in letters that the pictures' font has: what it lacks would be drawn as boxes."""

import re
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from depthperception.results import Judgement

LEFT_OUT = "…"
"""Stands for letters that are left out, however many there are side by side."""

VARIANTS = "\ufe00-\ufe0f"
"""They say how the letter before them is drawn, and are nothing by themselves."""


def video_name(judgement: Judgement) -> str:
    """Name of the video's file, as far as it can be drawn."""
    return drawable(Path(judgement.video.path).name)


def drawable(words: str) -> str:
    """Leave out the letters that DejaVu Sans, which matplotlib ships, cannot draw, such as Chinese ones."""
    kept = "".join(letter if _has(letter) else LEFT_OUT for letter in words)
    return re.sub(f"{LEFT_OUT}[{LEFT_OUT}{VARIANTS}]*", LEFT_OUT, kept)


def _has(letter: str) -> bool:
    return letter.isprintable() and all(font.get_char_index(ord(letter)) for font in _fonts())


@cache
def _fonts() -> tuple[FT2Font, ...]:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return tuple(FT2Font(str(folder / name)) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
