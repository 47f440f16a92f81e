"""What lies on the lifter's surface where the rule looks: crease, fold and top of the knee of each leg."""

from depthperception.surfaces.points import COUNT, LEGS, POINTS, STATES, index_of, mirrored_order
from depthperception.surfaces.seeing import SeenSurfaces, begin_seeing, see_surfaces

__all__ = [
    "COUNT",
    "LEGS",
    "POINTS",
    "STATES",
    "SeenSurfaces",
    "begin_seeing",
    "index_of",
    "mirrored_order",
    "see_surfaces",
]
