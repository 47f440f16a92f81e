"""Where the error of the depth comes from: what is seen is replaced by what is true, one thing after the other.

    python benchmarks/error_sources.py ROWS [--table docs/accuracy.md]

ROWS is the folder of `depthperception train calibrated`, or a part of it: squats of the shipped model, of which
`calibrated` is asked with their bodies left out. The second table is of a person who sets crease and top of the knee of
both legs exactly where they are.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from real_points import VIEWS, view_of
from real_report import section_put

from depthperception.appearance.features import OUTPUTS, HeadPrediction
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.scale import measure_scale
from depthperception.depth.calibrated import Features, MeasurementModel, fit, legs_at_reference, load_features
from depthperception.depth.evidence import Evidence
from depthperception.depth.leg_model import CREASES, FOLDS, KNEE_TOPS
from depthperception.depth.legs import Sightings, fit_legs, sighted_of, sightings_of
from depthperception.depth.manual import Lines, measure
from depthperception.depth.reading import LARGEST_SD_CM, half_of_90, sd_of
from depthperception.depth.settings import FITTING, LegFitting
from depthperception.depth.surfaces import OFTEN
from depthperception.geometry.pinhole import Pinhole
from depthperception.models import checked_bytes
from depthperception.results import Judgement
from depthperception.surfaces import LEGS
from depthperception.train.calibrated import evidence_of, groups_of, held_out_factor, predict_held_out
from depthperception.train.rendered_squats import Row, load_row, numbered
from depthperception.types import FloatArray
from depthperception.video_facts import VideoFacts

TITLE = "## Where the error comes from"

KNOWN_DEG, KNOWN_SHARE, KNOWN_PX = 0.1, 0.003, 0.3
"""Errors (sd) of what is true: the renderer's own, and enough for the fit to stay regular."""

GRAVITY, AZIMUTH, DISTANCE, KNEES, CREASE, HEIGHT = "gravity", "azimuth", "distance", "knees", "crease", "no height"
CAMERA, POINTS = (GRAVITY, AZIMUTH, DISTANCE), (KNEES, CREASE)

SIN, COS = OUTPUTS.index("azimuth_sin"), OUTPUTS.index("azimuth_cos")

WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("as it is seen", ()),
    ("the lifter's height not given", (HEIGHT,)),
    ("true direction of the camera (azimuth)", (AZIMUTH,)),
    ("true distance and scale", (DISTANCE,)),
    ("true gravity (pitch and roll)", (GRAVITY,)),
    ("true camera: all of these", CAMERA),
    ("true tops of the knees in the picture", (KNEES,)),
    ("true creases in the picture", (CREASE,)),
    ("true creases and tops of the knees", POINTS),
    ("true points and camera", (*POINTS, *CAMERA)),
)

HAND_WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("as it is measured", ()),
    ("with true gravity", (GRAVITY,)),
    ("with the true camera", CAMERA),
)


@dataclass(frozen=True, eq=False)
class Squats:
    """Rows, and of each what the shipped model's features say of it."""

    rows: tuple[Row, ...]
    features: Features
    models: dict[int, MeasurementModel]

    def evidence(self, place: int) -> Evidence:
        """What a row shows."""
        return evidence_of(self.rows[place], HeadPrediction(self.features.seen[place], 0.0))


def read(folder: Path) -> Squats:
    """Rows of a folder that the shipped model knows and does not refuse, and the model without each group of bodies."""
    features, conformal = load_features(checked_bytes("calibrated"))
    groups = groups_of(features)
    models = {int(group): fit(features.take(groups != group), conformal) for group in np.unique(groups)}
    paths = {int(path.stem): path for path in numbered(folder)}
    known = features.take(np.isin(features.seeds, list(paths)))
    of, sd_cm = groups_of(known), np.zeros(len(known.seeds))
    for group, model in models.items():
        if (of == group).any():
            sd_cm[of == group] = model.predict(known.take(of == group))[1]
    known = known.take(sd_cm <= LARGEST_SD_CM)
    return Squats(tuple(load_row(paths[int(seed)]) for seed in known.seeds), known, models)


def seen_with(row: Row, evidence: Evidence, truths: Sequence[str]) -> Evidence:
    """Evidence whose camera, scale and legs hold some truths."""
    azimuth_deg, pitch_deg, roll_deg, _, distance_m = row.camera
    camera, scale = evidence.camera, evidence.scale
    if HEIGHT in truths:
        scale = measure_scale(row.standing, camera, None)
    if GRAVITY in truths:
        camera = replace(camera, pitch_deg=pitch_deg, roll_deg=roll_deg)
        camera = replace(camera, pitch_sd_deg=KNOWN_DEG, roll_sd_deg=KNOWN_DEG)
    if AZIMUTH in truths:
        camera = replace(camera, azimuth_deg=azimuth_deg)
    size_px = picture_of(row)
    if DISTANCE in truths:
        camera = replace(camera, distance_m=distance_m)
        away_m = lifter_camera_of(row.standing, camera, scale, size_px).distance_m
        sources = tuple(replace(one, sd_share=KNOWN_SHARE) for one in scale.sources)
        scale = replace(scale, cm_per_px=100.0 * away_m / row.focal_px, sources=sources)
    eye = lifter_camera_of(row.standing, camera, scale, size_px)
    legs = fit_legs(sightings_with(row, truths), eye, scale, settings=settings_with(truths))
    return replace(evidence, camera=camera, scale=scale, legs=legs)


def settings_with(truths: Sequence[str]) -> LegFitting:
    """Errors that the fit gives the camera, small where it is true."""
    settings = FITTING
    if AZIMUTH in truths:
        settings = replace(settings, azimuth_deg=KNOWN_DEG)
    if DISTANCE in truths:
        settings = replace(settings, distance_share=KNOWN_SHARE)
    return settings


def sightings_with(row: Row, truths: Sequence[str]) -> Sightings:
    """What is seen of the legs, with points that are true; no fold is true, so it goes where the crease is."""
    seen = sightings_of(row.surfaces)
    px, covariance = seen.px.copy(), seen.covariance_px2.copy()
    creases, knees = true_points(row)
    for known, places, true in ((CREASE in truths, CREASES, creases), (KNEES in truths, KNEE_TOPS, knees)):
        if known:
            px[places], covariance[places] = true, KNOWN_PX**2 * np.eye(2)
    kept = np.ones(len(px), bool)
    kept[FOLDS] = CREASE not in truths
    return Sightings(seen.mix[kept], px[kept], covariance[kept], seen.legs)


def true_points(row: Row) -> FloatArray:
    """Creases, then tops of the knees (2, 2, 2) in the picture."""
    eye = Pinhole(row.focal_px, np.array(picture_of(row)) / 2.0)
    return np.array([eye.project(points) for points in row.points_m])


def picture_of(row: Row) -> tuple[int, int]:
    """Width and height, px."""
    return row.scenario.viewpoint.width_px, row.scenario.viewpoint.height_px


def sources(squats: Squats) -> list[str]:
    """The first table."""
    lines = [SOURCES_HEAD, "| --- " * 7 + "|"]
    groups = groups_of(squats.features)
    for words, truths in WAYS:
        seen = [seen_with(row, squats.evidence(k), truths) for k, row in enumerate(squats.rows)]
        legs = np.array([legs_at_reference(one.legs, one.scale) for one in seen])
        features = replace(squats.features, legs=legs)
        cm, sd_cm = np.zeros(len(legs)), np.zeros(len(legs))
        for group, model in squats.models.items():
            if (out := groups == group).any():
                cm[out], sd_cm[out] = model.predict(features.take(out))
        true = squats.features.depth_cm
        cells = [*_said(legs[:, 0] - true, OFTEN * legs[:, 1]), *_said(cm - true, sd_cm)]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return lines


SOURCES_HEAD = "| with | legs: sd | median | covers, width | `calibrated`: sd | median | covers, width |"


def _said(error_cm: FloatArray, sd_cm: FloatArray) -> list[str]:
    inside = (np.abs(error_cm) <= half_of_90(1.0) * sd_cm).mean()
    width_cm = 2.0 * half_of_90(float(np.median(sd_cm)))
    return [f"{error_cm.std():.2f}", f"{np.median(np.abs(error_cm)):.2f}", f"{inside:.2f}, {width_cm:.1f}"]


def by_hand(squats: Squats) -> list[str]:
    """The second table: points set where they are, of both legs, in the bottom's frame."""
    views = np.array([view_of(row.camera[0]) for row in squats.rows])
    said = [np.array([hand(squats, k, truths) for k in range(len(views))]) for _, truths in HAND_WAYS]
    lines = [HAND_HEAD, "| --- " * 9 + "|"]
    for name in ("all", *VIEWS):
        here = (views == name) | (name == "all")
        if here.any():
            as_measured, *better = (_within(*values[here].T) for values in said)
            cells = [f"{here.sum()}", *as_measured, *(cell for one in better for cell in one[:2])]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


HAND_HEAD = (
    "| view | squats | median off | within 1 cm | covers, width | true gravity: median off | within 1 cm "
    "| true camera: median off | within 1 cm |"
)


def _within(error_cm: FloatArray, sd_cm: FloatArray) -> tuple[str, str, str]:
    _, median, inside = _said(error_cm, sd_cm)
    return median, f"{(np.abs(error_cm) <= 1.0).mean():.2f}", inside


def hand(squats: Squats, place: int, truths: Sequence[str]) -> tuple[float, float]:
    """Error and its stated sd, cm, of the mean of both legs when their points are set exactly."""
    row = squats.rows[place]
    size_px = picture_of(row)
    shown = seen_with(row, squats.evidence(place), truths)
    facts = VideoFacts("row", "0" * 64, *size_px, 0, 1.0, 1)
    judged = Judgement(facts, "judged", camera=shown.camera, scale=shown.scale)
    sighted = sighted_of(row.surfaces, lifter_camera_of(row.standing, shown.camera, shown.scale, size_px))
    creases, knees = (dict(zip(LEGS, map(tuple, px.tolist()), strict=True)) for px in true_points(row))
    said = measure(Lines(creases, knees), judged, sighted, settings=settings_with(truths))
    low_cm, high_cm = said.interval90_cm
    return said.cm - float(row.side_depth_cm.mean()), sd_of((low_cm, high_cm))


def stated() -> list[str]:
    """The third table: the error that is stated, and the one that is made, from the surest fifth of all rows on."""
    features, _ = load_features(checked_bytes("calibrated"))
    held_out = predict_held_out(features)
    error_cm, sd_cm = held_out.cm - features.depth_cm, held_out_factor(features, held_out) * held_out.sd_cm
    off_front_deg = np.abs(np.degrees(np.arctan2(features.seen[:, SIN], features.seen[:, COS])))
    fifth = np.searchsorted(np.quantile(sd_cm, [0.2, 0.4, 0.6, 0.8]), sd_cm)
    parts = [(f"fifth {k + 1} of the stated error", fifth == k) for k in range(5)]
    parts += [
        (f"{start} to {start + 30} degrees off the front, either side",
         (off_front_deg >= start) & (off_front_deg < start + 30))
        for start in range(0, 180, 30)
    ]  # fmt: skip
    lines = ["| | squats | sd stated (rms) | error (rms) | covers, width |", "| --- " * 5 + "|"]
    for words, here in parts:
        sizes = [f"{float(np.sqrt((values[here] ** 2).mean())):.2f}" for values in (sd_cm, error_cm)]
        lines.append(f"| {words} | {here.sum()} | {' | '.join(sizes)} | {_said(error_cm[here], sd_cm[here])[2]} |")
    return lines


def report(squats: Squats) -> str:
    """The part of docs/accuracy.md."""
    lines = [TITLE, "", INTRO.format(count=len(squats.rows)), "", *sources(squats), "", BY_HAND, "", *by_hand(squats)]
    return "\n".join([*lines, "", STATED, "", *stated()])


INTRO = """Made by `python benchmarks/error_sources.py ROWS` from {count} of the rendered squats above, bodies left out
and those that are refused; cm at 175 cm. In each line something that is seen is replaced by what is true, and known to
be. The model of `calibrated` is not fitted anew for it. Of the points crease and top of the knee are true, the others
stay as they are seen."""

BY_HAND = """A person who sets both points of both legs exactly where they are, measured as the page does
(`depth/manual.py`), and what a better camera would give him; cm at the lifter's own stature."""

STATED = """Whether the stated error is the one that is made: all rendered squats, bodies left out. The azimuth is the
measured one. Both sides of a view are one row: `calibrated` asks about the mirror image too, so that they differ by
chance alone."""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--table", type=Path, help="a document whose part on these errors is put anew")
    asked = parser.parse_args()
    text = report(read(asked.rows))
    if asked.table:
        document = section_put(asked.table.read_text(encoding="utf-8"), text, TITLE)
        asked.table.write_text(document, encoding="utf-8")
    else:
        print(text)
