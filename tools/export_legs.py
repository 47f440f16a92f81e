"""Export the model of legs at the bottom of a squat that `depth.legs` fits: mean and principal components of people.

    python tools/export_legs.py OUT.npz [COUNT]

People are drawn from the space of body shapes as those on whom the network of `surfaces` learns, with another seed,
each also mirrored; a pose takes .2 s.
"""

import sys
from itertools import islice
from pathlib import Path

import numpy as np

from depthperception.surfaces import COUNT, index_of, mirrored_order
from depthperception.synth.space import space
from depthperception.train.surfaces.posing import posed_people
from depthperception.types import FloatArray

SEED = 9001

LEAST_VARIANCE = 1e-8
"""Of a component, in squared statures: .02 cm of a lifter."""

FEET = [index_of(name, leg) for name in ("ankle", "heel", "toe") for leg in ("left", "right")]


def leg_model(points_m: FloatArray, stature_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean (16, 3) and components (16, 3, k) of points (n, 16, 3) in the world of `synth`, in statures."""
    legs = points_m * [-1.0, 1.0, 1.0] / stature_m[:, None, None]
    legs = np.concatenate([legs, legs[:, mirrored_order()] * [-1.0, 1.0, 1.0]])
    legs[..., :2] -= legs[:, FEET, :2].mean(axis=1, keepdims=True)
    flat = legs.reshape(len(legs), -1)
    mean = flat.mean(axis=0)
    variance, along = np.linalg.eigh(np.cov((flat - mean).T))
    kept = np.flatnonzero(variance > LEAST_VARIANCE)[::-1]
    spread = along[:, kept] * np.sqrt(variance[kept])
    return mean.reshape(COUNT, 3), spread.reshape(COUNT, 3, -1)


def main(out: Path, count: int) -> None:
    """Draw people and write the model."""
    people = list(islice(posed_people(SEED, space()), count))
    points = np.array([one.points for one in people], dtype=np.float64)
    mean, spread = leg_model(points, np.array([one.facts[0] for one in people], dtype=np.float64))
    np.savez_compressed(out, allow_pickle=False, mean=mean.astype(np.float32), spread=spread.astype(np.float32))
    print(f"{out}: {count} poses, {spread.shape[-1]} components")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3600)
