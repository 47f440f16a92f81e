"""Does the picture lie on its side, or stand on its head? People stand on their feet."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from depthperception.geometry.skeletons import COCO_HIPS, COCO_SHOULDERS
from depthperception.people.detection import Detections
from depthperception.people.movenet import LONG_SIDE_PX, Person, detect
from depthperception.types import Picture
from depthperception.video import Still

TURNS_DEG = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
"""Clockwise turns, as OpenCV names them."""

MOST_LEAN_DEG = 45.0
"""Of a trunk that is upright rather than lying."""

MOSTLY = 0.5
"""Part of the looks: a lifter stands longer than he bends, and whoever stands in this part needs no turn."""

LOOKS = 8
"""Pictures that are turned, evenly through the film: three turns of each cost half a second."""

BETTER = 2.0
"""A turn must show upright people this many times as surely as the picture as it is: in one that lies the network finds
nobody upright, in one of somebody who lies it finds other poses upright about as often either way."""


def stand(seen: Detections) -> bool:
    """Whether somebody is upright in most looks at a film."""
    upright = [_surest_upright(sighting.people) > 0.0 for sighting in seen.sightings]
    return bool(upright) and float(np.mean(upright)) >= MOSTLY


def helpful_turn(stills: Iterable[Still], count: int) -> int:
    """Give the clockwise turn after which people stand, in degrees; 0 where none is better than the picture as it is.

    Somebody who lies on a bench stands up too when his picture is turned: what he does then has to look right.

    Parameters
    ----------
    stills, count
        Pictures in order of time, and how many: those of a long film are more than fit into the memory.
    """
    chosen = frozenset(np.linspace(0, count - 1, LOOKS).astype(int).tolist())
    looked_at = [_small(still.rgb) for k, still in enumerate(stills) if k in chosen]
    as_it_is = _standing(looked_at)
    turned = {deg: _standing([np.asarray(cv2.rotate(one, how), np.uint8) for one in looked_at])
              for deg, how in TURNS_DEG.items()}  # fmt: skip
    best = max(turned, key=lambda deg: turned[deg])
    return best if turned[best] > BETTER * as_it_is else 0


def _standing(pictures: Sequence[Picture]) -> float:
    """How surely the surest of the upright is found, mean over the pictures."""
    return float(np.mean([_surest_upright(detect(picture)) for picture in pictures]))


def _surest_upright(people: Iterable[Person]) -> float:
    return max((person.score for person in people if _is_upright(person)), default=0.0)


def _is_upright(person: Person) -> bool:
    trunk = person.points_px[COCO_SHOULDERS].mean(axis=0) - person.points_px[COCO_HIPS].mean(axis=0)
    return bool(-trunk[1] >= np.cos(np.radians(MOST_LEAN_DEG)) * np.linalg.norm(trunk))


def _small(rgb: Picture) -> Picture:
    shrink = min(1.0, LONG_SIDE_PX / max(rgb.shape[:2]))
    size = max(1, round(rgb.shape[1] * shrink)), max(1, round(rgb.shape[0] * shrink))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
