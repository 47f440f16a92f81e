"""Train the detector of plates: packed pictures in, network out.

    python -m depthperception.train.plates OUT TRAIN.npz [RENDERED.npz ...] --backbone efficientnet-lite0.pth

Writes plates_network.pt (the trained state) and plates.onnx into OUT.
"""

import argparse
import logging
import time
from pathlib import Path

import torch

from depthperception.models import specs, toml_lines
from depthperception.train.plates.dataset import unpack
from depthperception.train.plates.export import export
from depthperception.train.plates.training import TrainingOptions, train

_LOG = logging.getLogger(__name__)

STARTING_S = 8.0
"""Until the first batch is drawn: the processes that plan pictures import this module anew."""


def main() -> None:
    """Read the arguments, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("packs", type=Path, nargs="+")
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=TrainingOptions.seconds)
    parser.add_argument("--steps", type=int, default=TrainingOptions.steps)
    parser.add_argument("--batch", type=int, default=TrainingOptions.batch)
    parser.add_argument("--side-px", type=int, default=TrainingOptions.side_px)
    parser.add_argument("--rendered-share", type=float, default=TrainingOptions.rendered_share)
    parser.add_argument("--memory", type=float, default=TrainingOptions.memory)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ends-at", type=float, default=float("inf"), help="Unix time at which training ends at last")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    torch.backends.cudnn.benchmark = True
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    data = unpack(*given.packs)
    _LOG.info("%d pictures, %d rendered, on %s", len(data.pictures), int(data.rendered.sum()), device)
    options = TrainingOptions(
        seconds=min(given.seconds, given.ends_at - time.time() - STARTING_S),
        steps=given.steps,
        batch=given.batch,
        side_px=given.side_px,
        rendered_share=given.rendered_share,
        memory=given.memory,
    )
    backbone = torch.load(given.backbone, map_location="cpu", weights_only=True)
    network = train(data, {name: value.float() for name, value in backbone.items()}, options, device)
    given.out.mkdir(parents=True, exist_ok=True)
    torch.save(network.half().cpu().state_dict(), given.out / "plates_network.pt")
    path = given.out / specs()["plates"].file
    export(network, path)
    _LOG.info("wrote %s; to ship it, models.toml must say:\n%s", path, toml_lines("plates", path))


if __name__ == "__main__":
    main()
