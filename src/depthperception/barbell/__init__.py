"""The barbell: its plates found and followed, its path and speeds, and what its plates say of the scale."""

from depthperception.barbell.between import middle_between, under_bar
from depthperception.barbell.kinematics import at_true_speed, lowest_elsewhere_s, measure_motion
from depthperception.barbell.plate_scale import PlateScale, checked_plate, measure_plate_scale
from depthperception.barbell.plate_search import StrayPlate
from depthperception.barbell.plate_tracking import PlateTrack
from depthperception.barbell.tracking import BarWatch, Footage, sought_in, watch_bar
from depthperception.barbell.unborne import bar_goes_alone

__all__ = [
    "BarWatch",
    "Footage",
    "PlateScale",
    "PlateTrack",
    "StrayPlate",
    "at_true_speed",
    "bar_goes_alone",
    "checked_plate",
    "lowest_elsewhere_s",
    "measure_motion",
    "measure_plate_scale",
    "middle_between",
    "sought_in",
    "under_bar",
    "watch_bar",
]
