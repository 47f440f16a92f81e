"""Depth methods, one file each; importing this package registers them."""

from depthperception.depth import appearance, calibrated, floor_plane, gravity, sequence, side
from depthperception.depth.evidence import Evidence, check_method, measure_all, method_names

__all__ = [
    "Evidence",
    "appearance",
    "calibrated",
    "check_method",
    "floor_plane",
    "gravity",
    "measure_all",
    "method_names",
    "sequence",
    "side",
]
