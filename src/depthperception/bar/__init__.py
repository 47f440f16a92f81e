"""The barbell: its discs found and followed, its path and speeds, and what its discs say of the scale."""

from depthperception.bar.motion import measure_motion
from depthperception.bar.plates import PlateTrack
from depthperception.bar.rig import rig_of
from depthperception.bar.ruler import Ruler, checked_plate, measure_ruler
from depthperception.bar.watching import BarWatch, watch_bar

__all__ = [
    "BarWatch",
    "PlateTrack",
    "Ruler",
    "checked_plate",
    "measure_motion",
    "measure_ruler",
    "rig_of",
    "watch_bar",
]
