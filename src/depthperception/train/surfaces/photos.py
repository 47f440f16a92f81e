"""Real pictures on a device: behind the lifter, printed on clothes, and their discs as things in the way.

Any folder of pictures serves; discs are read from YOLO boxes beside them. Those measured with are the training part of
Gym_barbell-1 (CC BY 4.0), whose people are never marked: nothing is learnt of them but what a gym looks like.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from depthperception.train.surfaces.chance import Chance

SIZE_PX = 208
"""Side that pictures are kept at: 808 of them make 10 MB of JPEG."""


@dataclass(frozen=True, eq=False)
class Photos:
    """Pictures (n, 3, s, s) in 8 bits, and discs (m, 5): which picture, left, top, right, bottom as shares of it."""

    pictures: Tensor
    discs: Tensor

    @classmethod
    def load(cls, path: Path, device: torch.device) -> "Photos":
        """Read what `pack` wrote."""
        with np.load(path) as data:
            starts, codes, discs = data["starts"], data["codes"], data["discs"]
        decoded = [_decoded(codes[a:b]) for a, b in pairwise(starts)]
        pictures = torch.from_numpy(np.ascontiguousarray(np.stack(decoded).transpose(0, 3, 1, 2)))
        return cls(pictures.to(device), torch.from_numpy(discs.astype(np.float32)).to(device))

    @classmethod
    def none(cls, device: torch.device) -> "Photos":
        """Smooth coloured noise, where there are no pictures."""
        rng = torch.Generator().manual_seed(3)
        coarse = torch.rand((64, 3, 13, 13), generator=rng)
        pictures = F.interpolate(coarse, size=(SIZE_PX, SIZE_PX), mode="nearest") * 255.0
        return cls(pictures.to(torch.uint8).to(device), torch.tensor([[0.0, 0.2, 0.2, 0.8, 0.8]], device=device))

    def behind(self, chance: Chance, size: int) -> Tensor:
        """Backgrounds (b, 3, size, size) in linear light: parts of pictures, mirrored or not, brighter or darker."""
        which = chance.pick((1.0,) * len(self.pictures))
        zoom = chance.uniform(0.25, 1.0, 1, 1)
        wide = chance.log_uniform(0.7, 1.4, 1, 1)
        flip = torch.where(chance.flip(0.5, 1, 1), 1.0, -1.0)
        at = chance.uniform(-1.0, 1.0, 2) * (1.0 - zoom[:, 0])
        line = torch.linspace(-1.0, 1.0, size, device=chance.device)
        x = (at[:, :1, None] + line[None, None] * zoom * wide.clamp_max(1.0)) * flip
        y = at[:, 1:, None] + line[None, :, None] * zoom / wide.clamp_min(1.0)
        grid = torch.stack([x.expand(-1, size, -1), y.expand(-1, -1, size)], -1)
        picture = F.grid_sample(
            self.pictures[which].float() / 255.0, grid, padding_mode="reflection", align_corners=False
        )
        return linear(picture) * chance.log_uniform(0.5, 1.8, 1, 1, 1)

    def printed(self, picture: Tensor, at: Tensor) -> Tensor:
        """Linear colours (n, 3) of prints at places (n, 2); each picture of the batch has a print of its own."""
        count = int(picture.max()) + 1 if len(picture) else 1
        which = torch.randint(len(self.pictures), (count,), device=at.device)[picture]
        side = self.pictures.shape[-1]
        x, y = ((torch.remainder(at[:, k], 1.0) * side).long().clamp(0, side - 1) for k in range(2))
        return linear(self.pictures[which, :, y, x].float() / 255.0)

    def over(self, shown: Tensor, chance: Chance, share: float) -> tuple[Tensor, Tensor]:
        """Paste discs over pictures (b, 3, s, s) in that share of them; where they are (b, s, s) comes second."""
        size = shown.shape[-1]
        disc = self.discs[torch.randint(len(self.discs), (chance.count,), device=chance.device)]
        centre, half = chance.uniform(0.0, 1.0, 2), chance.log_uniform(0.06, 0.26, 1)
        high = half * ((disc[:, 4:] - disc[:, 2:3]) / (disc[:, 3:4] - disc[:, 1:2]).clamp_min(1e-3)).clamp(0.5, 2.0)
        line = (torch.arange(size, device=chance.device) + 0.5) / size
        u = (line[None, None] - centre[:, :1, None]) / half[..., None]
        v = (line[None, :, None] - centre[:, 1:, None]) / high[..., None]
        within = (u**2 + v**2 < 1.0) & chance.flip(share, 1, 1)
        x = (disc[:, 1, None, None] + disc[:, 3, None, None] + u * (disc[:, 3] - disc[:, 1])[:, None, None]) - 1.0
        y = (disc[:, 2, None, None] + disc[:, 4, None, None] + v * (disc[:, 4] - disc[:, 2])[:, None, None]) - 1.0
        grid = torch.stack([x.expand(-1, size, -1), y.expand(-1, -1, size)], -1)
        pasted = F.grid_sample(self.pictures[disc[:, 0].long()].float() / 255.0, grid, align_corners=False)
        return torch.where(within[:, None], pasted, shown), within


def _decoded(code: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture = cv2.imdecode(code, cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("a picture in the file cannot be decoded; pack it again")
    return np.asarray(picture[:, :, ::-1], np.uint8)


def linear(srgb: Tensor) -> Tensor:
    """Linear light of display values."""
    return srgb.clamp(0.0, 1.0) ** 2.2


def pack(folder: Path, out: Path) -> int:
    """Shrink the pictures of a folder into one file, with the boxes of `labels` beside `images`; return how many."""
    codes: list[NDArray[np.uint8]] = []
    discs: list[list[float]] = []
    for path in sorted(folder.rglob("*.jpg")):
        read = cv2.imread(str(path))
        if read is None:
            raise ValueError(f"{path} cannot be read as a picture; take it out of the folder")
        picture = cv2.resize(read, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA)
        label = Path(str(path.with_suffix(".txt")).replace("/images/", "/labels/"))
        for line in label.read_text().splitlines() if label.exists() else ():
            _, x, y, w, h = (float(word) for word in line.split()[:5])
            # Long boxes hold a whole bar, not a disc; small ones are too blurred to paste.
            if w > 0.12 and 0.4 < w / h < 2.0:
                discs.append([float(len(codes)), x - w / 2, y - h / 2, x + w / 2, y + h / 2])
        codes.append(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].ravel())
    starts = np.cumsum([0, *(len(code) for code in codes)])
    np.savez(out, starts=starts, codes=np.concatenate(codes), discs=np.array(discs, np.float32))
    return len(codes)
