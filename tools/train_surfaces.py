"""Train the network that sees crease and top of the knee, or check a machine for it.

    python tools/train_surfaces.py train OUT --seconds 3600 --variants slow,tuned --photos photos.npz
    python tools/train_surfaces.py check OUT --photos photos.npz
    python tools/train_surfaces.py pack FOLDER photos.npz
    python tools/train_surfaces.py export OUT/tuned320.pt surfaces.onnx

Needs torch, onnx and opencv. One GPU, or patience: with `--processes 2 --batch 16` two cores go on from the last
checkpoints in OUT with `--resume` night after night. OUT gets log.jsonl and one .pt a variant.

From the file that ships, without a GPU: pictures are made once, then learnt from again and again, each time as another
film. Paint and render for as long as there is time, `held` with another seed; add to them while the training runs.

    python tools/train_surfaces.py paint SHELF/painted --photos photos.npz --files 150
    python tools/train_surfaces.py paint SHELF/held --photos photos.npz --files 16 --seed 777
    python tools/train_surfaces.py render SHELF/rendered --files 250
    python tools/train_surfaces.py go-on OUT SHELF --photos photos.npz --seconds 4000
    python tools/train_surfaces.py export OUT/onwards.pt surfaces.onnx
"""

import argparse
import logging
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # many processes share the cores; torch's own threads are set below

import cv2
import onnx
import torch

import depthperception
from depthperception.models import toml_lines
from depthperception.train.surfaces.checking import check
from depthperception.train.surfaces.going_on import VARIANT, Shelves, go_on
from depthperception.train.surfaces.onnx_file import surfaces_model
from depthperception.train.surfaces.painting import Painter
from depthperception.train.surfaces.photos import Photos, pack
from depthperception.train.surfaces.pool import Pool
from depthperception.train.surfaces.shelf import TOGETHER, paint_shelf, render_shelf
from depthperception.train.surfaces.stills import rendered_stills
from depthperception.train.surfaces.training import VARIANTS, Plan, train

WEIGHTS = Path(depthperception.__file__).parent / "models" / "pose_landmark_full.onnx"
SHIPPED = WEIGHTS.with_name("surfaces.onnx")


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
    _shelf_commands(commands)
    packing = commands.add_parser("pack")
    packing.add_argument("folder", type=Path)
    packing.add_argument("out", type=Path)
    exporting = commands.add_parser("export")
    exporting.add_argument("state", type=Path)
    exporting.add_argument("out", type=Path)
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cv2.setNumThreads(1)
    OTHERS.get(told.command, _train)(told)


def _shelf_commands(commands: Any) -> None:
    for name in ("paint", "render"):
        one = commands.add_parser(name)
        one.add_argument("folder", type=Path)
        one.add_argument("--files", type=int, default=16)
        one.add_argument("--seed", type=int, default=1)
        one.add_argument("--photos", type=Path)
    going = commands.add_parser("go-on")
    going.add_argument("out", type=Path)
    going.add_argument("shelf", type=Path)
    going.add_argument("--photos", type=Path)
    going.add_argument("--seconds", type=float, default=3600.0)
    going.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    going.add_argument("--batch", type=int, default=16)
    going.add_argument("--seed", type=int, default=0)
    going.add_argument("--start", type=Path, default=SHIPPED, help="an ONNX file, or a folder with onwards.pt")


def _pack(told: argparse.Namespace) -> None:
    logging.info("%d pictures", pack(told.folder, told.out))


def _export(told: argparse.Namespace) -> None:
    onnx.save(surfaces_model(told.state, WEIGHTS), told.out)
    print(toml_lines("surfaces", told.out))


def _paint(told: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(told.seed)
    cpu = torch.device("cpu")
    photos = Photos.load(told.photos, cpu) if told.photos else Photos.none(cpu)
    pool = Pool(cpu, 1, TOGETHER * told.files, seed=1000 * told.seed)
    try:
        pool.wait_for(4 * TOGETHER, patience_s=600.0)
        paint_shelf(told.folder, pool, Painter(photos, cpu), told.files)
    finally:
        pool.close()


def _render(told: argparse.Namespace) -> None:
    render_shelf(told.folder, rendered_stills(1_000_000 * told.seed), told.files)


def _go_on(told: argparse.Namespace) -> None:
    plan = Plan(
        seconds=told.seconds,
        variants=(VARIANT,),
        out=told.out,
        photos=told.photos,
        weights=WEIGHTS,
        processes=told.processes,
        batch=told.batch,
        save_every_s=300.0,
        seed=told.seed,
        start_from=told.start,
    )
    go_on(plan, Shelves(*(told.shelf / name for name in ("painted", "rendered", "held"))))


OTHERS = {"pack": _pack, "export": _export, "paint": _paint, "render": _render, "go-on": _go_on}


def _train(told: argparse.Namespace) -> None:
    torch.set_num_threads(told.threads)
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
