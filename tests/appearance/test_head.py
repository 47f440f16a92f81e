"""The head on the frozen pose network: its arithmetic, its symmetry, what it is shown, what training finds."""

from pathlib import Path
from unittest.mock import MagicMock

import cv2
import numpy as np
import pytest

from depthperception.appearance.features import CROPS, OUTPUTS, UNITS, combine, maps_of, mirrored, predict, predicting
from depthperception.appearance.head import MAP_SHAPE, NAMED_POINTS, Head
from depthperception.errors import DataError
from depthperception.models import open_network
from depthperception.pose.blazepose import inner_maps
from depthperception.pose.samples import PoseSamples
from depthperception.train.appearance.maps import Maps, maps_of_pictures, read_maps
from depthperception.train.appearance.onnx_head import head_model
from depthperception.train.appearance.pictures import JPEG_QUALITY, SIZE_PX
from tests.support.figures import axes, figure, samples


def made_up_weights() -> dict[str, np.ndarray]:
    """A head whose first point is where channel 5, and a copy of it one cell to the right, is bright.

    Outputs: the bottom point's y and ten times the standing one's x; the spread of that; the mean of the bottom's map;
    a quarter more of each.
    """
    weights: dict[str, np.ndarray] = {"read.0.bias": np.zeros(6), "read.1.bias": np.zeros(6)}
    for name, points in (("bottom", 20), ("standing", 18)):
        enter, here, right = np.zeros((4, MAP_SHAPE[0], 1, 1)), np.zeros((4, 4, 3, 3)), np.zeros((4, 4, 3, 3))
        where = np.zeros((points, 4, 1, 1))
        enter[0, 5] = here[0, 0, 1, 1] = right[0, 0, 1, 0] = where[0, 0] = 1.0
        layers = {"enter": enter, "1.a": here, "1.b": right, "where": where}
        weights |= {f"{name}.{layer}.weight": weight for layer, weight in layers.items()}
        weights |= {f"{name}.{layer}.bias": np.zeros(len(weight)) for layer, weight in layers.items()}
    # A branch says x and y of its points, their spreads, and the means of its 4 channels.
    standing = 3 * 20 + 4
    first, last = np.zeros((6, standing + 3 * 18 + 4)), np.zeros((len(OUTPUTS), 6))
    parts = [(1, 1.0), (1, -1.0), (standing, 1.0), (standing, -1.0), (standing + 2 * 18, 1.0), (3 * 20, 1.0)]
    for row, (column, sign) in enumerate(parts):
        first[row, column] = sign
    last[0, :4], last[1, 4], last[2, 5] = [1.0, -1.0, 10.0, -10.0], 1.0, 1.0
    weights |= {"read.0.weight": first, "read.1.weight": np.eye(6), "read.2.weight": last}
    return weights | {"read.2.bias": np.full(len(OUTPUTS), 0.25)}


def test_a_point_is_where_the_map_is_bright_and_outputs_are_read_off_points() -> None:
    head = Head(open_network(head_model(made_up_weights(), 1.5).SerializeToString(), threads=1))
    assert head.conformal == 1.5
    bottom, standing = (np.zeros((2, *MAP_SHAPE), np.float32) for _ in range(2))
    bottom[:, 5, 3, 12] = standing[0, 5, 8, 2] = standing[1, 5, 8, 2:4] = 100.0
    said = head(bottom, standing)
    assert said.bottom.shape == said.standing.shape == (2, NAMED_POINTS, 2)
    # With the copy to the right cells 12 and 13 are alike; standing 2 and 3 are, or 3 is brightest (both add up there).
    y = (3.5 - 8) / 8
    assert said.bottom[:, 0] == pytest.approx(np.array([[(13 - 8) / 8, y]] * 2), abs=1e-5)
    x = np.array([(3 - 8) / 8, (3.5 - 8) / 8])
    assert said.standing[:, 0] == pytest.approx(np.column_stack([x, [0.5 / 8] * 2]), abs=1e-5)
    assert said.standing[:, 1] == pytest.approx(np.zeros((2, 2)), abs=1e-5)
    assert said.outputs[:, 0] == pytest.approx(0.25 + y + 10 * x, abs=1e-4)
    # Half a cell to each side, or the least that is said.
    assert said.outputs[:, 1] == pytest.approx([0.25 + 1 / 16, 0.25 + 1e-3], abs=1e-4)
    assert said.outputs[:, 2] == pytest.approx([0.25 + 200 / 256] * 2, abs=1e-5)
    assert said.outputs[:, 3:] == pytest.approx(np.full((2, len(OUTPUTS) - 3), 0.25))


def test_what_the_mirror_turns_round_is_turned_back() -> None:
    said = np.zeros((1, 2, len(OUTPUTS)))
    said[0, 0] = [1, 0.5, 1, 1, 1, 0.6, 0.8, 1, 1]
    said[0, 1] = [0, 0.5, -1, 1, -1, -0.6, 0.8, 1, 1]
    seen = combine(said)
    assert seen.outputs == pytest.approx(np.array([0.5, 0.5, 1, 1, 1, 0.6, 0.8, 1, 1]) * UNITS)
    assert seen.spread_cm == pytest.approx(3.0)
    points = np.arange(2.0 * NAMED_POINTS).reshape(-1, 2)
    assert mirrored(points)[:2] == pytest.approx(np.array([[-2.0, 3.0], [0.0, 1.0]]))


def test_it_is_shown_hips_and_knees_in_the_middle_and_the_mirror_image_too() -> None:
    bottom, standing = samples(figure(95.0), axes(60.0)), samples(figure(0.0), axes(60.0))
    low, high = maps_of(bottom, standing)
    assert low.shape == (1, 2, *MAP_SHAPE)
    assert high.shape == (2, *MAP_SHAPE)
    moved = [
        PoseSamples(**{**vars(c), "image_px": c.image_px + [80.0, 160.0], "parts": tuple(
            type(part)(part.picture, part.left_px + 80, part.top_px + 160, part.step) for part in c.parts)})
        for c in (bottom, standing)
    ]  # fmt: skip
    assert maps_of(*moved)[0] == pytest.approx(low)
    here, there = predict(bottom, standing), predict(*moved)
    assert there.outputs == pytest.approx(here.outputs, abs=1e-3)


def test_the_lifter_standing_is_looked_at_once_for_all_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    bottom, standing = samples(figure(95.0), axes(60.0)), samples(figure(0.0), axes(60.0))
    alone, look = predict(bottom, standing), MagicMock(wraps=inner_maps)
    monkeypatch.setattr("depthperception.appearance.features.inner_maps", look)
    predicted = predicting(standing)
    assert [predicted(bottom).outputs.tolist() for _ in range(2)] == [alone.outputs.tolist()] * 2
    assert look.call_count == 3


def test_pictures_are_shown_with_their_points(tmp_path: Path) -> None:
    """A white dot on black must be where the points say it is, plainly and in the mirror, whatever the jitter."""
    stored: dict[str, np.ndarray] = {"depth": np.array([3.0, 1.0]), "camera": np.array([40.0, 5.0, 1.0, 20.0, 3.0])}
    for moment in CROPS:
        picture = np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8)
        cv2.circle(picture, (210, 170), 6, (255, 255, 255), -1)
        code = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].ravel()
        stored |= {f"{moment}_jpg": code, f"{moment}_px": np.full((18, 2), [210.5, 170.5])}
    path = tmp_path / "000123.npz"
    np.savez(path, allow_pickle=False, stature=np.array(175.0), **stored)
    shown: list[np.ndarray] = []

    def watched(crops: list[np.ndarray]) -> np.ndarray:
        shown.extend(crops)
        return inner_maps(crops)

    found = maps_of_pictures(path, watched)
    for moment, crop in zip(CROPS, shown[::2], strict=True):
        y, x = np.argwhere(crop[..., 0] > 128).mean(axis=0) + 0.5
        assert found[f"{moment}_points"][0] == pytest.approx([x / 128 - 1, y / 128 - 1], abs=0.01)
    assert np.array_equal(shown[1], shown[0][:, ::-1])
    with pytest.raises(DataError, match="body group"):
        read_maps(tmp_path)


def made_up_maps(count: int) -> Maps:
    """Maps in which one channel is bright at a height that is the depth, and noise everywhere."""
    rng = np.random.default_rng(4)
    bottom = rng.normal(size=(count, 2, *MAP_SHAPE)).astype(np.float16)
    row = rng.integers(2, 14, count)
    for i, y in enumerate(row):
        bottom[i, :, 5, y, 4:12] += 8.0
    depth = np.zeros((count, 2, 2))
    depth[:, :, 0] = row[:, None] - 8.0
    camera = np.tile([40.0, 5.0, 1.0, 20.0, 3.0], (count, 2, 1))
    points = np.zeros((count, 2, 18, 2))
    return Maps(np.arange(count), bottom, np.zeros_like(bottom), points, points, depth, camera)


def test_training_finds_what_is_there_and_the_written_head_says_the_same(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the head is trained with PyTorch: pip install 'depthperception[head]'")
    from depthperception.train.appearance.training import (  # noqa: PLC0415
        Schedule,
        outputs_of,
        save_head,
        train_head,
    )

    maps = made_up_maps(96)
    head = train_head(maps, np.arange(64), Schedule(epochs=12, batch=16))
    said = outputs_of(head, maps.bottom[64:], maps.standing[64:])
    depth = said[..., 0].mean(axis=1) * UNITS[0]
    assert np.abs(depth - maps.depth[64:, 0, 0]).mean() < 0.5 * np.abs(maps.depth[64:, 0, 0]).mean()
    save_head(tmp_path / "head.onnx", head, 1.25)
    written = Head(open_network((tmp_path / "head.onnx").read_bytes(), threads=1))
    assert written.conformal == 1.25
    again = np.stack([
        written(low.astype(np.float32), high.astype(np.float32)).outputs
        for low, high in zip(maps.bottom[64:68], maps.standing[64:68], strict=True)
    ])  # fmt: skip
    assert again == pytest.approx(said[:4], abs=0.02)
