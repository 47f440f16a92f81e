"""Measure every method on rendered squats with known truth and write docs/accuracy.md.

    python benchmarks/accuracy.py ROWS [--out docs/accuracy.md]

ROWS is the folder that `depthperception train calibrated ROWS` fills. `calibrated` is measured on bodies left out; the
other methods learnt nothing from these rows but their intervals' widths.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from error_sources import TITLE as SOURCES
from legs import TITLE as BOTH_LEGS
from real_report import ALONE, TITLE, section_kept
from scipy.special import ndtr

from depthperception import depth
from depthperception.appearance.features import HeadPrediction
from depthperception.depth.reading import LARGEST_SD_CM, REFERENCE_CM
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES
from depthperception.pose.samples import PoseSamples
from depthperception.train.calibrated import evidence_of, groups_of, held_out_factor, predict_held_out, read_features
from depthperception.train.rendered_squats import load_row
from depthperception.types import BoolArray, FloatArray

CLEAR_CM = 2.0
GEOMETRIC = ("side", "floor_plane", "gravity")


@dataclass(frozen=True)
class Table:
    """Truth, circumstances and what each method said, one entry for each rendered squat."""

    truth_cm: FloatArray
    camera: FloatArray
    measured_camera: FloatArray
    plates: BoolArray
    rack: BoolArray
    people: BoolArray
    cut: BoolArray
    group: FloatArray
    cm: dict[str, FloatArray]
    sd_cm: FloatArray
    stature: FloatArray


def measure(folder: Path) -> Table:
    """Let every method measure every row."""
    features = read_features(folder)
    held_out = predict_held_out(features)
    factor = held_out_factor(features, held_out)
    rows = [load_row(folder / f"{seed:06d}.npz") for seed in features.seeds]
    stature = np.array([row.stature_cm for row in rows]) / REFERENCE_CM
    cm: dict[str, list[float]] = {name: [] for name in (*GEOMETRIC, *PEERS)}
    cameras = []
    for row, outputs in zip(rows, features.seen, strict=True):
        evidence = evidence_of(row, HeadPrediction(outputs, 0.0))
        camera = evidence.camera
        cameras.append([camera.azimuth_deg, camera.pitch_deg, camera.roll_deg, camera.height_above_hip_cm or 0.0])
        for name in GEOMETRIC:
            cm[name].append(depth.measure(name, evidence).cm or 0.0)
        for name, rule in PEERS.items():
            cm[name].append(rule(row.bottom))
    return Table(
        truth_cm=features.depth_cm * stature,
        camera=np.array([row.camera for row in rows]),
        measured_camera=np.array(cameras),
        plates=np.array([row.scenario.barbell.plate_radius_m > 0 for row in rows]),
        rack=np.array([row.scenario.room.rack for row in rows]),
        people=np.array([bool(row.scenario.people) for row in rows]),
        cut=features.cut > 0,
        group=groups_of(features).astype(np.float64),
        cm={
            "calibrated": held_out.cm * stature,
            "surfaces": features.legs[:, 0] * stature,
            "appearance": features.seen[:, 0] * stature,
            **{name: np.array(values) for name, values in cm.items()},
        },
        sd_cm=factor * held_out.sd_cm * stature,
        stature=stature,
    )


def knee_angle_deg(world_m: FloatArray) -> float:
    """Mean angle between thigh and shank, 180 straight: what some peers compare with 90."""
    thigh, shank = world_m[HIPS] - world_m[KNEES], world_m[ANKLES] - world_m[KNEES]
    cosine = (thigh * shank).sum(axis=1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shank, axis=1)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))).mean())


def hips_under_knees_px(image_px: FloatArray) -> FloatArray:
    """How far each hip lies under its knee in the picture, px (2,)."""
    return np.asarray(image_px[HIPS, 1] - image_px[KNEES, 1])


PEERS: dict[str, Callable[[PoseSamples], float]] = {
    "one look: mean of hips under mean of knees, in the picture": lambda b: float(
        hips_under_knees_px(b.image_px[0, 0]).mean()
    ),
    "one look: each hip under its knee, in the picture": lambda b: float(hips_under_knees_px(b.image_px[0, 0]).min()),
    "one look: one hip under its knee, in the picture": lambda b: float(hips_under_knees_px(b.image_px[0, 0]).max()),
    "one look: knee angle under 90": lambda b: 90.0 - knee_angle_deg(b.world_m[0, 0]),
}
"""The rules of other tools, which say yes or no: positive is yes."""


def report(table: Table) -> str:
    """The whole of docs/accuracy.md."""
    called = table.sd_cm <= LARGEST_SD_CM
    parts = [HEAD.format(rows=len(table.truth_cm)), methods(table), circumstances(table, called), borderline(table)]
    at_175 = (values / table.stature for values in (table.cm["calibrated"], table.sd_cm, table.truth_cm))
    parts.append(calling(*at_175))
    return "\n".join([*parts, refusal(table), cameras(table), TAIL])


def methods(table: Table) -> str:
    """Every method over all rows."""
    lines = ["## Methods", "", "| method | bias | sd | median | 9 in 10 within | right, 2 cm or more | 4 cm or more |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for name, cm in table.cm.items():
        error = cm - table.truth_cm
        right = [f"{_right(cm, table.truth_cm, limit):.3f}" for limit in (2.0, 4.0)]
        if name in PEERS:
            lines.append(f"| {name} | | | | | {' | '.join(right)} |")
            continue
        numbers = (error.mean(), error.std(), np.median(np.abs(error)), np.percentile(np.abs(error), 90))
        lines.append(f"| {name} | {' | '.join(f'{n:.2f}' for n in numbers)} | {' | '.join(right)} |")
    return "\n".join([*lines, ""])


def circumstances(table: Table, called: BoolArray) -> str:
    """`calibrated` by circumstances."""
    error = np.abs(table.cm["calibrated"] - table.truth_cm)
    inside = error <= 1.645 * table.sd_cm
    lines = ["## calibrated, by circumstances", "", HEADER, "| --- " * 8 + "|"]
    for name, chosen in bands(table):
        n = int(chosen.sum())
        signed = (table.cm["calibrated"] - table.truth_cm)[chosen]
        right = _right(table.cm["calibrated"][chosen], table.truth_cm[chosen], CLEAR_CM)
        width = 2 * 1.645 * float(np.median(table.sd_cm[chosen]))
        lines.append(
            f"| {name} | {n} | {signed.mean():+.2f} | {signed.std():.2f} | {np.median(error[chosen]):.2f} "
            f"| {right:.3f} | {inside[chosen].mean():.2f}, {width:.1f} | {called[chosen].mean():.2f} |"
        )
    return "\n".join([*lines, ""])


HEADER = "| circumstances | squats | bias | sd | median | right, 2 cm or more | interval covers, width | called |"


def bands(table: Table) -> list[tuple[str, BoolArray]]:
    """Named parts of the rows."""
    azimuth, pitch, _, above, distance = table.camera.T
    everything: list[tuple[str, BoolArray]] = [("all", np.ones(len(azimuth), dtype=bool))]
    for start in range(0, 360, 30):
        everything.append((f"azimuth {start} to {start + 30}", (azimuth >= start) & (azimuth < start + 30)))
    conditions: list[tuple[str, Callable[[], BoolArray]]] = [
        ("camera over 40 cm above the hip", lambda: above > 40),
        ("camera within 40 cm of hip height", lambda: np.abs(above) <= 40),
        ("camera over 40 cm below the hip", lambda: above < -40),
        ("nearer than 2 m", lambda: distance < 2),
        ("2 m and more", lambda: distance >= 2),
        ("steeper than 20 degrees", lambda: np.abs(pitch) > 20),
        ("plates", lambda: table.plates),
        ("no plates", lambda: ~table.plates),
        ("rack", lambda: table.rack),
        ("other people", lambda: table.people),
        ("a foot beyond the picture", lambda: table.cut),
        ("well filmed: 2 m and more, under 20 degrees, no rack, alone",
         lambda: (distance >= 2) & (np.abs(pitch) <= 20) & ~table.rack & ~table.people),
        *((f"bodies of group {k}", lambda k=k: table.group == k) for k in range(4)),
    ]  # fmt: skip
    return everything + [(name, condition()) for name, condition in conditions]


def borderline(table: Table) -> str:
    """Verdicts by how close the lift is."""
    lines = ["## Verdicts by how close the lift is", "", "| true depth | squats | calibrated | gravity | side |"]
    lines.append("| --- | --- | --- | --- | --- |")
    size = np.abs(table.truth_cm)
    for low, high in ((0, 1), (1, 2), (2, 4), (4, 8), (8, 99)):
        chosen = (size >= low) & (size < high)
        right = [
            f"{_right(table.cm[m][chosen], table.truth_cm[chosen], 0):.3f}" for m in ("calibrated", "gravity", "side")
        ]
        lines.append(f"| {low} to {high} cm | {chosen.sum()} | {' | '.join(right)} |".replace("8 to 99", "over 8"))
    return "\n".join([*lines, ""])


BANDS = ((0, 99), (0, 1), (1, 2), (2, 4), (4, 8), (8, 99))


def calling(cm: FloatArray, sd_cm: FloatArray, truth_cm: FloatArray) -> str:
    """How many are called, and rightly, by how sure a verdict has to be; cm at a stature of 175 cm."""
    known = sd_cm <= LARGEST_SD_CM
    cm, sd_cm, truth_cm = cm[known], sd_cm[known], truth_cm[known]
    sure_of_side = ndtr(np.abs(cm) / sd_cm)
    right = (cm > 0) == (truth_cm > 0)
    lines = ["## Too close to call", "", CALLING, "", "| true depth, at 175 cm | squats | .5 | .65 | .8 | .9 |"]
    lines.append("| --- " * 6 + "|")
    for low, high in BANDS:
        band = (np.abs(truth_cm) >= low) & (np.abs(truth_cm) < high)
        cells = []
        for sure in (0.5, 0.65, 0.8, 0.9):
            called = band & (sure_of_side >= sure)
            cells.append(f"{called.sum() / band.sum():.2f}, {right[called].mean():.3f}")
        name = "all" if (low, high) == BANDS[0] else f"{low} to {high} cm".replace("8 to 99", "over 8")
        lines.append(f"| {name} | {band.sum()} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


CALLING = """Of what `calibrated` measures: the share that is called and how many of those are right, by how sure a
verdict has to be (`--sure`; .65 is the default, .5 calls everything). The rest is too close to call."""


def refusal(table: Table) -> str:
    """Accuracy when the least certain are refused."""
    order = np.argsort(table.sd_cm)
    lines = [
        "## Accuracy against refusal",
        "",
        "| least certain refused | sd | median | right, all | right, 2 cm or more |",
    ]
    lines.append("| --- | --- | --- | --- | --- |")
    for share in (0, 5, 10, 20, 50):
        kept = order[: round(len(order) * (1 - share / 100))]
        cm, truth = table.cm["calibrated"][kept], table.truth_cm[kept]
        right = [f"{_right(cm, truth, limit):.3f}" for limit in (0.0, 2.0)]
        lines.append(
            f"| {share} % | {(cm - truth).std():.2f} | {np.median(np.abs(cm - truth)):.2f} | {' | '.join(right)} |"
        )
    return "\n".join([*lines, ""])


def cameras(table: Table) -> str:
    """What camera.py measures against what is true."""
    off = table.measured_camera - table.camera[:, :4]
    off[:, 0] = (off[:, 0] + 180.0) % 360.0 - 180.0
    names = ("azimuth, degrees", "pitch, degrees", "roll, degrees", "height above the hip, cm")
    lines = ["## Camera", "", "| | median error | bias | 9 in 10 within |", "| --- | --- | --- | --- |"]
    for name, column in zip(names, off.T, strict=True):
        size = np.abs(column)
        lines.append(f"| {name} | {np.median(size):.1f} | {np.median(column):+.1f} | {np.percentile(size, 90):.1f} |")
    return "\n".join([*lines, ""])


def _right(cm: FloatArray, truth_cm: FloatArray, least_cm: float) -> float:
    chosen = np.abs(truth_cm) >= least_cm
    return float(((cm > 0) == (truth_cm > 0))[chosen].mean()) if chosen.any() else float("nan")


HEAD = """# Accuracy
Made by `python benchmarks/accuracy.py ROWS` from {rows} rendered squats (docs/synth.md): one camera and one bottom
each, 17 bodies and blends of them in four groups, depth -12 to 12 cm, cameras at any azimuth, 0.1 to 2 m high, 1.2 to
8 m away, half of them with a rack, spotters or bystanders, with blur, noise and compression. cm; positive is deeper.
Where a look strays to somebody else it is looked again without the others, and where what is seen stands elsewhere than
the lifter's feet again above them, as in films. If nobody is sighted at his hips either, he is hidden: films refuse
that, and it is no row (3 of 100). What `appearance` says was seen with the others, and by heads that never saw the
bodies (of 28 squats seen again above the feet by the one that ships, which did). `appearance` and `calibrated` are
measured on body groups that they were not trained on (four folds, in both of their steps); the common factor of the
intervals comes from the same predictions. The network of `surfaces` learnt a third to half of what it learnt last from
this renderer, but of other people (models/surfaces.md). What each ingredient adds stands in
[ingredients.md](ingredients.md). The lifter's height is given to every method; the last rows are the yes or no of other
tools' rules on one look of the heavy network. "Covers" is the share of squats inside their 90 %
interval, with its median width; "called" the share that is not refused for a width over 13 cm. Films of real lifters
are at the end.
"""

TAIL = """## What this does not show
- Real lifters. The renders know no real flesh, few clothes, and no true spread of crease and hip over people; what
  real film shows of that stands below.
- Whole videos: a row is one frame at the true bottom. Errors of finding the bottom and of following the lifter come on
  top.
- Which leg is deeper: hardly. The head could not learn it (its error of the difference is 1.03 cm, against 1.02 for
  always saying neither); the fitted legs see a little of it ("Both legs" below). Each leg that is seen has its number,
  with that error in it.
"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "docs" / "accuracy.md")
    chosen = parser.parse_args()
    before = chosen.out.read_text(encoding="utf-8") if chosen.out.exists() else ""
    made = report(measure(chosen.rows))
    for title in (BOTH_LEGS, TITLE, ALONE, SOURCES):
        made = section_kept(before, made, title)
    chosen.out.write_text(made, encoding="utf-8")
    print(f"wrote {chosen.out}")
