"""Drawn faces of plates: rings, holes, letters and a hub, as gyms and meets have them."""

import cv2
import numpy as np
from numpy.random import Generator

from depthperception.types import Picture

SIDE_PX = 256
WORDS = ("25", "20", "15", "45 LB", "20 KG", "25 KG", "BARBELL", "STRENGTH", "IRON", "POWER", "GYM")
COLOURS = ((200, 20, 25), (20, 60, 170), (235, 190, 20), (20, 130, 60), (28, 28, 30), (60, 60, 64), (225, 225, 225))
"""Of competition plates of 25 to 10 kg, black rubber, iron and white."""


def plate_face(rng: Generator, colour: tuple[float, float, float]) -> Picture:
    """Draw a face (256, 256, 3), RGB, in a plate's own colour or a competition's."""
    own = tuple(round(255 * float(v) ** (1 / 2.2)) for v in colour)
    base = own if rng.random() < 0.4 else COLOURS[int(rng.integers(len(COLOURS)))]
    face = np.empty((SIDE_PX, SIDE_PX, 3), np.uint8)
    face[:] = base
    half = SIDE_PX // 2
    dark = tuple(int(0.6 * v) for v in base)
    pale = tuple(int(v + 0.5 * (255 - v)) for v in base)
    ink = (240, 240, 240) if sum(base) < 420 else (25, 25, 25)
    for radius in sorted(rng.uniform(0.3, 0.97, int(rng.integers(1, 4))), reverse=True):
        shade = (dark, pale)[int(rng.integers(2))]
        cv2.circle(face, (half, half), round(radius * half), shade, int(rng.choice([2, 4, 8, -1])), cv2.LINE_AA)
    kind = rng.random()
    if kind < 0.45:
        _letters(face, rng, ink)
    elif kind < 0.8:
        _holes(face, rng, dark)
    hub = (170, 170, 172) if rng.random() < 0.7 else dark
    cv2.circle(face, (half, half), round(float(rng.uniform(0.1, 0.42)) * half), hub, -1, cv2.LINE_AA)
    cv2.circle(face, (half, half), round(0.11 * half), (40, 40, 42), -1, cv2.LINE_AA)
    shine = np.linspace(float(rng.uniform(0.7, 1.3)), float(rng.uniform(0.7, 1.3)), SIDE_PX)[:, None, None]
    return np.clip(face * shine, 0, 255).astype(np.uint8)


def _letters(face: Picture, rng: Generator, ink: tuple[int, int, int]) -> None:
    """Words round the middle, each letter turned with the rim."""
    half = SIDE_PX // 2
    at = float(rng.uniform(0.55, 0.72)) * half
    for start in (0.0, np.pi):
        word = WORDS[int(rng.integers(len(WORDS)))]
        for k, letter in enumerate(word):
            angle = start + float(rng.uniform(0, 0.05)) + (k - len(word) / 2) * 0.24
            tile = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
            cv2.putText(tile, letter, (half - 14, half - round(at) + 14), cv2.FONT_HERSHEY_DUPLEX, 1.2, 255, 3)
            turn = cv2.getRotationMatrix2D((half, half), -np.degrees(angle), 1.0)
            face[cv2.warpAffine(tile, turn, (SIDE_PX, SIDE_PX)) > 127] = ink


def _holes(face: Picture, rng: Generator, dark: tuple[int, ...]) -> None:
    """Grips, round holes, or spokes between wide openings."""
    half, count = SIDE_PX // 2, int(rng.integers(3, 8))
    wide = float(rng.uniform(8, 0.7 * 360 / count))
    middle, thick = float(rng.uniform(0.6, 0.78)) * half, int(rng.integers(12, 34))
    for k in range(count):
        at = 360.0 * k / count
        cv2.ellipse(
            face, (half, half), (round(middle),) * 2, 0.0, at, at + wide, tuple(int(0.4 * v) for v in dark), thick
        )
