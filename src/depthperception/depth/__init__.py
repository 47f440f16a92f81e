"""Depth methods, one file each; importing this package registers them."""

from depthperception.depth import appearance, calibrated, floor_plane, gravity, side
from depthperception.depth.evidence import Evidence, check_method, measure_all, method_names
from depthperception.depth.front import method as front

__all__ = [
    "Evidence",
    "appearance",
    "calibrated",
    "check_method",
    "floor_plane",
    "front",
    "gravity",
    "measure_all",
    "method_names",
    "side",
]
