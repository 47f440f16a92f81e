"""Clothes for a batch of bodies: zones over the skin at rest, cloth that stands off it, and what it looks like.

Like `synth.clothes`, for many people at once and with more to wear: long shirts, wide shorts, trousers, singlets,
sleeves and wraps of any colour. Truth stays skin.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from depthperception.synth.body import rig
from depthperception.train.surfaces.chance import Chance, Noise

ZONES = ("skin", "hair", "sock", "shoe", "bottoms", "sleeve", "top", "belt")
"""What a pixel of a body can show; a later one covers an earlier one."""

OUTSIDE = -1.0
EDGE_M = 0.02
"""Cloth reaches its thickness within so much of its edge."""

SKIN = torch.tensor(
    [[0.80, 0.57, 0.45], [0.55, 0.36, 0.26], [0.86, 0.66, 0.55], [0.36, 0.22, 0.15], [0.72, 0.52, 0.40],
     [0.22, 0.13, 0.09], [0.62, 0.42, 0.32], [0.45, 0.28, 0.19]]
)  # fmt: skip
"""Linear skin colours."""


@dataclass(frozen=True, eq=False)
class Figure:
    """What every body's mesh shares, on a device: which part each of the 13718 corners is of."""

    weights: Tensor
    faces: Tensor
    neighbours: Tensor
    arm: Tensor
    foot: Tensor
    head: Tensor
    leg: Tensor
    left: Tensor
    bones: dict[str, int]

    @classmethod
    def on(cls, device: torch.device) -> "Figure":
        """Copy the rig to a device."""
        bones = rig()

        def share(*prefixes: str, side: str = "") -> Tensor:
            return torch.tensor(bones.share(*prefixes, side=side), dtype=torch.float32, device=device)

        pairs = torch.tensor(bones.edges, device=device)
        pairs = torch.cat([pairs, pairs.flip(1)])
        count = len(bones.share("root"))
        degree = torch.zeros(count, device=device).index_add_(0, pairs[:, 0], torch.ones(len(pairs), device=device))
        shares = 1.0 / degree[pairs[:, 0]]
        neighbours = torch.sparse_coo_tensor(pairs.T, shares, (count, count), check_invariants=True).coalesce()
        return cls(
            weights=torch.tensor(bones.weights.toarray(), dtype=torch.float32, device=device),
            faces=torch.tensor(bones.faces, device=device),
            neighbours=neighbours,
            arm=share("upperarm", "lowerarm", "wrist", "finger", "metacarpal"),
            foot=torch.maximum(share("foot", "toe", side=".L"), share("foot", "toe", side=".R")),
            head=share("head", "eye"),
            leg=share("upperleg", "lowerleg"),
            left=share("upperleg", "lowerleg", "foot", "upperarm", "lowerarm", side=".L"),
            bones=bones.index,
        )


@dataclass(frozen=True, eq=False)
class Outfit:
    """Cloth of a batch of bodies.

    Attributes
    ----------
    zones : (b, v, 8)
        Signed values in the order of `ZONES`; a zone covers a corner where its value is above 0.
    thickness_m, loose : (b, v)
        How far cloth stands off the skin, and how freely it hangs, 0 to 1.
    colours : (b, 8, 2, 3)
        Two linear colours of each zone.
    pattern, gloss, bump : (b, 8)
        Number of the pattern that mixes the two colours, shine, and how rough the cloth is.
    """

    zones: Tensor
    thickness_m: Tensor
    loose: Tensor
    colours: Tensor
    pattern: Tensor
    gloss: Tensor
    bump: Tensor


def dress(figure: Figure, rest: Tensor, heads: Tensor, normals: Tensor, scale: Tensor, noise: Noise) -> Outfit:
    """Dress bodies (b, v, 3) at random."""
    chance = Chance(len(rest), rest.device)
    z = rest[..., 2]
    unit = scale[:, None]
    levels = {name: heads[:, figure.bones[bone], 2][:, None] for name, bone in
              (("ankle", "foot.L"), ("knee", "lowerleg01.L"), ("hip", "upperleg01.L"))}  # fmt: skip
    along = _along(z, levels)
    wobble = 0.012 * noise.at(rest * 14.0)[..., 0]

    kind = chance.pick((0.36, 0.12, 0.22, 0.12, 0.18))  # shorts, short shorts, tights, trousers, singlet
    length = _leg_length(kind, chance)
    tight = ((kind == 2) | (kind == 4) | chance.flip(0.2))[:, None]
    waist = levels["hip"] + chance.uniform(0.05, 0.17, 1) * unit
    trunk = figure.arm < 0.25
    bottoms = torch.where(trunk, torch.minimum(waist - z, 0.4 * (length - along) + wobble), OUTSIDE)

    singlet = (kind == 4)[:, None]
    hem = levels["hip"] + torch.where(singlet, -0.02, chance.uniform(-0.14, 0.2, 1)) * unit
    top = _top(figure, rest, heads, chance, hem, singlet, unit) + 0.5 * wobble
    top = torch.where((chance.flip(0.1, 1) & ~singlet), OUTSIDE, top)

    socks = torch.where(chance.flip(0.75, 1), chance.uniform(0.12, 0.95, 1), 0.0)
    shod = chance.flip(0.93, 1)
    low = figure.foot + (along > 1.0) > 0.5
    sock = torch.where(low & (socks > 0.0), along - (2.0 - socks), OUTSIDE)
    shoe = torch.minimum(figure.foot - 0.5, 10.0 * (levels["ankle"] + 0.02 + chance.uniform(0.0, 0.05, 1) - z))
    sleeved = chance.flip(0.35, 1)
    reach = chance.uniform(0.16, 0.36, 1)
    sleeve = torch.where((along > 0.0) & sleeved, reach - (along - 1.0).abs() + wobble, OUTSIDE)
    belted = chance.flip(0.3, 1)
    belt_at = levels["hip"] + chance.uniform(0.13, 0.22, 1) * unit
    belt = torch.where(trunk & belted, chance.uniform(0.03, 0.06, 1) - (z - belt_at).abs(), OUTSIDE)
    hair = torch.where((figure.head > 0.4) & chance.flip(0.85, 1), _hair(rest, figure, unit), OUTSIDE)
    zones = torch.stack(
        [torch.full_like(z, 0.5), hair, sock, torch.where(shod, shoe, OUTSIDE), bottoms, sleeve, top, belt], dim=-1
    )

    loose_leg = torch.where(tight, chance.uniform(0.0015, 0.004, 1), chance.uniform(0.006, 0.022, 1))
    flare = chance.uniform(0.2, 1.6, 1) * ((waist - z) / 0.45).clamp(0.0, 1.0) * ~tight
    loose_top = torch.where(singlet, 0.002, chance.log_uniform(0.003, 0.03, 1))
    covers = (zones / EDGE_M + 0.5).clamp(0.0, 1.0)
    folds = noise.at(rest * chance.uniform(8.0, 26.0, 1, 3))
    ripple = 1.0 + chance.uniform(0.0, 1.3, 1) * folds[..., 1]
    layers = [
        torch.zeros_like(z), torch.full_like(z, 0.016), torch.full_like(z, 0.002),
        torch.where(normals[..., 2] < -0.7, 0.004, 0.014), loose_leg * (1.0 + flare) * ripple,
        chance.uniform(0.003, 0.009, 1) * torch.ones_like(z), loose_top * (1.0 + 0.6 * folds[..., 2]),
        chance.uniform(0.008, 0.014, 1) + loose_top,
    ]  # fmt: skip
    thickness = (covers * torch.stack([layer.expand_as(z) for layer in layers], dim=-1)).amax(-1)
    hang = torch.maximum(covers[..., 4] * (loose_leg / 0.015).clamp(0.0, 1.0), covers[..., 6] * (loose_top / 0.02))
    # A shoe hides the toes: it is as stiff as cloth that hangs is smooth.
    hang = torch.maximum(hang * chance.uniform(0.0, 1.0, 1), covers[..., 3])
    return Outfit(zones, thickness, hang.clamp(0.0, 1.0), *_look(chance, kind))


def _look(chance: Chance, kind: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Colours, patterns, shine and roughness; clothes that share a colour are common."""
    colours = chance.colours(len(ZONES), 2)
    skin = SKIN.to(chance.device)[chance.pick((1.0,) * len(SKIN))] * chance.uniform(0.8, 1.2, 1)
    colours[:, 0, 0], colours[:, 0, 1] = skin, skin * torch.tensor([1.05, 0.8, 0.75], device=chance.device)
    colours[:, 1] = colours[:, 1] * 0.4
    bottoms, sleeve, top = (ZONES.index(name) for name in ("bottoms", "sleeve", "top"))
    dark = chance.uniform(0.012, 0.05, 1) * torch.ones_like(skin)
    for zone, share in ((bottoms, 0.35), (sleeve, 0.45), (top, 0.25), (ZONES.index("belt"), 0.5), (3, 0.25)):
        colours[:, zone, 0] = torch.where(chance.flip(share, 1), dark, colours[:, zone, 0])
    same = (kind == 4)[:, None] | chance.flip(0.12, 1)
    colours[:, top] = torch.where(same[..., None], colours[:, bottoms], colours[:, top])
    colours[:, sleeve] = torch.where(chance.flip(0.15, 1, 1), colours[:, bottoms], colours[:, sleeve])
    colours[:, bottoms] = torch.where(chance.flip(0.04, 1, 1), colours[:, :1, 0], colours[:, bottoms])
    pattern = chance.pick((0.62, 0.12, 0.06, 0.10, 0.10), len(ZONES))
    pattern[:, 0] = 1
    pattern[:, 1] = 0
    pattern[:, top] = torch.where(same[:, 0], pattern[:, bottoms], pattern[:, top])
    gloss = chance.uniform(0.0, 0.12, len(ZONES))
    gloss[:, 0] = chance.uniform(0.05, 0.35)
    bump = chance.uniform(0.1, 0.6, len(ZONES))
    bump[:, 0] = 0.06
    bump[:, sleeve] *= 0.5
    return colours, pattern, gloss, bump


def _leg_length(kind: Tensor, chance: Chance) -> Tensor:
    """How far down the leg (b, 1) what is worn on it reaches, as `_along` counts."""
    shorts, short = chance.uniform(0.45, 1.05), chance.uniform(0.16, 0.45)
    tights = torch.where(chance.flip(0.7), chance.uniform(1.5, 1.97), chance.uniform(0.7, 1.3))
    trousers, singlet = chance.uniform(1.85, 2.0), chance.uniform(0.2, 0.45)
    return torch.stack([shorts, short, tights, trousers, singlet], dim=1).gather(1, kind[:, None])


def _along(z: Tensor, levels: dict[str, Tensor]) -> Tensor:
    """Position along the leg: 0 at the hip joint's level, 1 knee, 2 ankle."""
    thigh, shank = levels["hip"] - levels["knee"], levels["knee"] - levels["ankle"]
    return torch.where(z > levels["knee"], (levels["hip"] - z) / thigh, 1.0 + (levels["knee"] - z) / shank)


def _top(
    figure: Figure, rest: Tensor, heads: Tensor, chance: Chance, hem: Tensor, singlet: Tensor, unit: Tensor
) -> Tensor:
    """From the hem to neck and sleeves."""
    z, neck_at = rest[..., 2], heads[:, figure.bones["neck01"], 2][:, None]
    end = torch.tensor([0.55, 0.35, 0.0, -0.05, 1.9], device=rest.device)[chance.pick((0.4, 0.2, 0.12, 0.13, 0.15))]
    end = torch.where(singlet, -0.05, end[:, None])
    top = torch.minimum(
        z - hem, (end - _along_arm(figure, rest, heads)) * 0.2 + 0.6 * (1.0 - 4.0 * figure.arm).clamp_min(0.0)
    )
    neck = 0.1 * (torch.hypot(rest[..., 0] / (0.095 * unit), (z - neck_at) / (0.12 * unit)) - 1.0)
    top = torch.where(end < 0.1, torch.minimum(top, neck), top)
    return torch.where((figure.head > 0.3) | (z > neck_at + 0.06 * unit), OUTSIDE, top)


def _along_arm(figure: Figure, rest: Tensor, heads: Tensor) -> Tensor:
    """Position along the arm: 0 shoulder, 1 elbow, 2 wrist."""
    found = []
    for c in ("L", "R"):
        shoulder, elbow, wrist = (heads[:, figure.bones[f"{bone}.{c}"]][:, None] for bone in
                                  ("upperarm01", "lowerarm01", "wrist"))  # fmt: skip
        upper, lower = elbow - shoulder, wrist - elbow
        first = ((rest - shoulder) * upper).sum(-1) / (upper * upper).sum(-1)
        second = ((rest - elbow) * lower).sum(-1) / (lower * lower).sum(-1)
        found.append(torch.where(first < 1.0, first, 1.0 + second.clamp_min(0.0)))
    return torch.where(rest[..., 0] < 0.0, found[0], found[1])


def _hair(rest: Tensor, figure: Figure, unit: Tensor) -> Tensor:
    z, y = rest[..., 2], rest[..., 1]
    face = torch.where(figure.head > 0.5, y, -9.0).amax(1, keepdim=True)
    line = z - (z.amax(1, keepdim=True) - 0.055 * unit) - 0.33 * (y - (face - 0.10 * unit)).clamp_min(0.0)
    back = torch.where(y < face - 0.095 * unit, 0.10 * unit, 0.0)
    return torch.minimum(line + back, 12.0 * (0.068 * unit - rest[..., 0].abs()))


def posed(figure: Figure, rest: Tensor, bones: Tensor) -> Tensor:
    """Carry rest points (b, v, 3) by dual quaternions (b, 104, 8), as `synth.skinning.skin` does."""
    blend = figure.weights @ bones
    blend = blend / blend[..., :4].norm(dim=-1, keepdim=True)
    w, x, dw, dx = blend[..., :1], blend[..., 1:4], blend[..., 4:5], blend[..., 5:]
    turned = rest + 2.0 * torch.linalg.cross(x, torch.linalg.cross(x, rest) + w * rest)
    return turned + 2.0 * (w * dx - dw * x + torch.linalg.cross(x, dx))


def normals_of(points: Tensor, faces: Tensor) -> Tensor:
    """Unit normals (b, v, 3), area-weighted."""
    a, b, c = (points[:, faces[:, k]] for k in range(3))
    n = torch.linalg.cross(b - a, c - a)
    total = torch.zeros_like(points)
    for k in range(3):
        total.index_add_(1, faces[:, k], n)
    return total / total.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def drape(figure: Figure, points: Tensor, loose: Tensor, steps: int) -> Tensor:
    """Let loose cloth span hollows, such as the fold at the hip: each step moves it towards its neighbours' middle."""
    b, v, _ = points.shape
    flat = points.permute(1, 0, 2).reshape(v, b * 3)
    share = loose.T[:, :, None].expand(-1, -1, 3).reshape(v, b * 3)
    for _ in range(steps):
        flat = flat + share * (torch.sparse.mm(figure.neighbours, flat) - flat)
    return flat.reshape(v, b, 3).permute(1, 0, 2)
