"""Train the network that sees crease and top of the knee, or check a machine for it.

    python tools/train_surfaces.py train OUT --seconds 3600 --variants slow,tuned --photos photos.npz
    python tools/train_surfaces.py check OUT --photos photos.npz
    python tools/train_surfaces.py pack FOLDER photos.npz
    python tools/train_surfaces.py export OUT/tuned320.pt surfaces.onnx

Needs torch, onnx and opencv. One GPU, or patience: with `--processes 2 --batch 16` two cores go on from the last
checkpoints in OUT with `--resume` night after night. OUT gets log.jsonl and one .pt a variant.
"""

import argparse
import logging
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # many processes share the cores; torch's own threads are set below

import cv2
import onnx
import torch

import depthperception
from depthperception.models import toml_lines
from depthperception.train.surfaces.checking import check
from depthperception.train.surfaces.onnx_file import surfaces_model
from depthperception.train.surfaces.photos import pack
from depthperception.train.surfaces.training import VARIANTS, Plan, train

WEIGHTS = Path(depthperception.__file__).parent / "models" / "pose_landmark_full.onnx"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("train", "check"):
        one = commands.add_parser(name)
        one.add_argument("out", type=Path)
        one.add_argument("--seconds", type=float, default=60.0)
        one.add_argument("--photos", type=Path)
        one.add_argument("--variants", default="slow")
        one.add_argument("--processes", type=int, default=max((os.cpu_count() or 2) - 1, 1))
        one.add_argument("--batch", type=int, default=96)
        one.add_argument("--capacity", type=int, default=16384)
        one.add_argument("--paint", type=int, default=512)
        one.add_argument("--size", type=int, default=320)
        one.add_argument("--uses", type=int, default=2)
        one.add_argument("--held", type=int, default=256)
        one.add_argument("--seed", type=int, default=0)
        one.add_argument("--threads", type=int, default=1)
        one.add_argument("--resume", action="store_true")
    packing = commands.add_parser("pack")
    packing.add_argument("folder", type=Path)
    packing.add_argument("out", type=Path)
    exporting = commands.add_parser("export")
    exporting.add_argument("state", type=Path)
    exporting.add_argument("out", type=Path)
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if told.command == "pack":
        logging.info("%d pictures", pack(told.folder, told.out))
        return
    if told.command == "export":
        onnx.save(surfaces_model(told.state, WEIGHTS), told.out)
        print(toml_lines("surfaces", told.out))
        return
    torch.set_num_threads(told.threads)
    cv2.setNumThreads(1)
    plan = Plan(
        seconds=told.seconds,
        variants=tuple(VARIANTS[name] for name in told.variants.split(",")),
        out=told.out,
        photos=told.photos,
        weights=WEIGHTS,
        processes=told.processes,
        capacity=told.capacity,
        batch=told.batch,
        paint_px=told.paint,
        size_px=told.size,
        uses=told.uses,
        held=told.held,
        seed=told.seed,
        start_from=told.out if told.resume else None,
    )
    if told.command == "check":
        check(plan)
    else:
        train(plan)


if __name__ == "__main__":
    main()
