"""The head on the frozen pose network: its arithmetic, its symmetry, what it is shown, what training finds."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.appearance.features import CROPS, OUTPUTS, UNITS, combine, maps_of, mirrored, predict
from depthperception.appearance.head import MAP_SHAPE, NAMED_POINTS, convolved, expected_places
from depthperception.errors import DataError
from depthperception.models import checked_bytes, session, specs
from depthperception.models.inner_outputs import with_outputs
from depthperception.pose.blazepose import INNER_MAP, inner_maps
from depthperception.pose.samples import PoseSamples
from depthperception.train.appearance.maps import Maps, maps_of_pictures, read_maps
from depthperception.train.appearance.pictures import JPEG_QUALITY, SIZE_PX
from tests.support.figures import axes, figure, samples


def test_a_network_hands_out_its_inside_and_says_what_it_said_before() -> None:
    import onnxruntime as ort  # noqa: PLC0415

    spec = specs()["pose_landmark_heavy"]
    picture = {"input_1": np.random.default_rng(0).random((1, 256, 256, 3), dtype=np.float32)}
    plain = ort.InferenceSession(checked_bytes(spec), providers=["CPUExecutionProvider"])
    opened = session("pose_landmark_heavy", threads=1)
    names = [output.name for output in plain.get_outputs()]
    assert INNER_MAP not in names
    assert opened.run([INNER_MAP], picture)[0].shape == (1, *MAP_SHAPE)
    for before, after in zip(plain.run(names, picture), opened.run(names, picture), strict=True):
        assert np.array_equal(before, after)


def test_outputs_are_appended_as_a_protocol_buffer_field() -> None:
    # onnx.proto by hand: graph (field 7) { output (12) { name (1) "ab", type (2) { tensor (1) { float } } } }
    assert with_outputs(b"model", ["ab"]) == b"model" + bytes([0x3A, 12, 0x62, 10, 0x0A, 2]) + b"ab" + bytes(
        [0x12, 4, 0x0A, 2, 0x08, 1]
    )
    assert with_outputs(b"model", []) == b"model"
    long = with_outputs(b"", ["x" * 200])
    assert long[:3] == bytes([0x3A, (212 & 0x7F) | 0x80, 212 >> 7])


def test_convolution_is_the_sum_over_neighbours() -> None:
    rng = np.random.default_rng(1)
    x, weight, bias = (rng.normal(size=shape).astype(np.float32) for shape in ((1, 2, 4, 5), (3, 2, 3, 3), (3,)))
    found = convolved(x, weight, bias)
    assert found.shape == (1, 3, 4, 5)
    padded = np.pad(x[0], ((0, 0), (1, 1), (1, 1)))
    assert found[0, 1, 2, 3] == pytest.approx((padded[:, 2:5, 3:6] * weight[1]).sum() + bias[1], abs=1e-5)
    assert found[0, 2, 0, 0] == pytest.approx((padded[:, 0:3, 0:3] * weight[2]).sum() + bias[2], abs=1e-5)


def test_a_point_is_where_the_map_is_bright() -> None:
    logits = np.full((1, 1, 16, 16), -50.0, np.float32)
    logits[0, 0, 3, 12] = 50.0
    places, spread = expected_places(logits)
    assert places[0, 0] == pytest.approx([(12.5 - 8) / 8, (3.5 - 8) / 8], abs=1e-5)
    assert spread[0, 0] == pytest.approx(1e-3, abs=1e-4)
    logits[0, 0, 3, 11] = 50.0
    assert expected_places(logits)[0][0, 0] == pytest.approx([(12 - 8) / 8, (3.5 - 8) / 8], abs=1e-5)


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
    assert there.points_px == pytest.approx(here.points_px + [80.0, 160.0], abs=0.01)


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
    from depthperception.appearance.head import load_head  # noqa: PLC0415
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
    save_head(tmp_path / "head.npz", head, 1.25)
    written = load_head(tmp_path / "head.npz")
    assert written.conformal == 1.25
    again = np.stack([
        written(low.astype(np.float32), high.astype(np.float32)).outputs
        for low, high in zip(maps.bottom[64:68], maps.standing[64:68], strict=True)
    ])  # fmt: skip
    assert again == pytest.approx(said[:4], abs=0.02)
