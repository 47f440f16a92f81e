"""Is every attempt given to its lifter? A rendered flight: six walk in, squat and walk out, with a cut after every two.

    python benchmarks/flight.py --out FOLDER               render and judge: about a minute of film
    python benchmarks/flight.py --out FOLDER --reps 20     sets of so many
    python benchmarks/flight.py --out FOLDER --lifters 2   fewer of them

The film is drawn once into FOLDER with its truth, and then judged by what is there. Printed is each true bottom with
the attempt nearest to it; the exit code is 1 where a bottom is missed by .25 s, an attempt is too many, crosses a cut,
or is given to another lifter than the others of the same man.
"""

import argparse
import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.pipeline import examine
from depthperception.results import Judgement
from depthperception.synth.draws import sample_body, sample_clothes
from depthperception.synth.scenario import Attempt, Barbell, Light, Person, Rep, Room, Scenario, Viewpoint
from depthperception.synth.stills import Studio, performance_of
from depthperception.video import VideoWriter

SIZE_PX = (480, 360)
AHEAD_M, ASIDE_M, WALK_S = 6.0, 4.0, 2.4
"""Where the platform is before the camera, how far to its side people come from, and how long they walk."""

BEFORE_CUT = 2
NEAR_S = 0.25


def scene_of(take: int, rng: np.random.Generator, reps: int) -> Scenario:
    """Room and camera of one shot; its own lifter stands behind the camera, and sets the time."""
    squats = tuple(
        Rep(descent_s=float(rng.uniform(1.0, 1.4)), ascent_s=float(rng.uniform(1.0, 1.4))) for _ in range(reps)
    )
    view = Viewpoint(
        azimuth_deg=0.0,
        distance_m=1.0,
        height_m=float(rng.uniform(0.8, 1.4)),
        yaw_deg=180.0,
        fov_deg=float(rng.uniform(46.0, 56.0)),
        width_px=SIZE_PX[0],
        height_px=SIZE_PX[1],
    )
    room = Room(
        front_m=9.0,
        wall_pattern=take % 3,
        floor_pattern=(take + 1) % 3,
        wall_colour=tuple(rng.uniform(0.3, 0.8, 3).tolist()),
        floor_colour=tuple(rng.uniform(0.1, 0.4, 3).tolist()),
    )
    light = Light(azimuth_deg=float(rng.uniform(0.0, 360.0)))
    return Scenario(
        seed=take,
        viewpoint=view,
        room=room,
        light=light,
        attempt=Attempt(squats, stand_s=1.2, between_s=1.2, lockout_s=1.0),
    )


def parts_of(number: int, scene: Scenario, rng: np.random.Generator) -> list[tuple[Scenario, float]]:
    """Scenes of one lifter with how long each lasts, s: he comes from the left, lifts, and goes to the right."""
    body, clothes = sample_body(rng), sample_clothes(rng)
    facing = float(rng.uniform(140.0, 230.0))
    platform = Person(0.0, AHEAD_M, facing, "lifting", body, clothes, barbell=Barbell())
    lasts_s = performance_of(scene).duration_s
    # A walk takes the whole of its clip: only its part is shown.
    way = (ASIDE_M * lasts_s / WALK_S, 0.0)
    comes = Person(-ASIDE_M, AHEAD_M, 270.0, "walking", body, clothes, walk_m=way)
    goes = replace(comes, x_m=0.0)
    return [
        (replace(scene, people=(comes,)), WALK_S),
        (replace(scene, people=(platform,)), lasts_s),
        (replace(scene, people=(goes,)), WALK_S),
    ]


def render(path: Path, lifters: int, reps: int, rate_hz: float, seed: int) -> None:
    """Draw the film, and beside it when each lifter is at the bottom and when it is cut."""
    rng, studio = np.random.default_rng(seed), Studio(2)
    bottoms: list[dict[str, float | int]] = []
    cuts: list[float] = []
    frame, scene = 0, scene_of(0, rng, reps)
    with VideoWriter(path, *SIZE_PX, crf=20, preset="veryfast") as writer:
        for number in range(lifters):
            if number and number % BEFORE_CUT == 0:
                scene = scene_of(number // BEFORE_CUT, rng, reps)
                cuts.append(frame / rate_hz)
            acted = performance_of(scene)
            for part, (shown, lasts_s) in enumerate(parts_of(number, scene, rng)):
                if part == 1:
                    bottoms += [{"lifter": number + 1, "time_s": frame / rate_hz + at_s} for at_s in acted.bottoms_s]
                for k in range(round(lasts_s * rate_hz)):
                    writer.write(studio.still(shown, k / rate_hz).picture, frame / rate_hz)
                    frame += 1
            print(f"lifter {number + 1} of {lifters} drawn, {frame / rate_hz:.1f} s", flush=True)
    path.with_suffix(".json").write_text(json.dumps({"bottoms": bottoms, "cuts_s": cuts}), encoding="utf-8")


def compare(judgement: Judgement, truth: dict[str, Any]) -> bool:
    """Print each true bottom beside the attempt nearest to it, and say whether all is as it should be."""
    left = list(judgement.attempts)
    well = True
    given: dict[int, set[int | None]] = {}
    for true in truth["bottoms"]:
        near = min(left, key=lambda one: abs(one.bottom_s - true["time_s"]), default=None)
        if near is None or abs(near.bottom_s - true["time_s"]) > NEAR_S:
            print(f"lifter {true['lifter']}   {true['time_s']:7.2f} s   missed")
            well = False
            continue
        left.remove(near)
        said = near.lifter.number if near.lifter else None
        given.setdefault(true["lifter"], set()).add(said)
        off = near.bottom_s - true["time_s"]
        print(f"lifter {true['lifter']}   {true['time_s']:7.2f} s   {off:+.2f} s   by lifter {said}   {near.verdict}")
    for extra in left:
        by = extra.lifter.number if extra.lifter else None
        print(f"nobody squats at {extra.bottom_s:.2f} s: an attempt by lifter {by}, {extra.verdict}: {extra.reason}")
    ends = [0.0, *truth["cuts_s"], float("inf")]
    across = [
        one for one in judgement.attempts if not any(a <= one.start_s and one.end_s <= b for a, b in pairwise(ends))
    ]
    names = [name for names in given.values() for name in names]
    own = len(names) == len(set(names)) and all(len(one) == 1 for one in given.values())
    count = len(truth["bottoms"])
    print(f"{count} bottoms, {len(judgement.attempts)} attempts, {len(left)} too many, {len(across)} across a cut; ")
    print(f"each lifter {'has his own number' if own else 'has NOT a number of his own'}")
    return well and not left and not across and own


def main() -> int:
    """Draw what is not there, judge it, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lifters", type=int, default=6)
    parser.add_argument("--reps", type=int, default=1)
    parser.add_argument("--rate", type=float, default=15.0, help="frames a second")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / f"flight_{asked.lifters}_{asked.reps}_{asked.rate:g}_{asked.seed}.mp4"
    if not path.with_suffix(".json").exists():
        render(path, asked.lifters, asked.reps, asked.rate, asked.seed)
    judgement = examine(path).judgement
    for note in judgement.notes:
        print(f"  {note}")
    return int(not compare(judgement, json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))))


if __name__ == "__main__":
    sys.exit(main())
