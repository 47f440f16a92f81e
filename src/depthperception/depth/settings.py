"""The numbers by which legs in space are fitted to what is seen of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LegFitting:
    """How legs and camera are adjusted to the points that are seen.

    Attributes
    ----------
    azimuth_deg
        Error of the measured camera (sd): nine in ten rendered cameras are within 15 degrees (docs/accuracy.md). Those
        of pitch and roll come with it.
    distance_share
        Error of its distance, as a share: by how phones' lenses differ.
    place_m
        How far the middle of the feet lies from below the standing hips, along each of the lifter's axes: who stands
        has his hips over his feet. Twice as much makes the error on renders larger by a tenth.
    point_px
        Error of a point beside the network's own, as of rounding and compression.
    covariance_share
        Factor on the network's standard deviations: on film the median error is 1.25 of them (models/surfaces.md), and
        the errors of one look's points go together.
    huber_sd
        Errors beyond so many standard deviations count by their size, not by its square.
    steps, settled
        The fit ends after so many steps, or when no unknown moves by more than this share of its prior's sd.
    bound_sd
        No unknown goes further from what is known before, whatever is seen: nobody and no camera is so.
    """

    azimuth_deg: float = 9.0
    distance_share: float = 0.25
    place_m: float = 0.06
    point_px: float = 0.5
    covariance_share: float = 1.5
    huber_sd: float = 2.0
    steps: int = 12
    settled: float = 1e-3
    bound_sd: float = 10.0


FITTING = LegFitting()
