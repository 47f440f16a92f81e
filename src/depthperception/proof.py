"""What a judgement shows of the lifter's surface: crease and top of the knee where they are, and what was seen of legs.

Points are px of the upright picture, by leg: "left" and "right", the lifter's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Point = tuple[float, float]

Ellipse = tuple[float, float, float]
"""Covariance of a point's error, px2: xx, xy, yy."""


@dataclass(frozen=True)
class SeenPoints:
    """Where the surfaces that the rule speaks of are at the bottom.

    A leg has no point where the network of `surfaces` says that it is hidden or out of the picture.

    Attributes
    ----------
    crease_px
        The fold between thigh and trunk, which an eye takes for the crease.
    knee_top_px
        Top of the knee.
    joint_crease_px
        The crease of the rule's letter, of which the depth is measured: skin over the hip joint, further from the knee.
    level_px
        Straight over or under that, as high as the top of the knee.
    depth_cm
        From there down to the measured crease: that leg's depth.
    crease_covariance_px2, knee_top_covariance_px2
        How sure fold and top of the knee are.
    """

    crease_px: Mapping[str, Point]
    knee_top_px: Mapping[str, Point]
    joint_crease_px: Mapping[str, Point] = field(default_factory=dict)
    level_px: Mapping[str, Point] = field(default_factory=dict)
    depth_cm: Mapping[str, float] = field(default_factory=dict)
    crease_covariance_px2: Mapping[str, Ellipse] = field(default_factory=dict)
    knee_top_covariance_px2: Mapping[str, Ellipse] = field(default_factory=dict)


@dataclass(frozen=True)
class Sighted:
    """What the depth is measured from, hidden or not; a reading by hand replaces the points that it sets.

    Attributes
    ----------
    points_px, covariance_px2
        What the network of `surfaces` sees of both legs, in the order of `surfaces.POINTS`, each left, then right.
    standing_hips_px
        Where the standing lifter's hips are: to them go the camera's pitch and distance.
    """

    points_px: tuple[Point, ...]
    covariance_px2: tuple[Ellipse, ...]
    standing_hips_px: Point
