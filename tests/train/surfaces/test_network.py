"""The trainable network: it starts as the shipped encoder, draws triangles where they are, and ships as it was."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from depthperception import models
from depthperception.models import open_network
from depthperception.train.onnx_files import declare_outputs

torch = pytest.importorskip("torch")

from depthperception.train.surfaces.network import TAP_CHANNELS, TAPS, Encoder, SurfaceNet  # noqa: E402
from depthperception.train.surfaces.onnx_file import OUTPUTS, state_of, surfaces_model  # noqa: E402
from depthperception.train.surfaces.raster import draw  # noqa: E402

FULL = models.FOLDER / models.specs()["pose_landmark_full"].file


def test_the_encoder_starts_with_the_maps_of_the_file_that_ships() -> None:
    picture = np.random.default_rng(3).random((1, 3, 256, 256), np.float32)
    encoder = Encoder(FULL, TAPS)
    with torch.no_grad():
        mine = [one.numpy() for one in encoder(torch.from_numpy(picture))]
    shapes = {
        name: [1, channels, 64 >> k, 64 >> k]
        for k, (name, channels) in enumerate(zip(encoder.taps, TAP_CHANNELS, strict=True))
    }
    network = open_network(declare_outputs(onnx.load(str(FULL)), shapes).SerializeToString(), threads=1)
    theirs = network.run(list(shapes), {"input_1": picture.transpose(0, 2, 3, 1)})
    for one, other in zip(mine, theirs, strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other).max() < 1e-3 * np.abs(other).max()


def test_a_checkpoint_ships_as_it_was_but_for_half_precision(tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = SurfaceNet(FULL).eval()
    state = tmp_path / "net.pt"
    torch.save(net.state_dict(), state)
    pictures = np.random.default_rng(2).random((2, 3, 320, 320), np.float32)
    with torch.no_grad():
        said = net(torch.from_numpy(pictures))
    model = surfaces_model(state, FULL)
    found = open_network(model.SerializeToString(), threads=1).run(list(OUTPUTS), {"picture": pictures})
    for one, other in zip(found, (said.points, said.spread, said.states), strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other.numpy()).max() < 0.05
    assert [tensor.dims for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT16]


def test_a_file_that_ships_is_read_back_as_it_was() -> None:
    path = models.FOLDER / models.specs()["surfaces"].file
    net = SurfaceNet(FULL).eval()
    net.load_state_dict(state_of(onnx.load(str(path)), net))
    pictures = np.random.default_rng(5).random((2, 3, 320, 320), np.float32)
    with torch.no_grad():
        said = net(torch.from_numpy(pictures))
    found = open_network(path.read_bytes(), threads=1).run(list(OUTPUTS), {"picture": pictures})
    for one, other in zip(found, (said.points, said.spread, said.states), strict=True):
        assert np.abs(one - other.numpy()).max() < 2e-3 * max(1.0, np.abs(one).max())


def test_a_triangle_covers_the_pixels_whose_middles_it_holds_and_the_nearer_one_hides_the_other() -> None:
    # Right angle at (0, 0), legs of 4 px: row k holds the middles k + .5 with x + y < 4.
    corners = torch.tensor([[[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]])
    depth = torch.tensor([[3.0, 3.0, 3.0, 2.0, 2.0, 2.0]])
    seen = draw(corners, depth, torch.tensor([[0, 1, 2], [3, 4, 5]]), 5, both_sides=True)
    y, x = np.mgrid[:5, :5] + 0.5
    assert (seen.hit[0].numpy() == (x + y <= 4.0)).all()
    assert (seen.face[0].numpy() == (x + y <= 2.0)).all()
    assert seen.depth_m[0, 0, 0] == pytest.approx(2.0)
    assert seen.depth_m[0, 2, 0] == pytest.approx(3.0)
