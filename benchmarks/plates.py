"""Measure the detector of plates on pictures that it has not seen: real ones with boxes, and frames of real clips.

    python benchmarks/plates.py [--shared ../shared] [--model NETWORK.onnx] [--look FOLDER]

Prints a table of precision and recall on the held-out scenes of ../shared/plates, then one of the clips of
../shared/clips: labelled plates found, and false finds in clips without a bar. The clips' boxes judge only; nothing was
learnt from them or chosen by them. `--look` writes the pictures with what was found and what was there.
"""

import argparse
import json
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from depthperception.barbell.plate_detector import LEAST_SCORE, PlateBox, detect_plates
from depthperception.geometry.roi import box_iou
from depthperception.models import session
from depthperception.train.plates.evaluation import MATCH_IOU, Evaluation, evaluate, judge_picture
from depthperception.train.plates.labels import read_set
from depthperception.types import FloatArray, Picture
from depthperception.video import frames

TOLD_FROM = 0.05
"""Finds from this score on enter the average precision."""

THRESHOLDS = (0.2, 0.3, 0.4, 0.5)

EVERY_S = 1.0
"""Of clips without a bar one picture a second is looked at."""

GREEN, RED, YELLOW = (0, 220, 0), (230, 40, 40), (240, 220, 0)


@dataclass(frozen=True, eq=False)
class Look:
    """A picture, what was found in it, and what is there (n, 4)."""

    name: str
    picture: Picture
    found: tuple[PlateBox, ...]
    boxes_px: FloatArray


def real_pictures(shared: Path, network: ort.InferenceSession) -> tuple[dict[float, Evaluation], list[Look]]:
    """Rates on the held-out scenes by threshold, and what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(shared / "plates" / "gym_barbell_train.tar") as archive:
            archive.extractall(folder, filter="data")
        _, test = read_set(Path(folder) / "Gym_barbell-1" / "train")
    looks, verdicts = [], []
    for k, each in enumerate(test):
        boxes = each.boxes * np.tile(each.picture.shape[1::-1], 2)
        found = detect_plates(each.picture, least_score=TOLD_FROM, network=network)
        verdicts.append(judge_picture(found, boxes, each.ignored, each.group))
        looks.append(Look(f"picture_{k:03d}", each.picture, found, boxes[~each.ignored]))
    return {threshold: evaluate(verdicts, threshold) for threshold in THRESHOLDS}, looks


def labelled_clips(shared: Path, network: ort.InferenceSession) -> list[Look]:
    """The frames of clips whose plates a rater has boxed."""
    looks = []
    for path, row in _clips(shared):
        if row.get("plates"):
            time_s = float(row["plates_t_s"])
            picture = min(
                frames(path, start_s=max(0.0, time_s - 0.5), end_s=time_s + 0.5),
                key=lambda frame: abs(frame.time_s - time_s),
            ).rgb()
            found = detect_plates(picture, network=network)
            looks.append(Look(row["name"], picture, found, np.array(row["plates"], dtype=np.float64)))
    return looks


def barless_clips(shared: Path, network: ort.InferenceSession) -> list[Look]:
    """One frame a second of the clips that show no bar."""
    looks = []
    for path, row in _clips(shared):
        if not row["barbell"]:
            for frame in frames(path, every_s=EVERY_S):
                picture = frame.rgb(960)
                found = detect_plates(picture, network=network)
                looks.append(Look(f"{row['name']}_{frame.time_s:05.1f}", picture, found, np.empty((0, 4))))
    return looks


def _clips(shared: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    folder = shared / "clips"
    for row in json.loads((folder / "labels.json").read_text(encoding="utf-8")):
        yield next(folder.glob(f"{row['name']}.*")), row


def matched(look: Look) -> int:
    """How many of a picture's plates a find overlaps by the half."""
    return sum(any(box_iou(find.box_px, box) >= MATCH_IOU for find in look.found) for box in look.boxes_px)


def print_pictures(rates: dict[float, Evaluation]) -> None:
    """One row a threshold."""
    one = next(iter(rates.values()))
    print(f"Held-out pictures: {one.pictures} of {one.scenes} scenes, {one.plates} plates; IoU {MATCH_IOU:g}\n")
    print("| threshold | precision | recall | average precision |\n| --- | --- | --- | --- |")
    for threshold, got in rates.items():
        cells = [
            f"{getattr(got.rates, name):.3f} ({getattr(got.low, name):.3f} to {getattr(got.high, name):.3f})"
            for name in ("precision", "recall", "average_precision")
        ]
        print(f"| {threshold:g} | {' | '.join(cells)} |")


def print_clips(labelled: Sequence[Look], barless: Sequence[Look]) -> None:
    """Labelled plates clip by clip, and false finds by score."""
    print(f"\n| clip | plates | found | finds from {LEAST_SCORE:g} on |\n| --- | --- | --- | --- |")
    for look in labelled:
        print(f"| {look.name} | {len(look.boxes_px)} | {matched(look)} | {len(look.found)} |")
    print(f"\nClips with a labelled plate found: {sum(matched(look) > 0 for look in labelled)} of {len(labelled)}")
    print(f"\nPictures of clips without a bar: {len(barless)}")
    for threshold in THRESHOLDS:
        false = [find for look in barless for find in look.found if find.score >= threshold]
        if threshold >= LEAST_SCORE:
            print(f"False finds from {threshold:g} on: {len(false)}, {len(false) / max(1, len(barless)):.3f} a picture")


def write_looks(folder: Path, looks: Sequence[Look]) -> None:
    """Draw what was found (green from the threshold on, red below) over what is there (yellow)."""
    folder.mkdir(parents=True, exist_ok=True)
    for look in looks:
        picture = look.picture.copy()
        thick = max(1, round(max(picture.shape) / 500))
        drawn = [(box, YELLOW, "") for box in look.boxes_px]
        drawn += [
            (find.box_px, GREEN if find.score >= LEAST_SCORE else RED, f"{find.score:.2f}") for find in look.found
        ]
        for box, colour, words in drawn:
            x0, y0, x1, y1 = (round(float(v)) for v in box)
            cv2.rectangle(picture, (x0, y0), (x1, y1), colour, thick)
            cv2.putText(picture, words, (x0, max(12, y0 - 3)), cv2.FONT_HERSHEY_SIMPLEX, 0.4 * thick, colour, thick)
        cv2.imwrite(str(folder / f"{look.name}.png"), picture[:, :, ::-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--model", type=Path, help="another network than the shipped one")
    parser.add_argument("--look", type=Path, help="folder for pictures of what was found")
    given = parser.parse_args()
    network = session("plates", threads=1) if given.model is None else ort.InferenceSession(given.model)
    rates, pictures = real_pictures(given.shared, network)
    print_pictures(rates)
    labelled, barless = labelled_clips(given.shared, network), barless_clips(given.shared, network)
    print_clips(labelled, barless)
    if given.look is not None:
        write_looks(given.look, [*pictures, *labelled, *(look for look in barless if look.found)])


if __name__ == "__main__":
    main()
