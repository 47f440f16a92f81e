"""The margin under the overlay's pictures in which the three lights go on after an attempt, as on a platform.

It lies outside of the picture: lights are never over a head, hands or a bar.
"""

from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap

import numpy as np

from depthperception.decision import CardColour, unseen
from depthperception.report.drawing import INK, LIGHTS, PAPER, QUIET, Colour, draw_dot, draw_light, draw_text, text_size
from depthperception.report.referee import AS_VERDICTS, FAULTS, LIGHT_WORDS, lift_words
from depthperception.results import AttemptJudgement, Judgement, Verdict
from depthperception.types import Picture

HEIGHT = 4.4
"""Of the margin, in heights of its letters."""

AFTER_S = 0.3
"""Lights go on so long after the lifter stands, or earlier where the film ends."""

CARDS: dict[CardColour, Colour] = {"red": LIGHTS["no_depth"], "blue": (40, 110, 235), "yellow": (250, 210, 40)}
UNLIT: Colour = (58, 63, 74)


@dataclass(frozen=True)
class Sign:
    """What the margin shows: the lights, named, with the cards' causes, or why they are open.

    Nothing is lit before all three are decided.
    """

    lights: tuple[Verdict, ...] = ()
    names: tuple[str, ...] = ()
    headline: str = ""
    cards: tuple[tuple[CardColour | None, str], ...] = ()
    why_open: str = ""


def strip_height(judgement: Judgement, letters_px: int) -> int:
    """Height of the margin in px; 0 where no attempt has lights."""
    lit = any(attempt.lights for attempt in judgement.attempts)
    return 2 * round(HEIGHT * letters_px / 2) if lit else 0


def sign_at(judgement: Judgement, time_s: float) -> Sign:
    """Say what is shown at a time: an attempt's lights from its end until the next one begins."""
    begun = [one for one in judgement.attempts if one.lights and lit_from_s(one, judgement.video.duration_s) <= time_s]
    if not begun or any(begun[-1].end_s < one.start_s <= time_s for one in judgement.attempts):
        return Sign()
    attempt = begun[-1]
    return Sign(
        tuple(AS_VERDICTS[one.light] for one in attempt.lights),
        tuple(LIGHT_WORDS[one.light] for one in attempt.lights),
        lift_words(attempt),
        tuple((card.colour, FAULTS[card.cause]) for card in attempt.cards),
        " ".join(unseen(attempt.checks)) if any(one.light == "not_judgeable" for one in attempt.lights) else "",
    )


def lit_from_s(attempt: AttemptJudgement, duration_s: float) -> float:
    """When an attempt's lights go on: not before its bottom, nor before it is over while the film goes on."""
    over_s = max([attempt.end_s, *(card.time_s for card in attempt.cards)])
    return max(attempt.bottom_s, min(over_s + AFTER_S, duration_s - AFTER_S))


@lru_cache(maxsize=16)
def draw_strip(sign: Sign, width_px: int, height_px: int, letters_px: int) -> Picture:
    """Draw the margin."""
    strip = np.full((height_px, width_px, 3), INK, dtype=np.uint8)
    radius, middle = 0.27 * height_px, 0.40 * height_px
    small = max(9, round(0.8 * letters_px))
    x = 1.2 * radius
    for index in range(3):
        centre = (x + radius, middle)
        if sign.lights:
            draw_light(strip, centre, radius, sign.lights[index])
            name = sign.names[index]
            left = round(centre[0] - text_size(name, small)[0] / 2)
            draw_text(strip, (max(0, left), round(0.72 * height_px)), name, small, QUIET)
        else:
            draw_dot(strip, np.array(centre), radius, UNLIT)
        x += 3.1 * radius
    left = round(x + 0.3 * radius)
    big = round(1.25 * letters_px)
    draw_text(strip, (left, round(0.12 * height_px)), sign.headline, big, PAPER, bold=True)
    top = round(0.12 * height_px) + text_size("", big)[1]
    for colour, words in sign.cards[:2]:
        size = text_size("", small)[1]
        strip[top + 2 : top + size - 2, left : left + round(0.7 * size)] = CARDS[colour] if colour else UNLIT
        draw_text(strip, (left + size, top), words, small, PAPER)
        top += size
    letters = max(1, (width_px - left) // max(1, text_size("n", small)[0]))
    for line in wrap(sign.why_open, letters):
        draw_text(strip, (left, top), line, small, PAPER)
        top += text_size("", small)[1]
    return strip
