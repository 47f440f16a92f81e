"""The barbell: its discs found and followed, its path and speeds, and what its discs say of the scale."""

from depthperception.barbell.kinematics import measure_motion
from depthperception.barbell.plate_scale import Ruler, checked_plate, measure_ruler
from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.barbell.projection import rig_of
from depthperception.barbell.tracking import BarWatch, watch_bar

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
