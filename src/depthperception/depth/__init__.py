"""Depth methods, one file each; importing this package registers them."""

from depthperception.depth import appearance, calibrated, geometric
from depthperception.depth.evidence import Evidence, check_method, measure_all, method_names
from depthperception.depth.front import method as front

__all__ = [
    "Evidence",
    "appearance",
    "calibrated",
    "check_method",
    "front",
    "geometric",
    "measure_all",
    "method_names",
]
