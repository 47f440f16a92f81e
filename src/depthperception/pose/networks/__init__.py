"""Pose networks that a user brings: a registry of the ways in which their outputs are laid out.

A layout of one's own is registered like ours. Which one a file has is said by its metadata, by a TOML beside it, or by
the shapes of what it gives.
"""

from depthperception.pose.networks import boxes, heatmaps, movenet, part_affinity, simcc
from depthperception.pose.networks.layout import Instances, Layout
from depthperception.pose.networks.network import BLAZEPOSE, PoseNetwork, check_pose, load_network, named_networks
from depthperception.pose.networks.registry import layouts, register

OURS = (
    simcc.LAYOUT,
    part_affinity.LAYOUT,
    heatmaps.LAYOUT,
    movenet.SINGLE,
    movenet.MULTIPLE,
    boxes.YOLO,
    boxes.RTMO,
)
"""In the order in which they are tried: what is told by its numbers before what has any number of points or boxes."""

for _layout in OURS:
    register(_layout)

__all__ = [
    "BLAZEPOSE",
    "Instances",
    "Layout",
    "PoseNetwork",
    "check_pose",
    "layouts",
    "load_network",
    "named_networks",
    "register",
]
