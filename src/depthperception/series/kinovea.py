"""Trajectories for Kinovea, which draws them over the video and measures them: .kva, its own XML (version 2.0).

The elements and what they hold are those of Kinovea's reader (Kinovea.ScreenManager: MetadataSerializer, DrawingTrack).
A point is "x;y;timestamp". Timestamps here are thousandths of a mean frame: Kinovea puts them on the clock of the video
that is open, so that they are right whatever the container's clock, and where frames come unevenly.
"""

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from depthperception.geometry.skeletons import Landmark
from depthperception.series.table import NAMES, TimeSeries

TICKS = 1000
"""Timestamps of a mean frame: thousandths."""

SHOWN = tuple(
    Landmark[f"{side}_{joint}"]
    for side in ("LEFT", "RIGHT")
    for joint in ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
)
"""Landmarks that become trajectories: trunk and legs. All 33 would hide the lifter."""

COLOURS = {"LEFT": "255;0;114;178", "RIGHT": "255;213;94;0"}
"""Opacity, red, green and blue of the lifter's own sides."""


def write_kva(series: TimeSeries, path: Path) -> None:
    """Write the trajectories of trunk and legs in px of the upright picture."""
    rate = f"{series.rate_hz:.6g}"
    root = Element("KinoveaVideoAnalysis")
    for name, text in (
        ("FormatVersion", "2.0"), ("Producer", str(series.facts["source_software"])),
        ("OriginalFilename", Path(str(series.facts.get("source_file", ""))).stem),
        ("ImageSize", f"{series.facts.get('width_px', 0)};{series.facts.get('height_px', 0)}"),
        ("AverageTimeStampsPerFrame", str(TICKS)), ("CaptureFramerate", rate), ("UserFramerate", rate),
        ("FirstTimeStamp", "0"), ("SelectionStart", "0"),
    ):  # fmt: skip
        SubElement(root, name).text = text
    tracks = SubElement(root, "Tracks")
    for mark in SHOWN:
        _add_track(tracks, series, mark)
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _add_track(tracks: Element, series: TimeSeries, mark: Landmark) -> None:
    px = series.track.image_px[:, mark]
    rows = np.flatnonzero(np.isfinite(px).all(axis=1))
    if not len(rows):
        return
    stamps = np.round(TICKS * series.rate_hz * series.times_s).astype(int)
    name = NAMES[mark]
    track = SubElement(tracks, "Track", id=str(uuid5(NAMESPACE_URL, name)), name=name)
    for tag, text in (
        ("TimePosition", str(stamps[rows[0]])), ("Mode", "Complete"), ("ExtraData", "None"), ("Marker", "Cross")
    ):  # fmt: skip
        SubElement(track, tag).text = text
    points = SubElement(track, "TrackPointList", Count=str(len(rows)), UserUnitLength="px")
    for row in rows:
        SubElement(points, "TrackPoint").text = f"{px[row, 0]:.3f};{px[row, 1]:.3f};{stamps[row]}"
    label = SubElement(track, "MainLabel", Text=name)
    SubElement(label, "SpacePosition").text = f"{px[rows[0], 0]:.0f};{px[rows[0], 1]:.0f}"
    SubElement(label, "TimePosition").text = str(stamps[rows[0]])
    style = SubElement(track, "DrawingStyle")
    for tag, key, value in (
        ("Color", "color", COLOURS[mark.name.split("_")[0]]), ("LineSize", "line size", "2"),
        ("TrackShape", "track shape", "Solid;false"),
    ):  # fmt: skip
        SubElement(SubElement(style, tag, Key=key), "Value").text = value
