"""The whole way on damaged films whose truth is known: what must not be ruled, and what must be said."""

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.random import Generator

from tests.support.campaign.damage import HEAD_BYTES, bits, several
from tests.support.campaign.films import Films
from tests.support.campaign.inputs import KINDS, Made, kind, one_of
from tests.support.campaign.streams import TICKS_S, Packets, remux, retime
from tests.support.rendered_clips import DATA

NEAR_S = 0.2
"""So far round the bottom pictures have to be there, as `capture.footage` says."""

BASES = {"side_high": ("depth", 1.9), "front_deep": ("no_depth", 2.3)}
"""Clips, with the verdict that is wrong by 8 and by 5 cm, and the time of the bottom."""

LOST = "lost.json"
"""Beside a film: from and to which no picture can be decoded."""


def shortened(films: Films, name: str, group: int) -> Path:
    """Give a clip whose groups of pictures are so long; small, and judged as the clip is."""
    path = films.folder / f"{name}_{group}.mp4"
    if not path.exists():
        with (
            av.open(str(DATA / f"{name}.mp4")) as source,
            av.open(str(path.with_suffix(".tmp")), "w", format="mp4") as to,
        ):
            stream = to.add_stream("libx264", rate=30, options={"g": str(group), "bf": "0", "crf": "20"})
            first = source.streams.video[0]
            stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
            for number, frame in enumerate(source.decode(first)):
                plain = frame.reformat(format="yuv420p")
                plain.pts, plain.time_base = number, Fraction(1, 30)
                to.mux(stream.encode(plain))
            to.mux(stream.encode(None))
        path.with_suffix(".tmp").rename(path)
    return path


@kind("whole.tiny")
def tiny(rng: Generator, films: Films, folder: Path) -> Made:
    """Any of the damaged films that are only read else, through the whole command line."""
    names = [name for name in KINDS if name.startswith(("bytes.", "container.", "stream.", "pictures.", "together."))]
    return KINDS[one_of(rng, sorted(set(names) - {"pictures.many"}))](rng, films, folder)


@kind("whole.times")
def times(rng: Generator, films: Films, folder: Path) -> Made:
    """A squat whose frames come at absurd times."""
    name = one_of(rng, list(BASES))
    target = folder / f"{name}.mkv"
    return Made(remux(shortened(films, name, 10), target, "matroska", lambda packets: retime(rng, packets)))


@kind("whole.bottom_lost", "whole.bottom_spoilt", "whole.before_spoilt", "whole.other")
def damaged(rng: Generator, films: Films, folder: Path) -> Made:
    """A squat with damage at its bottom, or before it, or anywhere."""
    name, group = one_of(rng, list(BASES)), (10, 15, 250)[int(rng.integers(3))]
    bottom_s = BASES[name][1]
    how = one_of(rng, ("lost", "spoilt", "before", "other", "bytes"))
    source, target = shortened(films, name, group), folder / f"{name}.mp4"
    if how == "bytes":
        data = source.read_bytes()
        target.write_bytes(data[:HEAD_BYTES] + several(rng, data[HEAD_BYTES:], one_of(rng, ("bits", "block", "move"))))
        return Made(target)
    width_s = float(rng.uniform(0.15, 0.6))
    centre_s = bottom_s if how in ("lost", "spoilt") else bottom_s - width_s / 2 - float(rng.uniform(0.1, 0.8))
    if how == "other":
        centre_s = float(rng.uniform(0.0, 3.4))
    start_s, end_s = centre_s - width_s / 2, centre_s + width_s / 2

    def change(packets: Packets) -> Packets:
        out: Packets = []
        for data, pts, dts, key in packets:
            hit = start_s <= (pts or 0) / TICKS_S <= end_s
            if hit and how == "lost":
                continue
            spoilt = b"\0" * len(data) if how == "other" else bits(rng, bits(rng, data))
            out.append((spoilt if hit else data, pts, dts, key))
        return out

    remux(source, target, "mp4", change)
    if how == "lost":
        (folder / LOST).write_text(json.dumps([start_s, end_s]))
    return Made(target)


def judged(made: Made, folder: Path) -> tuple[str, str]:
    """Judge a film by the command line, and hold what it says against what is known of it."""
    from tests.support.campaign.trial import run  # noqa: PLC0415

    out = folder / "out"
    outcome, said = run(Made(made.path, ("judge", str(made.path), "--out", str(out), "-q")))
    if outcome != "ran":
        return outcome, said
    found = json.loads((out / "judgement.json").read_text())
    lost = json.loads((folder / LOST).read_text()) if (folder / LOST).exists() else None
    wrong_verdict, true_bottom_s = BASES.get(made.path.stem, ("none", 0.0))
    notes = " ".join(found["notes"])
    says = []
    for attempt in found["attempts"]:
        bottom_s, cm = attempt["bottom_s"], attempt["depth"]["cm"]
        says.append(f"{attempt['verdict']} {cm} at {bottom_s:.2f}")
        if attempt["verdict"] == wrong_verdict:
            return "wrong", f"{says[-1]}, which is wrong; notes: {notes}"
        if lost and cm is not None and lost[1] - lost[0] > NEAR_S and _lies_in(true_bottom_s, lost):
            near = lost[0] - NEAR_S < bottom_s < lost[1] + NEAR_S
            if near:
                return "wrong", f"{says[-1]} though nothing is seen from {lost[0]:.2f} to {lost[1]:.2f} s; {notes}"
    complete = found["video"]["complete"]
    if not complete and not notes:
        return "wrong", "the film is not complete and no note says so"
    return "judged", f"{found['status']}; {'; '.join(says)}; complete {complete}"


def _lies_in(time_s: float, span: list[float]) -> bool:
    return bool(np.searchsorted(span, time_s) == 1)
