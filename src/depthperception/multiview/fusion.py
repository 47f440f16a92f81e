"""The depth by all views together and that of each by itself, put together: they saw the same pictures.

The best linear unbiased estimate of readings whose errors go together: weights by the inverse of their covariance.
Offset, errors and correlations were settled on rendered squats of bodies that the measurements in docs/multiview.md
do not have (benchmarks/multiview.py settle).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from depthperception.depth.reading import LARGEST_SD_CM, half_of_90, normal_reading, on_legs, sd_of
from depthperception.multiview.legs import LegsInSpace
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.results import Reading, SideDepth

METHOD = "multiview"


def fuse(legs: LegsInSpace, singles: Sequence[Reading], stature_m: float, *, settings: Together = TOGETHER) -> Reading:
    """Put the fitted legs and the single views' readings together.

    Parameters
    ----------
    legs
        Of all views.
    singles
        Of each view; those without a number count for nothing.
    stature_m
        By which the learnt offset grows.
    """
    known = [(one.cm, sd_of(one.interval90_cm)) for one in singles if one.cm is not None and one.interval90_cm]
    cm = np.array([legs.mean_cm - offset_cm(legs, stature_m, settings), *[depth for depth, _ in known]])
    claimed_cm = settings.fit_sd_factor * alike(legs, settings) * legs.mean_sd_cm * disagreement(legs, settings)
    sd_cm = np.array([claimed_cm, *[sd for _, sd in known]])
    together = np.full((len(cm), len(cm)), settings.singles_correlation)
    together[0] = together[:, 0] = settings.fit_correlation
    np.fill_diagonal(together, 1.0)
    covariance = together * np.outer(sd_cm, sd_cm)
    # A reading much worse than another that errs alike would count against itself: it is left out, not subtracted.
    counted = list(range(len(cm)))
    while True:
        weight = np.linalg.solve(covariance[np.ix_(counted, counted)], np.ones(len(counted)))
        if weight.min() >= 0.0:
            break
        counted.pop(int(weight.argmin()))
    weight /= weight.sum()
    best_cm = float(weight @ cm[counted])
    best_sd_cm = float(np.sqrt(weight @ covariance[np.ix_(counted, counted)] @ weight)) * contradiction(
        singles, settings
    )
    if best_sd_cm > LARGEST_SD_CM:
        return Reading(METHOD, reason=f"By all views the depth may be off by {half_of_90(best_sd_cm):.0f} cm.")
    apart = legs.depth_cm - legs.mean_cm
    half = np.array([0.5, -0.5])
    leg_sd_cm = float(np.hypot(best_sd_cm, settings.apart_sd_factor * np.sqrt(half @ legs.covariance_cm2 @ half)))
    left, right = (SideDepth(best_cm + float(one), leg_sd_cm) for one in apart)
    return on_legs(replace(normal_reading(METHOD, best_cm, best_sd_cm), left=left, right=right))


def offset_cm(legs: LegsInSpace, stature_m: float, settings: Together = TOGETHER) -> float:
    """By how much fitted legs are too deep."""
    usual_cm = settings.offset_of_both_cm if at_both_sides(legs, settings) else settings.offset_cm
    return usual_cm * stature_m / settings.offset_stature_m


def at_both_sides(legs: LegsInSpace, settings: Together = TOGETHER) -> bool:
    """Whether cameras stand at the lifter's left and at his right, so that one sees each leg from outside."""
    beside = np.sin(np.radians(settings.beside_deg))
    return bool(legs.aside.min() < -beside and legs.aside.max() > beside)


def alike(legs: LegsInSpace, settings: Together = TOGETHER) -> float:
    """Factor on the error of legs that more than two views see, whose errors go together: 1 for two."""
    views, shared = len(legs.misfit_sd), settings.views_correlation
    return float(np.sqrt((1.0 + (views - 1) * shared) / (1.0 + shared)))


def disagreement(legs: LegsInSpace, settings: Together = TOGETHER) -> float:
    """Factor on the error of legs that do not fit what the views see: 1 where they do as on nine in ten renders."""
    return max(1.0, float(legs.view_misfit.max()) / settings.usual_misfit)


def contradiction(singles: Sequence[Reading], settings: Together = TOGETHER) -> float:
    """Factor on the error where views by themselves contradict each other, as of two lifts: 1 where they do not.

    What is left of a mean of readings that differ by so many times their error (Birge, 1932).
    """
    worst = max((apart_sd(*pair, settings) for pair in combinations(singles, 2)), default=0.0)
    return worst if worst >= settings.much_apart_sd else 1.0


def apart_sd(one: Reading, other: Reading, settings: Together = TOGETHER) -> float:
    """By how many standard deviations of their difference two views' readings differ; errors of views go together."""
    if one.cm is None or other.cm is None or one.interval90_cm is None or other.interval90_cm is None:
        return 0.0
    a, b = sd_of(one.interval90_cm), sd_of(other.interval90_cm)
    return float(abs(one.cm - other.cm) / np.sqrt(a**2 + b**2 - 2.0 * settings.singles_correlation * a * b))
