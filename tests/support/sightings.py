"""Stick figures as the person detector would sight them: people who squat, stand, and wear clothes."""

import numpy as np

from depthperception.geometry.skeletons import COCO_TO_BLAZEPOSE
from depthperception.people import FrameDetections
from depthperception.people.movenet import Person
from tests.support.figures import axes, figure, seen, squats


def person(
    x_px: float, thigh_deg: float, size: float = 1.0, *, hands: str = "bar", clothes: np.ndarray | None = None
) -> Person:
    """A figure in the picture with its hips above `x_px`."""
    image, _ = seen(figure(thigh_deg, hands=hands), axes(0.0), px_per_m=200.0 * size)
    points = image[COCO_TO_BLAZEPOSE] * [1.0, 1.0] + [x_px - 360.0, 0.0]
    box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return Person(points, np.full(17, 0.9), box, 0.9, clothes)


def video(*people: tuple[float, float, float]) -> tuple[FrameDetections, ...]:
    """Sightings of people given as (x px, deepest thigh angle, size), who all move at once."""
    times, phase, _ = squats([1.0], step_s=0.25)
    return tuple(
        FrameDetections(float(t), tuple(person(x, deepest * p, size) for x, deepest, size in people))
        for t, p in zip(times, phase, strict=True)
    )


def film(*people: dict[str, object], late_s: float = 0.0) -> tuple[FrameDetections, ...]:
    """Sightings of squatters given by `person`'s arguments, `deg` for the deepest thigh; the last is late."""
    times, phase, _ = squats([1.0], step_s=0.25)
    late = np.interp(times - late_s, times, phase)
    rows = []
    for number, t in enumerate(times):
        phases = [phase[number]] * (len(people) - 1) + [late[number]]
        found = [
            person(thigh_deg=float(one["deg"]) * p, **{k: v for k, v in one.items() if k != "deg"})  # type: ignore[arg-type]
            for one, p in zip(people, phases, strict=True)
        ]
        rows.append(FrameDetections(float(t), tuple(found)))
    return tuple(rows)
