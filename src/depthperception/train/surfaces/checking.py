"""Check a machine before a training: is what it draws right, how fast is each step, and what do pictures look like."""

import json
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
import torch

from depthperception.train.surfaces.film import Batch, develop
from depthperception.train.surfaces.painting import Painter, Painting
from depthperception.train.surfaces.photos import Photos
from depthperception.train.surfaces.pool import Pool
from depthperception.train.surfaces.raster import draw
from depthperception.train.surfaces.training import Plan, Pupil, train

LOG = logging.getLogger(__name__)

SHEET = (4, 10)
"""Rows and columns of the sheet of sample pictures."""


def check(plan: Plan) -> dict[str, Any]:
    """Write check.json and sheet.jpg, then train for the plan's time."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    plan.out.mkdir(parents=True, exist_ok=True)
    pool = Pool(device, plan.processes, plan.capacity, seed=77)
    found: dict[str, Any] = {"device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu"}
    try:
        begun = time.monotonic()
        pool.wait_for(64, 60.0)
        found["first_people_s"] = round(time.monotonic() - begun, 1)
        painter = Painter(Photos.load(plan.photos, device) if plan.photos else Photos.none(device), device)
        for name, step in (("drawing", _drawing), ("sheet", _sheet), ("speed", _speed)):
            try:
                found[name] = step(plan, pool, painter)
            except Exception as problem:  # one failing check must not hide the others
                LOG.exception("%s failed", name)
                found[name] = repr(problem)[:300]
            LOG.info("%s: %s", name, found[name])
            (plan.out / "check.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        waited, before = time.monotonic(), pool.lifters.count
        time.sleep(4.0 if plan.processes else 0.0)
        found["people_per_s"] = round((pool.lifters.count - before) / (time.monotonic() - waited), 1)
        LOG.info("people per second: %s", found["people_per_s"])
    finally:
        pool.close()
    (plan.out / "check.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    found["trained"] = train(plan)
    return found


def _drawing(plan: Plan, pool: Pool, painter: Painter) -> dict[str, float]:
    """The device draws what the CPU draws."""
    lifters, _ = pool.first(2)
    points = lifters.rest * 250.0 + torch.tensor([256.0, 0.0, 0.0], device=painter.device)
    faces = painter.figure.faces
    here = draw(points[..., [0, 2]].cpu(), points[..., 1].cpu() / 250.0 + 3.0, faces.cpu(), 512, both_sides=True)
    there = draw(points[..., [0, 2]], points[..., 1] / 250.0 + 3.0, faces, 512, both_sides=True)
    same = (here.face == there.face.cpu()).float().mean()
    return {"same": round(float(same), 6), "hit": round(float(here.hit.float().mean()), 4)}


def _sheet(plan: Plan, pool: Pool, painter: Painter) -> str:
    rows, columns = SHEET
    painting = painter.paint(*pool.cast(min(rows * columns, plan.batch)), plan.paint_px)
    batch = develop(painting, painter.photos, plan.size_px)
    sheet(batch, rows, columns, plan.out / "sheet.jpg")
    shown, seen = float(batch.counts.mean()), float((batch.state == 0).float().mean())
    return f"{shown:.3f} show the lifter, {seen:.3f} of the points are seen"


def sheet(batch: Batch, rows: int, columns: int, path: Any) -> None:
    """Draw pictures with crease (white), fold (yellow) and knee top (pink); full dots are seen ones."""
    pictures = (batch.picture * 255.0).byte().permute(0, 2, 3, 1).cpu().numpy()[..., ::-1]
    size = pictures.shape[1]
    points, state = ((batch.points.cpu().numpy() + 1.0) * size / 2.0), batch.state.cpu().numpy()
    tiles = []
    for k in range(min(rows * columns, len(pictures))):
        tile = np.ascontiguousarray(pictures[k])
        for j, colour in enumerate(((255, 255, 255), (0, 255, 255), (255, 0, 255))):
            for i in (2 * j, 2 * j + 1):
                at = (int(points[k, i, 0]), int(points[k, i, 1]))
                cv2.circle(tile, at, 3, colour, -1 if state[k, i] == 0 else 1)
        tiles.append(tile)
    tiles += [np.zeros_like(tiles[0])] * (rows * columns - len(tiles))
    grid = np.vstack([np.hstack(tiles[r * columns : (r + 1) * columns]) for r in range(rows)])
    cv2.imwrite(str(path), grid, [cv2.IMWRITE_JPEG_QUALITY, 90])


def _speed(plan: Plan, pool: Pool, painter: Painter) -> dict[str, Any]:
    """Milliseconds of painting, developing and one step of every variant, by pictures at once."""
    found: dict[str, Any] = {}
    device = painter.device
    for batch_size in (plan.batch // 2, plan.batch, 2 * plan.batch):
        row: dict[str, float] = {}
        painting = painter.paint(*pool.cast(batch_size), plan.paint_px)
        row["paint"] = _milliseconds(partial(_paint, painter, pool, batch_size, plan.paint_px), device)
        batch = develop(painting, painter.photos, plan.size_px)
        row["develop"] = _milliseconds(partial(develop, painting, painter.photos, plan.size_px), device)
        for variant in plan.variants:
            pupil = Pupil.new(variant, plan, device)
            pupil.learn(batch, 0.0, 1)
            row[variant.name] = _milliseconds(partial(pupil.learn, batch, 0.0, 1), device)
        if device.type == "cuda":
            row["gb"] = round(torch.cuda.max_memory_allocated() / 1e9, 1)
        found[str(batch_size)] = row
    return found


def _paint(painter: Painter, pool: Pool, people: int, size_px: int) -> Painting:
    painting: Painting = painter.paint(*pool.cast(people), size_px)
    return painting


def _milliseconds(step: Callable[[], Any], device: torch.device, times: int = 4) -> float:
    step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    begun = time.perf_counter()
    for _ in range(times):
        step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return round(1000.0 * (time.perf_counter() - begun) / times, 1)
