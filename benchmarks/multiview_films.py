"""The parts of docs/multiview.md that need films: clocks, the whole way on rendered films, the real pair."""

import itertools
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from multiview_rows import AZIMUTHS_DEG

from depthperception.examination import Examination
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.multiview.calibration import CalibratedCamera, Calibration, angle_deg, baseline_m, relative_turn
from depthperception.multiview.calibration_files import read_calibration
from depthperception.multiview.following import follow_closely
from depthperception.multiview.results import MultiviewJudgement
from depthperception.multiview.space import joints_in_space
from depthperception.multiview.synchronisation import Film, find_offset
from depthperception.multiview.together import TogetherExamination, put_together
from depthperception.multiview.triangulation import HIP, KNEE
from depthperception.multiview.views import View
from depthperception.options import Options
from depthperception.pipeline import examine
from depthperception.pose.track import PoseTrack
from depthperception.results import Judgement

Seen = tuple[Examination, PoseTrack | None]
PAIRS = ((45, 315), (45, 135), (60, 120), (0, 90))


def films_section(folder: Path) -> list[str]:
    """Clocks, and the whole way, on rendered films."""
    seeds = sorted({path.stem.split("_")[0] for path in folder.glob("[0-9]*.view")})
    films = {
        (seed, azimuth): _kept(path)
        for seed in seeds
        for azimuth in AZIMUTHS_DEG
        if (path := folder / f"{seed}_{azimuth:03d}.view").exists()
    }
    truth = {key: json.loads((folder / f"{key[0]}_{key[1]:03d}.json").read_text()) for key in films}
    return [*_clocks(films, truth), *_whole_way(films, truth)]


def _kept(path: Path) -> Seen:
    """A film's examination, and its close track, which is not made again for every pair."""
    found, close = pickle.loads(path.read_bytes())
    FOLLOWED[found.judgement.video.sha256] = close
    return found, close


FOLLOWED: dict[str, PoseTrack] = {}
"""Close tracks by the video's hash."""


def _followed(one: Examination) -> PoseTrack:
    return FOLLOWED[one.judgement.video.sha256]


@dataclass(frozen=True)
class Clock:
    """By how much the clock of a pair of films is off, and by how much it says it may be; whether plates told it."""

    off_ms: float
    sd_ms: float
    correlation: float
    behind: bool
    plates: bool


def _clocks(films: dict[tuple[str, int], Seen], truth: dict[tuple[str, int], Any]) -> list[str]:
    clocks: list[Clock] = []
    lost, others = 0, []
    for one, other in itertools.combinations(films, 2):
        pair = [_film(films[key]) for key in (one, other)]
        if None in pair:
            continue
        found = find_offset(*filter(None, pair))
        if one[0] != other[0]:
            others.append(found.correlation if found else None)
        elif found is None:
            lost += 1
        else:
            off_s = found.offset_s - (truth[other]["start_s"] - truth[one]["start_s"])
            behind = any(90 < azimuth < 270 for _, azimuth in (one, other))
            plates = any(plate for film in pair if film for attempt in film.plates for plate in attempt)
            clocks.append(Clock(1000.0 * off_s, 1000.0 * found.sd_s, found.correlation or 0.0, behind, plates))
    alike = [one for one in others if one is not None]
    held = np.mean([abs(one.off_ms) <= 1.645 * one.sd_ms for one in clocks])
    squats = len({seed for seed, _ in films})
    return [
        "## Clocks, by how the lifter moves", "",
        f"Pairs of {len(films)} rendered films of {squats} squats, at 24 and 30 frames a second; a quarter of a frame "
        "of 30 a second is 8.3 ms.", "",
        "| pairs | n | median error, ms | nine in ten within | at most | within a quarter | within half of a frame |",
        "| --- " * 7 + "|",
        _clock_row("all", clocks),
        _clock_row("both cameras in front or beside", [one for one in clocks if not one.behind]),
        _clock_row("one behind", [one for one in clocks if one.behind]),
        _clock_row("plates followed in a film", [one for one in clocks if one.plates]),
        _clock_row("in none", [one for one in clocks if not one.plates]), "",
        f"In {lost} pairs no offset is found. The 90 % interval of an offset's own error (median "
        f"{np.median([one.sd_ms for one in clocks]):.1f} ms) holds in {held:.0%}; the part of it that no film "
        "shows was settled on 66 pairs of other films (`offset_sd_s`). The hips' courses correlate by "
        f"{min(one.correlation for one in clocks):.2f} or more. Those of two different squats reach the .8 below which "
        f"they are refused in {len(alike)} of {len(others)} pairs: one descent looks like another, and only a "
        "calibration can tell two such lifts apart, by legs that do not fit.", "",
    ]  # fmt: skip


def _clock_row(title: str, clocks: Sequence[Clock]) -> str:
    if not clocks:
        return f"| {title} | 0 | | | | | |"
    size = np.abs([one.off_ms for one in clocks])
    return (
        f"| {title} | {len(size)} | {np.median(size):.1f} | {np.quantile(size, 0.9):.1f} | {size.max():.1f} "
        f"| {np.mean(size <= 1000.0 / 120.0):.0%} | {np.mean(size <= 1000.0 / 60.0):.0%} |"
    )


def _film(seen: Seen) -> Film | None:
    return None if seen[1] is None else Film(seen[0].track, seen[1], seen[0].plates)


def true_calibration(truths: Sequence[Any]) -> Calibration:
    """The rendered cameras."""
    cameras = []
    for one in truths:
        k, turn, shift = (np.array(one["camera"][name]) for name in ("K", "R", "t"))
        pinhole = PinholeCamera(k, turn, shift, one["camera"]["width_px"], one["camera"]["height_px"])
        cameras.append(CalibratedCamera("rendered", pinhole, np.zeros(5)))
    return Calibration(tuple(cameras), np.array([0.0, 0.0, 1.0]), "file", 0.0)


def _whole_way(films: dict[tuple[str, int], Seen], truth: dict[tuple[str, int], Any]) -> list[str]:
    lines = [
        "## The whole way, by films", "",
        "| squat | cameras | true | together | alone | with clocks and cameras by the lifter | hips, knees off |",
        "| --- " * 7 + "|",
    ]  # fmt: skip
    late: dict[int, list[float]] = {1: [], 2: []}
    for seed, pair in itertools.product(sorted({seed for seed, _ in films}), PAIRS):
        keys = [(seed, azimuth) for azimuth in pair]
        if any(key not in films for key in keys):
            continue
        examinations, truths = [films[key][0] for key in keys], [truth[key] for key in keys]
        known = true_calibration(truths)
        true_cm = truths[0]["depth_cm"]["mean"]
        found = put_together(examinations, Options(), calibration=known, follow=_followed)
        free = put_together(examinations, Options(), follow=_followed)
        alone = ", ".join(_depth(one.judgement) for one in examinations)
        cells = [_depth(one.judgement) for one in (found, free)]
        off = "" if found.space is None else _joints_off(found, truths[0])
        lines.append(f"| {seed} | {pair[0]}+{pair[1]} | {true_cm:+.1f} | {cells[0]} | {alone} | {cells[1]} | {off} |")
        for frames in late if found.space is not None else ():
            late[frames] += _moved_by(found.views, known, frames / 30.0)
    said = " and ".join(f"{np.median(one):.1f} cm by {frames}" for frames, one in late.items())
    return [
        *lines, "",
        "A clock that is off by a frame or two of 30 a second moves no depth: each view's legs are those of its own",
        f"lowest pictures. It moves hip joints of the track in space, at their fastest, by {said} (median). That track",
        "is only as good as the joints of the pose network, which plates mislead: at the bottom use the legs.", "",
    ]  # fmt: skip


def _moved_by(views: Sequence[View], known: Calibration, late_s: float) -> list[float]:
    """How far hips move at most when the second clock is off, cm."""
    offset = replace(views[1].offset, offset_s=views[1].offset.offset_s + late_s)
    one, other = (joints_in_space(pair, known) for pair in (views, [views[0], replace(views[1], offset=offset)]))
    at = [int(np.argmin(np.abs(other.times_s - time_s))) for time_s in one.times_s]
    away = np.linalg.norm(one.points_m[:, HIP].mean(axis=1) - other.points_m[at][:, HIP].mean(axis=1), axis=-1)
    return [100.0 * float(np.nanmax(away))]


def _depth(judgement: Judgement | MultiviewJudgement) -> str:
    """Depth of the first attempt."""
    cm = judgement.attempts[0].depth.cm if judgement.attempts else None
    return "not judged" if cm is None else f"{cm:+.1f}"


def _joints_off(found: TogetherExamination, truth: Any) -> str:
    """Mean distance of hips and knees from where they are, through the attempt, cm."""
    space = found.space
    if space is None:
        return ""
    frames = truth["frames"]
    times_s = np.array([one["time_s"] for one in frames])
    off = []
    for name, places in (("hip", HIP), ("knee", KNEE)):
        path = np.array([[one[name]["left"], one[name]["right"]] for one in frames])
        at = np.stack(
            [[np.interp(space.track.times_s, times_s, path[:, leg, axis]) for axis in range(3)] for leg in range(2)]
        )
        away = np.linalg.norm(space.track.points_m[:, places] - np.moveaxis(at, -1, 0), axis=-1)
        off.append(f"{100.0 * np.nanmean(away):.1f}")
    return ", ".join(off)


def real_section(clips: Path, films: Path) -> list[str]:
    """The real pair, with its own calibration and without; what its films show is kept in the folder of films."""
    given = read_calibration(clips / "oc_sq_calibration.json")
    for path in (clips / "oc_sq_cam0.mov", clips / "oc_sq_cam1.mov"):
        kept = films / path.with_suffix(".view").name
        if not kept.exists():
            seen = examine(path)
            kept.write_bytes(pickle.dumps((seen, follow_closely(seen))))
    examinations = [_kept(films / f"oc_sq_cam{number}.view")[0] for number in (0, 1)]
    found = put_together(examinations, Options(), calibration=given, follow=_followed)
    free = put_together(examinations, Options(), follow=_followed)
    lines = ["## A real pair", ""]
    for title, one in (("the calibration that came with it", found), ("no board", free)):
        judgement, space = one.judgement, one.space
        if space is None:
            continue
        height = space.track.points_m[..., 2]
        at = [int(np.argmin(np.abs(space.track.times_s - attempt.bottom_s))) for attempt in judgement.attempts]
        hips = [100.0 * (height[k, HIP].mean() - height[k, KNEE].mean()) for k in at]
        depths = ", ".join(f"{attempt.depth.cm:+.1f}" for attempt in judgement.attempts if attempt.depth.cm is not None)
        offset = judgement.views[1].offset
        error = ", ".join(f"{view.reprojection_px:.1f}" for view in judgement.views if view.reprojection_px)
        verdicts = ", ".join(sorted({attempt.verdict for attempt in judgement.attempts}))
        lines.append(
            f"With {title}: joints miss their pixels by {error} px (median of each view, 1280 px high), the hip "
            "joints are "
            f"{min(hips):.0f} to {max(hips):.0f} cm above the knees' at {len(hips)} bottoms, depths are {depths} cm, "
            f"verdicts {verdicts}; the second clock is {offset.offset_s if offset else 0.0:+.3f} s from the "
            "first, by the "
            "pictures alone."
        )
    if found.space and free.space:
        mine, theirs = free.space.calibration, found.space.calibration
        turn_deg = angle_deg(relative_turn(mine, 1), relative_turn(theirs, 1))
        lines.append(
            f"Without a board the relative rotation is {turn_deg:.1f} degrees from the given one, the cameras "
            f"{baseline_m(mine, 1):.2f} m apart instead of {baseline_m(theirs, 1):.2f}: nobody said how tall he is."
        )
    return [*lines, ""]
