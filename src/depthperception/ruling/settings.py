"""From which size on something is a fault, with the noise that the size is a multiple of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RefereeLimits:
    """What is a fault. No rule book gives a size: each is a multiple of what is measured in attempts without the fault.

    Attributes
    ----------
    bar_noise_cm
        Error (sd) of how far the bar seems to sink on its way up where it does not.
    bar_sinks_cm
        The bar moves down.
    carried_sinks_cm
        The same by the shoulders that carry it, where no plate is seen: only for somebody to look.
    hips_noise_cm, hips_low_cm
        Hips of who stands against his own highest stand in the film: their error (sd), and how much lower they are with
        knees that are not locked.
    flexion_noise_deg, flexion_deg
        Likewise the bend of the knees against his straightest.
    foot_noise_cm, foot_cm
        How far a foot seems to go that stays, and how far it goes in a step. One that slides by less than a third of
        its width stays.
    multiple
        Where a film is noisier than these, the limit is so many times its own noise.
    """

    bar_noise_cm: float = 0.4
    bar_sinks_cm: float = 1.6
    carried_sinks_cm: float = 5.0
    hips_noise_cm: float = 0.8
    hips_low_cm: float = 3.2
    flexion_noise_deg: float = 3.0
    flexion_deg: float = 12.0
    foot_noise_cm: float = 1.0
    foot_cm: float = 4.0
    multiple: float = 4.0


LIMITS = RefereeLimits()
"""The defaults."""
