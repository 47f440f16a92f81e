"""What a phone and the internet do to a picture, for a batch at once, and what an augmentation adds."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from depthperception.surfaces import mirrored_order
from depthperception.train.surfaces.chance import Chance
from depthperception.train.surfaces.painting import Painting
from depthperception.train.surfaces.photos import Photos

KERNEL = 13
"""Side of the blur's kernel in px."""

GROUPS = 4
"""Parts of a batch that each share a resolution."""

LEAST_LIFTER = 0.05
"""Share of the picture that the lifter takes at least; what shows less teaches nothing."""

LUMA_TABLE = torch.tensor([
    [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55], [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62], [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
], dtype=torch.float32)  # fmt: skip
"""Quantisation of JPEG's annex K, quality 50."""


@dataclass(frozen=True, eq=False)
class Batch:
    """What the network is shown, and what is true.

    Attributes
    ----------
    picture : (b, 3, s, s)
        Display values, 0 to 1.
    points : (b, 16, 2)
        -1 to 1 across the picture.
    state : (b, 16)
        0 seen, 1 hidden, 2 out of the picture.
    counts : (b,)
        1 where the lifter is in the picture at all.
    metres : (b,)
        Half the picture's side at the lifter: points times this are metres.
    """

    picture: Tensor
    points: Tensor
    state: Tensor
    counts: Tensor
    metres: Tensor


@torch.no_grad()
def develop(painting: Painting, photos: Photos, size: int) -> Batch:
    """Turn light into the picture that a phone stored and somebody posted, `size` px wide, mirrored or not."""
    picture = painting.picture
    b, full = len(picture), picture.shape[-1]
    chance = Chance(b, picture.device)
    picture = _exposed(picture, chance)
    picture, blocked = _covered(picture, photos, chance)
    at = painting.points_px.long().clamp(0, full - 1)
    covered = blocked[torch.arange(b, device=picture.device)[:, None], at[..., 1], at[..., 0]]
    state = torch.where((painting.state == 0) & covered, 1, painting.state)
    parts = []
    for part in torch.arange(b, device=picture.device).chunk(GROUPS):
        parts.append(_stored(picture[part], size, Chance(len(part), picture.device)))
    shown = torch.cat(parts)
    points = painting.points_px / full * 2.0 - 1.0
    shown, state = _cut(shown, points, state, chance)
    shown, points, state = mirrored(shown, points, state, chance.flip(0.5))
    counts = (painting.lifter.float().mean((1, 2)) > LEAST_LIFTER).float()
    return Batch(shown, points, state, counts, full / 2.0 / painting.px_per_m)


def mirrored(picture: Tensor, points: Tensor, state: Tensor, flip: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mirror those pictures that `flip` (b,) says: left is right then."""
    order = torch.tensor(mirrored_order(), device=picture.device)
    swapped = points[:, order] * torch.tensor([-1.0, 1.0], device=picture.device)
    return (
        torch.where(flip[:, None, None, None], picture.flip(-1), picture),
        torch.where(flip[:, None, None], swapped, points),
        torch.where(flip[:, None], state[:, order], state),
    )


def _exposed(picture: Tensor, chance: Chance) -> Tensor:
    """Automatic exposure that is a little off, white balance, contrast and colour."""
    picture = picture.clamp(0.0, 20.0)
    mean = picture.clamp_max(2.0).mean((1, 2, 3), keepdim=True).clamp_min(1e-3)
    gain = chance.log_uniform(0.10, 0.34, 1, 1, 1) / mean
    balance = (chance.normal(0.0, 0.08, 3, 1, 1, within=(-0.25, 0.25))).exp()
    picture = (picture * gain * balance).clamp_min(0.0)
    soft = picture / (1.0 + chance.uniform(0.0, 0.35, 1, 1, 1) * picture)
    shown = soft.clamp(1e-5, 1.0) ** (1.0 / chance.uniform(1.9, 2.5, 1, 1, 1))
    bent = shown * shown * (3.0 - 2.0 * shown)
    shown = shown + chance.uniform(-0.3, 0.7, 1, 1, 1) * (bent - shown)
    grey = shown.mean(1, keepdim=True)
    pale = torch.where(chance.flip(0.04, 1, 1, 1), 0.0, chance.uniform(0.5, 1.35, 1, 1, 1))
    return (grey + (shown - grey) * pale).clamp(0.0, 1.0)


def _covered(picture: Tensor, photos: Photos, chance: Chance) -> tuple[Tensor, Tensor]:
    """Paste discs of photos, and bars of one colour, over some pictures."""
    picture, blocked = photos.over(picture, chance, 0.14)
    size = picture.shape[-1]
    line = (torch.arange(size, device=picture.device) + 0.5) / size
    for _ in range(2):
        middle, angle = chance.uniform(0.0, 1.0, 2), chance.uniform(0.0, 3.1416, 1, 1)
        wide, long = chance.log_uniform(0.012, 0.09, 1, 1), chance.log_uniform(0.05, 0.9, 1, 1)
        x, y = line[None, None] - middle[:, :1, None], line[None, :, None] - middle[:, 1:, None]
        across, along = x * angle.sin() - y * angle.cos(), x * angle.cos() + y * angle.sin()
        bar = (across.abs() < wide) & (along.abs() < long / 2.0) & chance.flip(0.10, 1, 1)
        colour = chance.colours()[:, :, None, None] ** 0.45
        shade = 1.0 - 0.5 * (across / wide)[:, None].abs()
        picture = torch.where(bar[:, None], colour * shade, picture)
        blocked = blocked | bar
    return picture, blocked


def _cut(shown: Tensor, points: Tensor, state: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
    """Let the film's picture end inside some crops, mostly below the feet: what lies beyond is black, as in a crop."""
    line = (torch.arange(shown.shape[-1], device=shown.device) + 0.5) / shown.shape[-1] * 2.0 - 1.0
    ends = {}
    for name, share, most in (("left", 0.14, 0.75), ("right", 0.14, 0.75), ("top", 0.07, 0.5), ("bottom", 0.42, 0.85)):
        # Deep cuts are rarer: a squat filmed so is still looked at.
        depth = chance.uniform(0.0, 1.0) ** 1.5 * most
        ends[name] = 1.0 - torch.where(chance.flip(share), depth, -1.0)
    x, y = points.unbind(-1)
    gone = [
        (x < -ends["left"][:, None]) | (x > ends["right"][:, None]),
        (y < -ends["top"][:, None]) | (y > ends["bottom"][:, None]),
    ]
    black = [
        (line[None] < -ends["left"][:, None]) | (line[None] > ends["right"][:, None]),
        (line[None] < -ends["top"][:, None]) | (line[None] > ends["bottom"][:, None]),
    ]
    shown = torch.where(black[0][:, None, None, :] | black[1][:, None, :, None], 0.0, shown)
    return shown, torch.where(gone[0] | gone[1], 2, state)


def _stored(picture: Tensor, size: int, chance: Chance) -> Tensor:
    """Blur, noise, sharpening and compression at a resolution of the film's own, brought to `size`."""
    share = float(torch.empty(()).uniform_(-0.75, 0.15).exp())
    own = max(8 * round(size * share / 8), 96)
    film = F.interpolate(
        picture, size=(own, own), mode="area" if own <= picture.shape[-1] / 1.5 else "bilinear", antialias=False
    )
    film = _blurred(film, chance, own / size)
    grain = chance.normal(0.0, 1.0, 3, own, own)
    coarse = F.interpolate(
        chance.normal(0.0, 1.0, 3, own // 2, own // 2), size=(own, own), mode="bilinear", align_corners=False
    )
    strength = chance.uniform(0.0, 0.035, 1, 1, 1) * chance.flip(0.65, 1, 1, 1)
    colour = chance.uniform(0.0, 1.0, 1, 1, 1)
    grain = grain.mean(1, keepdim=True) * 1.5 * (1.0 - colour) + (grain + coarse) * 0.6 * colour
    film = film + strength * grain * (1.2 - film)
    sharp = chance.uniform(0.0, 1.4, 1, 1, 1) * chance.flip(0.45, 1, 1, 1)
    film = film + sharp * (film - F.avg_pool2d(F.pad(film, (1,) * 4, mode="replicate"), 3, 1))
    film = _compressed(film.clamp(0.0, 1.0), chance)
    if own != size:
        film = F.interpolate(film, size=(size, size), mode="bilinear", align_corners=False, antialias=own > size)
    return film.clamp(0.0, 1.0)


def _blurred(picture: Tensor, chance: Chance, scale: float) -> Tensor:
    """Defocus and motion, mostly along the lift: one kernel for each picture."""
    b, _, s, _ = picture.shape
    sigma = torch.where(chance.flip(0.5), 0.3, chance.uniform(0.4, 2.2) * scale).clamp_min(0.25)
    reach = torch.where(chance.flip(0.7), 0.0, chance.uniform(1.0, 10.0) * scale).clamp_max(10.0)
    angle = 1.5708 + chance.normal(0.0, 0.5)
    line = torch.arange(KERNEL, device=picture.device) - KERNEL // 2
    steps = torch.linspace(-0.5, 0.5, 9, device=picture.device)
    off_x = reach[:, None] * angle.cos()[:, None] * steps
    off_y = reach[:, None] * angle.sin()[:, None] * steps
    x = torch.exp(-((line[None, None] - off_x[..., None]) ** 2) / (2.0 * sigma[:, None, None] ** 2))
    y = torch.exp(-((line[None, None] - off_y[..., None]) ** 2) / (2.0 * sigma[:, None, None] ** 2))
    kernel = torch.einsum("btx,bty->byx", x, y)
    kernel = kernel / kernel.sum((1, 2), keepdim=True)
    padded = F.pad(picture, (KERNEL // 2,) * 4, mode="replicate")
    flat = padded.reshape(1, b * 3, padded.shape[2], padded.shape[3])
    # Every call has another size: trying out algorithms for each would take longer than the blur.
    with torch.backends.cudnn.flags(enabled=torch.backends.cudnn.enabled, benchmark=False):
        return F.conv2d(flat, kernel.repeat_interleave(3, 0)[:, None], groups=b * 3).reshape(b, 3, s, s)


def _compressed(picture: Tensor, chance: Chance) -> Tensor:
    """JPEG's loss: blocks of 8 px, the colours at half the resolution."""
    s = picture.shape[-1]
    r, g, blue = (picture * 255.0 - 128.0).unbind(1)
    luma = 0.299 * r + 0.587 * g + 0.114 * blue
    tones = F.avg_pool2d(torch.stack([blue - luma, r - luma], 1), 2)
    quality = chance.uniform(12.0, 95.0, 1, 1, 1, 1)
    factor = torch.where(quality < 50.0, 50.0 / quality, 2.0 - quality / 50.0)
    table = (LUMA_TABLE.to(picture.device) * factor).clamp_min(1.0)
    luma = _quantised(luma[:, None], table)[:, 0]
    tones = _quantised(tones, table * 1.3)
    tones = F.interpolate(tones, size=(s, s), mode="bilinear", align_corners=False)
    blue, r = luma + tones[:, 0], luma + tones[:, 1]
    g = (luma - 0.299 * r - 0.114 * blue) / 0.587
    result = (torch.stack([r, g, blue], 1) + 128.0) / 255.0
    return torch.where(chance.flip(0.85, 1, 1, 1), result, picture)


def _quantised(planes: Tensor, table: Tensor) -> Tensor:
    """Planes (b, c, s, s), quantised in blocks of 8 with a table (b, 1, 1, 8, 8)."""
    b, c, s, _ = planes.shape
    pad = -s % 8
    padded = F.pad(planes, (0, pad, 0, pad), mode="replicate")
    n = (s + pad) // 8
    blocks = padded.reshape(b, c, n, 8, n, 8).permute(0, 1, 2, 4, 3, 5).reshape(b, c, n * n, 8, 8)
    basis = _cosines(planes.device)
    coded = basis @ blocks @ basis.T
    coded = torch.round(coded / table) * table
    blocks = (basis.T @ coded @ basis).reshape(b, c, n, n, 8, 8)
    return blocks.permute(0, 1, 2, 4, 3, 5).reshape(b, c, s + pad, s + pad)[..., :s, :s]


def _cosines(device: torch.device) -> Tensor:
    """Orthonormal discrete cosine transform (8, 8)."""
    k = torch.arange(8, device=device, dtype=torch.float32)
    basis = torch.cos((2.0 * k[None] + 1.0) * k[:, None] * torch.pi / 16.0) * 0.5
    basis[0] *= 0.5**0.5
    return basis
