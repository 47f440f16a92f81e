"""Everyone in the picture, boxed and numbered, and which of them is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import cv2

from depthperception.people import PersonTrack
from depthperception.report.drawing import QUIET, Colour, draw_label
from depthperception.results import Lifter
from depthperception.types import FloatArray, Picture

CHOSEN: Colour = (140, 224, 120)
"""Green, which no leg, line or light has."""

HELD_S = 0.3
"""A box is shown this long before and after a sighting: people are looked for every quarter of a second."""


@dataclass(frozen=True)
class Box:
    """One person to draw: his track, what is written at his box, and whether he is the lifter."""

    track: PersonTrack
    words: str
    chosen: bool


def boxes(lifter: Lifter | None, people: Sequence[PersonTrack]) -> tuple[Box, ...]:
    """Say whom to draw: everyone, where there is more than one; ghosts that were left out of the JSON are not drawn."""
    if lifter is None:
        return (
            tuple(Box(track, f"{number}", False) for number, track in enumerate(people, 1)) if len(people) > 1 else ()
        )
    if not lifter.others or lifter.number > len(people):
        return ()
    kinds = {one.number: "" if one.kind == "person" else f" {one.kind}" for one in lifter.others}
    others = [
        Box(people[number - 1], f"{number}{kind}", False) for number, kind in kinds.items() if number <= len(people)
    ]
    return (*others, Box(people[lifter.number - 1], f"{lifter.number} lifter", True))


def draw_boxes(canvas: Picture, drawn: Sequence[Box], time_s: float, scale: FloatArray, letters_px: int) -> None:
    """Draw the boxes of a time, the lifter's last and twice as wide; `scale` (2,) is canvas px per px of the video."""
    thin = max(1, round(letters_px / 16))
    for box in drawn:
        if box.track.unseen_s(time_s) > HELD_S:
            continue
        x0, y0, x1, y1 = (box.track.box_at(time_s).reshape(2, 2) * scale).round().astype(int).ravel().tolist()
        colour = CHOSEN if box.chosen else QUIET
        cv2.rectangle(canvas, (x0, y0), (x1, y1), colour, (2 if box.chosen else 1) * thin)
        draw_label(canvas, (x0, y1), box.words, round(0.8 * letters_px), colour)


def chosen_lines(lifter: Lifter | None, letters: int) -> tuple[str, ...]:
    """Say who was chosen and why, in lines of so many letters; nothing where there was no choice."""
    if lifter is None or not lifter.others:
        return ()
    return (f"person {lifter.number} of {1 + len(lifter.others)} is judged", *wrap(lifter.why, letters))
