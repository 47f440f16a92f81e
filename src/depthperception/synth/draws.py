"""Chance in small: numbers, colours, bodies and clothes. Called by sampling.py and surroundings.py alone."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from depthperception.synth.body import body_names, natural_stature_m
from depthperception.synth.scenario import BodyShape, Clothes, Colour

T = TypeVar("T")

SKIN_COLOURS: tuple[Colour, ...] = (
    (0.80, 0.57, 0.45),
    (0.55, 0.36, 0.26),
    (0.86, 0.66, 0.55),
    (0.36, 0.22, 0.15),
    (0.72, 0.52, 0.40),
    (0.22, 0.13, 0.09),
)
HAIR_COLOURS: tuple[Colour, ...] = ((0.12, 0.08, 0.05), (0.3, 0.2, 0.1), (0.03, 0.03, 0.03), (0.55, 0.42, 0.2))


def sample_body(rng: Generator, bodies: Sequence[str] = ()) -> BodyShape:
    """Half pure bodies, half blends that may reach a little outside the bodies' hull; stature, limbs, girth vary."""
    names = tuple(bodies) or body_names()
    if rng.random() < 0.5 or len(names) == 1:
        weights: tuple[tuple[str, float], ...] = ((pick(rng, names), 1.0),)
    else:
        share = 1.15 * rng.dirichlet(np.full(len(names), 0.6)) - 0.15 / len(names)
        weights = tuple((name, round(float(w), 4)) for name, w in zip(names, share, strict=True))
        first = weights[0][1] + 1.0 - sum(w for _, w in weights)
        weights = ((names[0], first), *weights[1:])
    natural = sum(natural_stature_m(name) * w for name, w in weights)
    return BodyShape(
        weights=weights,
        stature_m=normal(rng, natural, 0.045, 1.48, 2.05),
        thigh_scale=normal(rng, 1.0, 0.03, 0.92, 1.08),
        shank_scale=normal(rng, 1.0, 0.03, 0.92, 1.08),
        girth_cm=normal(rng, 0.3, 0.7, -0.7, 2.2),
    )


def sample_clothes(rng: Generator) -> Clothes:
    """Shorts, leggings, trousers, singlet; bare, tight or loose; shoes, socks, sleeves, belt; any colour."""
    kind = pick(rng, ("shorts", "shorts", "leggings", "trousers", "singlet", "short shorts"))
    leg = {
        "shorts": float(rng.uniform(0.5, 0.95)),
        "leggings": float(rng.uniform(1.5, 1.95)),
        "trousers": 1.95,
        "singlet": float(rng.uniform(0.25, 0.4)),
        "short shorts": float(rng.uniform(0.22, 0.45)),
    }[kind]
    tight = kind in ("leggings", "singlet") or rng.random() < 0.2
    sleeve = -0.05 if kind == "singlet" else pick(rng, (0.55, 0.45, 0.0, -0.05, 1.9))
    bottom = colour(rng)
    return Clothes(
        leg=leg,
        arm=float(sleeve),
        leg_thickness_m=float(rng.uniform(0.002, 0.004)) if tight else float(rng.uniform(0.008, 0.018)),
        arm_thickness_m=float(rng.uniform(0.003, 0.014)),
        topless=kind != "singlet" and bool(rng.random() < 0.08),
        shoes=bool(rng.random() < 0.93),
        sock=float(rng.choice([0.0, 0.25, 0.9])),
        knee_sleeves=bool(rng.random() < 0.35),
        belt=bool(rng.random() < 0.4),
        hair=bool(rng.random() < 0.85),
        stripes=float(rng.choice([0.0, 0.0, 0.0, 0.6])),
        skin_colour=pick(rng, SKIN_COLOURS),
        top_colour=bottom if kind == "singlet" else colour(rng),
        bottom_colour=bottom,
        shoe_colour=colour(rng),
        hair_colour=pick(rng, HAIR_COLOURS),
        accent_colour=colour(rng),
        gear_colour=colour(rng) if rng.random() < 0.3 else (0.04, 0.04, 0.05),
    )


def colour(rng: Generator, pale: bool = False) -> Colour:
    """Grey or coloured; dark things are common in gyms, walls are paler and greyer."""
    value = float(rng.uniform(0.15, 0.8)) if pale else float(rng.uniform(0.02, 0.8)) ** 1.5
    tint = rng.uniform(-1.0, 1.0, 3) * float(rng.choice([0.05, 0.1, 0.3] if pale else [0.05, 0.15, 0.5]))
    r, g, b = (float(np.clip(value * (1.0 + t), 0.01, 0.95)) for t in tint)
    return (r, g, b)


def normal(rng: Generator, mean: float, sd: float, low: float, high: float) -> float:
    """Draw from a normal distribution, clipped."""
    return float(np.clip(rng.normal(mean, sd), low, high))


def pick(rng: Generator, choices: Sequence[T]) -> T:
    """Draw one of several, all as likely."""
    return choices[int(rng.integers(len(choices)))]
