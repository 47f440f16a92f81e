"""Rendered training data: rows and pictures hold what is true, and survive their files."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.appearance.features import combine
from depthperception.errors import DataError, MissingExtraError
from depthperception.synth.stills import Studio
from depthperception.train.appearance.pictures import SIZE_PX, make_pictures
from depthperception.train.calibrated import make_rows, read_features
from depthperception.train.rendered_squats import HELD_OUT, load_row

SEEDS = (3, 4)
"""Of two body groups; both see the lifter well."""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        Studio(samples=0)
    except MissingExtraError as problem:
        pytest.skip(str(problem))
    folder = tmp_path_factory.mktemp("rows")
    make_rows(folder, SEEDS)
    return folder


def test_rows_hold_looks_truth_and_maps(rows: Path) -> None:
    row = load_row(rows / "000003.npz")
    assert row.bottom.image_px.shape == (1, 8, 33, 2)
    assert row.maps.shape == (2, 2, 192, 16, 16)
    asked = row.scenario.attempt.reps[0].depth_cm
    assert row.side_depth_cm.mean() == pytest.approx(asked, abs=0.01)


def test_rows_need_a_head_that_never_saw_their_bodies(rows: Path) -> None:
    (rows / HELD_OUT).unlink(missing_ok=True)
    with pytest.raises(DataError, match="train appearance"):
        read_features(rows)
    said = np.random.default_rng(0).normal(size=(2, 2, 9))
    np.savez(rows / HELD_OUT, allow_pickle=False, seeds=np.array(SEEDS[::-1]), outputs=said[::-1])
    features = read_features(rows)
    assert features.seeds.tolist() == list(SEEDS)
    assert features.described.shape == (2, 2, 146)
    assert features.seen[1] == pytest.approx(combine(said[1:]).outputs, rel=1e-6)
    row = load_row(rows / "000004.npz")
    assert features.depth_cm[1] == pytest.approx(row.side_depth_cm.mean() * 175 / row.stature_cm, rel=1e-6)


def test_pictures_show_the_lifter_where_their_points_say(rows: Path, tmp_path: Path) -> None:
    make_pictures(tmp_path, [3])
    with np.load(tmp_path / "000003.npz") as stored:
        picture = cv2.imdecode(stored["bottom_jpg"], cv2.IMREAD_COLOR)
        points = stored["bottom_px"]
        assert picture is not None
        assert picture.shape == (SIZE_PX, SIZE_PX, 3)
        assert stored["depth"] == pytest.approx(load_row(rows / "000003.npz").side_depth_cm)
    # The square is centred on the middle of hips and knees, points 4 to 7.
    assert points[4:8].mean(axis=0) == pytest.approx([SIZE_PX / 2, SIZE_PX / 2], abs=12.0)
    crease, knee_top = points[:2].mean(axis=0), points[2:4].mean(axis=0)
    assert np.linalg.norm(crease - knee_top) < SIZE_PX / 2
