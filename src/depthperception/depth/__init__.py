"""Depth methods; importing this package registers ours, in the order in which they are shown."""

from depthperception.depth import appearance, calibrated, geometric, surfaces
from depthperception.depth.evidence import Evidence
from depthperception.depth.front import method as front
from depthperception.depth.in_picture import PictureEvidence
from depthperception.depth.registry import (
    Method,
    check_method,
    known_method,
    measure,
    measure_all,
    measure_all_in_picture,
    method_names,
    methods,
    register,
)

OURS = (
    calibrated.METHOD,
    surfaces.METHOD,
    appearance.METHOD,
    geometric.SIDE,
    geometric.FLOOR_PLANE,
    geometric.GRAVITY,
    front.FRONT,
    front.FRONT_PUBLISHED,
)
"""Those that measure centimetres of surfaces, of joints, then those that say yes or no."""

for _method in OURS:
    register(_method)

__all__ = [
    "OURS",
    "Evidence",
    "Method",
    "PictureEvidence",
    "appearance",
    "calibrated",
    "check_method",
    "front",
    "geometric",
    "known_method",
    "measure",
    "measure_all",
    "measure_all_in_picture",
    "method_names",
    "methods",
    "register",
    "surfaces",
]
