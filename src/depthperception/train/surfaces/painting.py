"""Pictures of posed people with what is true in them, for a batch at once: dressed, lit, drawn and painted."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from depthperception.train.surfaces.chance import Chance, Noise
from depthperception.train.surfaces.lighting import Light, Panoramas, light_up, lit, openness, shadow_map
from depthperception.train.surfaces.photos import Photos
from depthperception.train.surfaces.points import SEEN_BEFORE_M, SEEN_WITHIN_M
from depthperception.train.surfaces.raster import Seen, draw
from depthperception.train.surfaces.stage import Shots, Things, in_the_way, set_up, shoot
from depthperception.train.surfaces.wardrobe import ZONES, Figure, Outfit, drape, dress, normals_of, posed


@dataclass(frozen=True, eq=False)
class Cast:
    """A batch of posed people on a device; fields as in `posing.Posed`, with a first axis."""

    rest: Tensor
    normals: Tensor
    heads: Tensor
    bones: Tensor
    points: Tensor
    bar: Tensor
    trunk: Tensor
    facts: Tensor

    def take(self, index: Tensor) -> "Cast":
        """Some of them."""
        return Cast(*(value[index] for value in vars(self).values()))


@dataclass(frozen=True, eq=False)
class Painting:
    """Pictures and truth.

    Attributes
    ----------
    picture : (b, 3, s, s)
        Linear light.
    points_px : (b, 16, 2)
        Truth in the picture, (0, 0) its corner.
    state : (b, 16)
        0 seen, 1 hidden, 2 out of the picture.
    lifter : (b, s, s)
        Pixels that show the lifter.
    px_per_m : (b,)
        At the lifter's hips.
    """

    picture: Tensor
    points_px: Tensor
    state: Tensor
    lifter: Tensor
    px_per_m: Tensor


class Painter:
    """Everything that all pictures share, on a device.

    Parameters
    ----------
    photos
        Real pictures for backgrounds, prints on clothes and things in the way.
    """

    def __init__(self, photos: Photos, device: torch.device) -> None:
        self.device = device
        self.figure = Figure.on(device)
        self.noise = Noise.on(device)
        self.panoramas = Panoramas.on(device)
        self.photos = photos

    @torch.no_grad()
    def paint(self, lifters: Cast, others: Cast, size: int) -> Painting:
        """Film each lifter once, with somebody else about in two of five pictures."""
        chance = Chance(len(lifters.rest), self.device)
        shots = shoot(lifters.points, lifters.facts[:, 0], size)
        light = light_up(chance, self.panoramas)
        skins, outfits = zip(*(self._dressed(cast) for cast in (lifters, others)), strict=True)
        other = _placed(skins[1], shots.eye, chance)
        things = set_up(lifters.bar, lifters.trunk, lifters.facts[:, 1], shots.eye, chance)
        bodies = [skins[0], other]
        corners = torch.cat([*bodies, things.points], dim=1)
        count = skins[0].shape[1]
        faces = torch.cat([self.figure.faces, self.figure.faces + count, things.faces + 2 * count])
        pixels, depth = shots.pixels(corners)
        seen = draw(pixels, depth, faces, size)
        shadows = shadow_map(corners, faces, light)
        floor = _Floor.under(shots, size, chance)
        depth_m = torch.where(seen.hit, seen.depth_m, floor.depth_m)
        open_sky = openness(depth_m)
        normals = torch.cat([*(normals_of(body, self.figure.faces) for body in bodies), things.normals], dim=1)
        scene = _Scene(lifters.rest, others.rest, outfits, things, corners, normals, faces, seen)
        picture = self._around(shots, light, floor, shadows, open_sky, chance, size)
        scene_picture = self._surfaces(scene, shots, light, shadows, open_sky, chance)
        picture[seen.hit] = scene_picture.to(picture.dtype)
        lifter = seen.hit & (seen.face < len(self.figure.faces))
        points, away = shots.pixels(lifters.points)
        state = _state(points, away, torch.where(lifter, seen.depth_m, 0.0), size)
        zoom = shots.project[:, 0, :3].norm(dim=-1) / away[:, 6:8].mean(1)
        return Painting(picture.permute(0, 3, 1, 2), points, state, lifter, zoom)

    def _dressed(self, cast: Cast) -> tuple[Tensor, Outfit]:
        outfit = dress(self.figure, cast.rest, cast.heads, cast.normals.float(), cast.facts[:, 0] / 1.75, self.noise)
        clothed = cast.rest + cast.normals.float() * outfit.thickness_m[..., None]
        steps = int(torch.randint(2, 8, ()))
        return drape(self.figure, posed(self.figure, clothed, cast.bones), outfit.loose, steps), outfit

    def _surfaces(
        self, scene: "_Scene", shots: Shots, light: Light, shadows: tuple[Tensor, Tensor], open_sky: Tensor,
        chance: Chance,
    ) -> Tensor:  # fmt: skip
        """Colours (n, 3) of the pixels that show a mesh."""
        picture, row, column = torch.nonzero(scene.seen.hit, as_tuple=True)
        face, share = scene.seen.face[picture, row, column], scene.seen.share[picture, row, column]
        at = scene.faces[face]
        position, normal = (_mixed(values, picture, at, share) for values in (scene.corners, scene.normals))
        colour, gloss, bump, rest = self._paint_of(scene, picture, at, share, chance)
        wrinkle = self.noise.at(rest * chance.uniform(14.0, 60.0, 3)[picture] + 11.0)[..., :3]
        normal = normal + bump[:, None] * wrinkle
        normal = normal / normal.norm(dim=-1, keepdim=True).clamp_min(1e-6)
        to_eye = shots.eye[picture] - position
        to_eye = to_eye / to_eye.norm(dim=-1, keepdim=True)
        reach = lit(position + 0.01 * normal, picture, shadows)
        open_here = open_sky[picture, row, column][:, None]
        lamp = light.lamp[picture]
        straight = (normal * lamp).sum(-1).clamp_min(0.0) * reach
        half = lamp + to_eye
        half = half / half.norm(dim=-1, keepdim=True).clamp_min(1e-6)
        shine = gloss * (normal * half).sum(-1).clamp_min(0.0) ** 24 * reach
        rim = gloss * 0.25 * (1.0 - (normal * to_eye).sum(-1).clamp(0.0, 1.0)) ** 4
        around = light.irradiance(normal, picture) * open_here
        key = light.lamp_colour[picture]
        return colour * (around + key * straight[:, None]) + key * shine[:, None] + around * rim[:, None]

    def _paint_of(
        self, scene: "_Scene", picture: Tensor, at: Tensor, share: Tensor, chance: Chance
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Colour (n, 3), shine (n,), roughness (n,) and place at rest (n, 3) of pixels."""
        count = scene.rest[0].shape[1]
        which = torch.div(at[:, 0], count, rounding_mode="floor").clamp_max(2)
        colour = torch.empty((len(at), 3), device=self.device)
        gloss, bump, place = (torch.zeros(len(at), device=self.device) for _ in range(3))
        rest_at = torch.empty((len(at), 3), device=self.device)
        del place
        for k, outfit in enumerate(scene.outfits):
            mine = torch.nonzero(which == k)[:, 0]
            corner, weight, pic = at[mine] - k * count, share[mine], picture[mine]
            rest = _mixed(scene.rest[k], pic, corner, weight)
            signed = _mixed(outfit.zones, pic, corner, weight)
            order = torch.arange(1, len(ZONES) + 1, device=self.device)
            zone = ((signed > 0.0) * order).argmax(-1)
            colour[mine] = self._cloth(outfit, rest, pic, zone, chance)
            gloss[mine], bump[mine], rest_at[mine] = outfit.gloss[pic, zone], outfit.bump[pic, zone], rest
        mine = torch.nonzero(which == 2)[:, 0]
        pic, corner = picture[mine], at[mine, 0] - 2 * count
        world = _mixed(scene.corners, pic, at[mine], share[mine])
        grain = self.noise.at(world * 9.0)
        colour[mine] = scene.things.colours[pic, scene.things.thing[corner]] * (1.0 + 0.35 * grain[:, :1])
        gloss[mine], rest_at[mine] = 0.15, world
        return colour, gloss, bump, rest_at

    def _cloth(self, outfit: Outfit, rest: Tensor, picture: Tensor, zone: Tensor, chance: Chance) -> Tensor:
        """Colour (n, 3) of cloth or skin, by its pattern."""
        first, second = outfit.colours[picture, zone].unbind(1)
        pattern = outfit.pattern[picture, zone]
        coarse = self.noise.at(rest * chance.uniform(5.0, 16.0, 1)[picture] + 3.0)
        fine = self.noise.at(rest * 43.0 + 17.0)
        blotch = torch.sigmoid((coarse[:, 0] - 0.15) * 14.0)
        width = chance.uniform(0.02, 0.16)[picture]
        tilt = chance.uniform(-0.6, 0.6)[picture]
        stripe = (torch.frac((rest[:, 2] + tilt * rest[:, 0] + 3.0) / width) < 0.4).to(rest.dtype)
        seam = ((rest[:, 1] - 0.02).abs() < 0.2 * width).to(rest.dtype)
        mix = torch.zeros_like(blotch)
        for number, value in ((1, torch.where(zone == 0, 0.6 * blotch, blotch)), (2, stripe), (3, seam)):
            mix = torch.where(pattern == number, value, mix)
        colour = first + (second - first) * mix[:, None]
        printed = self.photos.printed(picture, rest[:, [0, 2]] * chance.log_uniform(0.8, 5.0, 1)[picture])
        colour = torch.where((pattern == 4)[:, None], 0.25 * first + printed, colour)
        return colour * (1.0 + 0.22 * coarse[:, 1:2] + 0.18 * fine[:, 2:3])

    def _around(
        self, shots: Shots, light: Light, floor: "_Floor", shadows: tuple[Tensor, Tensor], open_sky: Tensor,
        chance: Chance, size: int,
    ) -> Tensor:  # fmt: skip
        """What is behind everybody (b, s, s, 3): a photo, a panorama or a bare wall, and the floor."""
        b = len(shots.eye)
        kind = chance.pick((0.62, 0.18, 0.20))[:, None, None, None]
        uneven = F.interpolate(chance.normal(0.0, 1.0, 1, 4, 4), size=(size, size), mode="bicubic")
        wall = chance.colours(pale=True)[:, :, None, None] * (1.0 + 0.15 * uneven)
        rays = floor.rays / floor.rays.norm(dim=-1, keepdim=True)
        photo = self.photos.behind(chance, size)
        behind = torch.where(kind == 0, photo, torch.where(kind == 1, light.background(rays), wall))
        behind = behind.clamp(0.0, 6.0).permute(0, 2, 3, 1)
        picture, row, column = torch.nonzero(floor.shown, as_tuple=True)
        point = floor.points[picture, row, column]
        grain = self.noise.at(point * chance.log_uniform(2.0, 40.0, 1)[picture])
        fine = self.noise.at(point * 37.0)
        tile = chance.log_uniform(0.15, 1.2)[picture, None]
        joint = ((torch.frac(point[:, :2] / tile + 500.0) < 0.025).any(-1) & chance.flip(0.2)[picture])[:, None]
        speck = (fine[:, :1] > 0.62) & chance.flip(0.12, 1)[picture]
        base, other = chance.colours(2).unbind(1)
        colour = base[picture] * (1.0 + 0.3 * grain[:, :1] + 0.2 * fine[:, 1:2])
        colour = torch.where(joint | speck, other[picture], colour)
        up = torch.tensor([0.0, 0.0, 1.0], device=self.device).expand_as(point)
        reach = lit(point, picture, shadows)[:, None]
        around = light.irradiance(up, picture) * open_sky[picture, row, column][:, None]
        key = light.lamp_colour[picture] * light.lamp[picture, 2:]
        behind = behind.contiguous()
        behind[picture, row, column] = colour.clamp(0.005, 1.0) * (around + key * reach)
        assert behind.shape == (b, size, size, 3)
        return behind


@dataclass(frozen=True, eq=False)
class _Scene:
    first: Tensor
    second: Tensor
    outfits: tuple[Outfit, ...]
    things: Things
    corners: Tensor
    normals: Tensor
    faces: Tensor
    seen: Seen

    @property
    def rest(self) -> tuple[Tensor, Tensor]:
        return self.first, self.second


@dataclass(frozen=True, eq=False)
class _Floor:
    """Where each pixel's ray (b, s, s, 3) meets the floor, and whether that is shown."""

    rays: Tensor
    points: Tensor
    depth_m: Tensor
    shown: Tensor

    @classmethod
    def under(cls, shots: Shots, size: int, chance: Chance) -> "_Floor":
        middle = torch.arange(size, device=shots.eye.device) + 0.5
        y, x = torch.meshgrid(middle, middle, indexing="ij")
        rays = torch.stack([x, y, torch.ones_like(x)], -1) @ shots.rays.transpose(1, 2)[:, None]
        depth = -shots.eye[:, 2, None, None] / torch.where(rays[..., 2] < -1e-3, rays[..., 2], -1e-3)
        points = shots.eye[:, None, None] + depth[..., None] * rays
        reach = chance.log_uniform(2.0, 14.0)[:, None, None]
        shown = (rays[..., 2] < -1e-3) & (points[..., :2].norm(dim=-1) < reach) & chance.flip(0.75, 1, 1)
        return cls(rays, points, torch.where(shown, depth, 60.0), shown)


def _placed(skin: Tensor, eye: Tensor, chance: Chance) -> Tensor:
    """Put somebody else behind the lifter, at the bar's ends or anywhere; in three of five pictures out of sight."""
    where = chance.pick((0.58, 0.12, 0.10, 0.20))
    side = torch.where(chance.flip(0.5), 1.0, -1.0)
    zero = torch.zeros_like(side)
    around, away = chance.uniform(0.0, 6.283), chance.uniform(1.2, 4.5)
    spots = torch.stack([
        torch.stack([zero, zero, zero - 90.0], -1),
        torch.stack([chance.normal(0.0, 0.1), -chance.uniform(0.7, 1.1), zero], -1),
        torch.stack([side * chance.uniform(1.2, 1.6), chance.normal(0.0, 0.15), zero], -1),
        torch.stack([away * around.cos(), away * around.sin(), zero], -1),
    ], dim=1)  # fmt: skip
    spot = spots.gather(1, where[:, None, None].expand(-1, 1, 3))
    spot = torch.where(in_the_way(spot, eye, chance)[..., None], spots[:, :1], spot)[:, 0]
    turn = torch.where(where == 1, zero, torch.where(where == 2, side * 1.57, chance.uniform(0.0, 6.283)))
    cos, sin = turn.cos()[:, None], turn.sin()[:, None]
    x, y, z = skin.unbind(-1)
    return torch.stack([cos * x - sin * y, sin * x + cos * y, z], -1) + spot[:, None]


def _mixed(values: Tensor, picture: Tensor, corners: Tensor, share: Tensor) -> Tensor:
    """Values (b, v, c) of corners (n, 3) of pictures (n,), mixed by shares (n, 3)."""
    flat = values.reshape(-1, values.shape[-1])
    base = picture * values.shape[1]
    found = flat[base + corners[:, 0]] * share[:, :1]
    for k in (1, 2):
        found = found + flat[base + corners[:, k]] * share[:, k : k + 1]
    return found


def _state(points: Tensor, away: Tensor, lifter_m: Tensor, size: int) -> Tensor:
    """0 seen, 1 hidden, 2 out of the picture, from the depth (b, s, s) of the lifter where he is what is seen."""
    b = len(points)
    inside = ((points >= 0.0) & (points < size)).all(-1) & (away > 0.1)
    at = points.long().clamp(0, size - 1)
    rows = torch.arange(b, device=points.device)[:, None]
    surface = lifter_m[rows, at[..., 1], at[..., 0]]
    within = torch.tensor(SEEN_WITHIN_M, device=points.device).repeat_interleave(2)
    # A point on an outline may fall a pixel beside the body.
    for dx, dy in ((3, 0), (-3, 0), (0, 3), (0, -3)):
        x, y = (at[..., 0] + dx).clamp(0, size - 1), (at[..., 1] + dy).clamp(0, size - 1)
        beside = lifter_m[rows, y, x]
        surface = torch.where((surface - away).abs() <= (beside - away).abs(), surface, beside)
    seen = (surface > 0.0) & ((away - surface) < within) & ((surface - away) < SEEN_BEFORE_M)
    return torch.where(inside, torch.where(seen, 0, 1), 2)
