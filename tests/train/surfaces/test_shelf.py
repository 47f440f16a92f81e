"""Pictures on a shelf: points stay on what they mark, and training goes on from the file that ships."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import depthperception  # noqa: E402
from depthperception.surfaces import COUNT  # noqa: E402
from depthperception.train.surfaces.going_on import VARIANT, Shelves, go_on  # noqa: E402
from depthperception.train.surfaces.photos import Photos  # noqa: E402
from depthperception.train.surfaces.shelf import TOGETHER, Shelf, painted, render_shelf, rendered  # noqa: E402
from depthperception.train.surfaces.stills import WINDOW_PX, RenderedStill  # noqa: E402
from depthperception.train.surfaces.training import Plan  # noqa: E402

MODELS = Path(depthperception.__file__).parent / "models"

SPOT = (330.0, 300.0)
"""Of all points of the pictures below, px of the window: a white disc on grey."""


def window() -> RenderedStill:
    y, x = np.mgrid[:WINDOW_PX, :WINDOW_PX] + 0.5
    disc = np.hypot(x - SPOT[0], y - SPOT[1]) < 14.0
    picture = np.where(disc[..., None], 255, 90).astype(np.uint8).repeat(3, axis=-1)
    return RenderedStill(picture, np.tile(SPOT, (COUNT, 1)), np.zeros(COUNT, np.int64), 200.0)


@pytest.fixture
def shelves(tmp_path: Path) -> Shelves:
    """One file of each kind, with the disc in every picture."""
    render_shelf(tmp_path / "rendered", iter([window()] * TOGETHER), 1)
    file = torch.load(tmp_path / "rendered" / "000000.pt", weights_only=True)
    file["picture"] = torch.nn.functional.interpolate(file["picture"].permute(0, 3, 1, 2) / 255.0, (512, 512)).half()
    file["points_px"] *= 512.0 / WINDOW_PX
    file["lifter"] = torch.ones(TOGETHER)
    for name in ("painted", "held"):
        (tmp_path / name).mkdir()
        torch.save(file, tmp_path / name / "000000.pt")
    return Shelves(tmp_path / "painted", tmp_path / "rendered", tmp_path / "held")


@pytest.mark.parametrize("kind", ["painted", "rendered"])
def test_points_stay_on_what_they_mark_however_a_picture_is_cut_out(shelves: Shelves, kind: str) -> None:
    torch.manual_seed(3)
    photos = Photos.none(torch.device("cpu"))
    batch = {"painted": painted, "rendered": rendered}[kind](Shelf(getattr(shelves, kind)).take(TOGETHER), photos)
    there = torch.nn.functional.grid_sample(batch.picture, batch.points[:, None, :1], align_corners=False)
    around = batch.picture.flatten(2).median(dim=-1).values
    seen = batch.state[:, 0] == 0
    brighter = (there[:, :, 0, 0] - around).mean(1)[seen]
    assert seen.sum() > TOGETHER // 2
    assert (brighter > 0.05).float().mean() > 0.9


def test_files_are_taken_as_often_as_each_other_and_none_is_overwritten(tmp_path: Path) -> None:
    render_shelf(tmp_path, iter([window()] * 3 * TOGETHER), 2)
    render_shelf(tmp_path, iter([window()] * TOGETHER), 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000000.pt", "000001.pt", "000002.pt"]
    shelf = Shelf(tmp_path)
    for _ in range(2 * 3):
        shelf.take(TOGETHER // 4)
    assert len(shelf.take(1)) == 1


def test_training_goes_on_from_the_file_that_ships(shelves: Shelves, tmp_path: Path) -> None:
    plan = Plan(
        seconds=0.01, variants=(VARIANT,), out=tmp_path / "out", photos=None, processes=1, batch=2,
        weights=MODELS / "pose_landmark_full.onnx", start_from=MODELS / "surfaces.onnx",
    )  # fmt: skip
    go_on(plan, shelves)
    learnt = torch.load(tmp_path / "out" / "onwards.pt", weights_only=True)
    assert all(bool(torch.isfinite(value).all()) for value in learnt.values())
    assert "height_sd" in (tmp_path / "out" / "log.jsonl").read_text(encoding="utf-8")
