"""Every detector's numbers in one place: what may be varied, and what was."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from depthperception.attempts.settings import ATTEMPTS, AttemptDetection, BottomRefinement, SquatForm
from depthperception.barbell.settings import (
    CAMERA,
    PLATES,
    CameraFitting,
    CameraSearch,
    EdgeVotes,
    PlateDetection,
    PlateFollowing,
)
from depthperception.depth.settings import FITTING, LegFitting
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.people.settings import (
    SELECTION,
    TRACKING,
    CueWeights,
    LifterSelection,
    PersonTracking,
    ReflectionCues,
)
from depthperception.ruling.settings import LIMITS, RefereeLimits

__all__ = [
    "DEFAULTS",
    "AttemptDetection",
    "BottomRefinement",
    "CameraFitting",
    "CameraSearch",
    "CueWeights",
    "EdgeVotes",
    "LegFitting",
    "LifterSelection",
    "PersonTracking",
    "PlateDetection",
    "PlateFollowing",
    "RefereeLimits",
    "ReflectionCues",
    "Settings",
    "SquatForm",
    "Together",
]


@dataclass(frozen=True)
class Settings:
    """The numbers by which a video is judged, each with its reason where it is defined.

    `judge("squat.mp4", settings=Settings(attempts=AttemptDetection(least_drop=0.2)))` changes one of them.

    Attributes
    ----------
    attempts
        What is an attempt at a squat, and how its bottom is looked at.
    tracking
        How everyone is found, and joined to one track for each.
    selection
        Who is taken for the lifter.
    plates
        What is taken for a plate, and how it is followed.
    camera
        How camera and bar are fitted to the plates.
    legs
        How legs in space are fitted to the points that are seen.
    referee
        From which size on something is a referee's fault.
    together
        How several views are put together.
    """

    attempts: AttemptDetection = ATTEMPTS
    tracking: PersonTracking = TRACKING
    selection: LifterSelection = SELECTION
    plates: PlateDetection = PLATES
    camera: CameraFitting = CAMERA
    legs: LegFitting = FITTING
    referee: RefereeLimits = LIMITS
    together: Together = TOGETHER

    def changed(self) -> dict[str, Any]:
        """Name what differs from the defaults, by its path such as "attempts.least_drop"."""
        return dict(_differences(self, DEFAULTS))


def _differences(settings: Any, defaults: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for field in fields(settings):
        path, value, usual = f"{above}{field.name}", getattr(settings, field.name), getattr(defaults, field.name)
        if is_dataclass(value):
            yield from _differences(value, usual, f"{path}.")
        elif value != usual:
            yield path, value


DEFAULTS = Settings()
"""What holds unless somebody asks for something else."""
