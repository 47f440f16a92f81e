"""Labels, crops and rates that the detector of plates is trained and judged by."""

from pathlib import Path

import numpy as np
import pytest

from depthperception.barbell.plate_detector import PlateBox
from depthperception.geometry.roi import box_iou
from depthperception.train.plates.dataset import LabelledPicture, pack, unpack
from depthperception.train.plates.evaluation import evaluate, judge_picture, rates_of
from depthperception.train.plates.grouping import held_out, scene_groups
from depthperception.train.plates.labels import read_corrections
from depthperception.train.plates.plans import Planner
from depthperception.types import FloatArray, Picture


def gym(seed: int) -> Picture:
    """A picture with blocks of colour that no other seed has."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 6, 3))
    return np.asarray(np.kron(blocks, np.ones((40, 40, 1))), np.uint8)


def found(box: tuple[float, ...], score: float) -> PlateBox:
    return PlateBox(np.array(box), score)


def test_a_mirrored_and_dimmed_copy_is_the_same_scene() -> None:
    copy = np.asarray(gym(1)[:, ::-1] * 0.8, np.uint8)
    groups = scene_groups([gym(1), gym(2), copy], ["a.jpg", "b.jpg", "c.jpg"])
    assert groups.tolist() == [0, 1, 0]


def test_whole_scenes_are_held_out_and_long_videos_are_not() -> None:
    groups = np.repeat(np.arange(21), [40, *[3] * 20])
    test = held_out(groups, share=0.2, most=12, seed=0)
    assert not test[groups == 0].any()
    assert all(test[groups == scene].all() or not test[groups == scene].any() for scene in range(21))
    assert test.sum() == 18  # six scenes of three are all of a fifth of 100 that whole scenes fill


def test_corrections_are_boxes_within_their_picture() -> None:
    corrections = read_corrections()
    assert len(corrections) == 542
    boxes = np.concatenate([boxes for boxes, _ in corrections.values()])
    assert boxes.min() >= 0.0
    assert boxes.max() <= 1.0
    assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_packed_pictures_keep_their_boxes(tmp_path: Path) -> None:
    one = LabelledPicture(gym(1), np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([False]), 0, rendered=False)
    two = LabelledPicture(gym(2), np.empty((0, 4)), np.empty(0, bool), 1, rendered=True)
    pack(tmp_path / "a.npz", [one, two])
    data = unpack(tmp_path / "a.npz", tmp_path / "a.npz")
    assert data.owners.tolist() == [0, 2]
    assert data.groups.tolist() == [0, 1, 2, 3]
    assert data.rendered.tolist() == [False, True, False, True]
    np.testing.assert_allclose(data.plates_of(2)[0], one.boxes, atol=1e-6)


def plate_picture(centre: tuple[float, float], halves: tuple[float, float]) -> tuple[Picture, FloatArray]:
    """A white ellipse on black, 200 px, and its box."""
    y, x = np.mgrid[:200, :200] + 0.5
    inside = ((x - centre[0]) / halves[0]) ** 2 + ((y - centre[1]) / halves[1]) ** 2 < 1.0
    box = np.array([*np.subtract(centre, halves), *np.add(centre, halves)])
    return np.asarray(np.repeat(inside[..., None], 3, axis=2) * 255, np.uint8), box


def test_a_crop_carries_the_box_of_a_plate_with_its_pixels(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from depthperception.train.plates.canvas import GREY, Sources, draw  # noqa: PLC0415

    picture, box = plate_picture((90.0, 110.0), (30.0, 50.0))
    pack(
        tmp_path / "plate.npz",
        [LabelledPicture(picture, box[None] / 200, np.array([False]), 0, rendered=False)],
        quality=100,
    )
    data = unpack(tmp_path / "plate.npz")
    planner, rng = Planner(data, 256), np.random.default_rng(3)
    sources = Sources.of(data.pictures, torch.device("cpu"))
    checked = 0
    for _ in range(40):
        plan = planner.plan(rng)
        whole = [b for b in plan.boxes if b.min() > 1.0 and b.max() < 255.0]
        if len(plan.parts) != 1 or len(whole) != 1:
            continue
        canvas = draw(sources, [plan], 256)[0, 0].numpy()
        rows, columns = np.nonzero(canvas > (GREY + 255.0) / 2)
        seen = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
        np.testing.assert_allclose(seen, whole[0], atol=2.5)
        checked += 1
    assert checked > 5


def test_rates_of_a_worked_example() -> None:
    boxes = np.array([[0.0, 0.0, 10.0, 10.0], [20.0, 0.0, 30.0, 10.0], [50.0, 0.0, 60.0, 10.0]])
    ignored = np.array([False, False, True])
    finds = [
        found((0, 0, 10, 10), 0.9),  # right
        found((1, 0, 11, 10), 0.8),  # the same plate again: wrong
        found((50, 0, 60, 10), 0.7),  # ignored
        found((20, 0, 30, 14), 0.6),  # IoU 100 / 140: right
    ]
    verdicts = judge_picture(finds, boxes, ignored, group=0)
    assert verdicts.right.tolist() == [True, False, True]
    rates = rates_of([verdicts], threshold=0.5)
    assert rates.precision == pytest.approx(2 / 3)
    assert rates.recall == pytest.approx(1.0)
    assert rates.average_precision == pytest.approx((1.0 + 2 / 3) / 2)


def test_the_interval_covers_scenes_not_pictures() -> None:
    box = np.array([[0.0, 0.0, 10.0, 10.0]])
    right, wrong = found((0, 0, 10, 10), 0.9), found((30, 0, 40, 10), 0.9)
    scenes = [[judge_picture([each], box, np.array([False]), k)] * 50 for k, each in enumerate([right, wrong])]
    got = evaluate([*scenes[0], *scenes[1]], threshold=0.5)
    assert (got.pictures, got.scenes) == (100, 2)
    assert (got.low.precision, got.rates.precision, got.high.precision) == (0.0, 0.5, 1.0)


def test_overlap_of_boxes() -> None:
    assert box_iou(np.array([0.0, 0.0, 2.0, 2.0]), np.array([1.0, 0.0, 3.0, 2.0])) == pytest.approx(1 / 3)
    assert box_iou(np.array([0.0, 0.0, 1.0, 1.0]), np.array([2.0, 2.0, 3.0, 3.0])) == 0.0
