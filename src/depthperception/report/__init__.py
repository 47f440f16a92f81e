"""The pictures that prove a judgement: the overlay video, the deepest frame, the heights over time."""

from depthperception.report.bar import write_bar_figure
from depthperception.report.bottom import write_bottom
from depthperception.report.drawing import draw_frame
from depthperception.report.figures import write_depth_figure
from depthperception.report.overlay import write_overlay

__all__ = ["draw_frame", "write_bar_figure", "write_bottom", "write_depth_figure", "write_overlay"]
