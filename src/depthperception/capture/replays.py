"""A lift that is shown again, slower, in a later shot of the same film."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.attempts.detection import hip_height
from depthperception.geometry.signals import smoothed
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray

LEAST_STRETCH = 1.4
"""A replay lasts longer than the lift by more than reps of one set differ."""

SAME_COURSE = 0.06
"""Rms difference of two courses of the hips, each from 0 at its bottom to 1 and stretched to the same length, up to
which they may be one lift: the network's jitter of a centimetre or two in the .4 m of a squat."""

STEPS = 100
"""Moments at which courses are compared."""

SMOOTHING = 0.02
"""Gaussian sigma, as a part of the attempt."""


@dataclass(frozen=True)
class Shown:
    """An attempt as a film shows it.

    Attributes
    ----------
    shot
        In which of the shots.
    track
        Its part of the lifter's track.
    whole
        Whether it is seen from standing to standing.
    slowed
        Whether the shot is known to be slower than the world: it repeats pictures, or nobody moves so slowly.
    """

    shot: int
    track: PoseTrack
    whole: bool
    slowed: bool

    @property
    def lasts_s(self) -> float:
        """How long it lasts in the film."""
        return float(np.ptp(self.track.times_s)) if len(self.track) else 0.0


def replay_notes(attempts: Sequence[Shown]) -> tuple[str, ...]:
    """Name attempts that look like a slow replay of an earlier one: after a cut, slowed, with the same course.

    Two reps of one set can be as alike: a note says it, no ruling does.
    """
    notes = []
    for later, slow in enumerate(attempts):
        for earlier, lift in enumerate(attempts[:later]):
            if _may_be(lift, slow) and course_apart(lift.track, slow.track) <= SAME_COURSE:
                times = slow.lasts_s / lift.lasts_s
                notes.append(
                    f"Attempt {later + 1} looks like a slow replay of attempt {earlier + 1}, {times:.1f} times as "
                    "long: each was judged by its own pictures, but they may be one lift."
                )
                break
    return tuple(notes)


def _may_be(lift: Shown, slow: Shown) -> bool:
    shown_again = slow.shot > lift.shot and slow.slowed and not lift.slowed
    return shown_again and lift.whole and slow.whole and slow.lasts_s >= LEAST_STRETCH * lift.lasts_s


def course_apart(one: PoseTrack, other: PoseTrack) -> float:
    """Rms difference of the courses of the hips over the feet, each from 0 to 1 and through its own time."""
    return float(np.sqrt(np.mean((_course(one) - _course(other)) ** 2)))


def _course(track: PoseTrack) -> FloatArray:
    times = np.linspace(track.times_s[0], track.times_s[-1], STEPS)
    calm = smoothed(np.interp(times, track.times_s, hip_height(track)), 1.0 / STEPS, sigma_s=SMOOTHING)
    return np.asarray((calm - calm.min()) / max(float(np.ptp(calm)), 1e-9))
