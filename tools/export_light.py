"""Export light for training pictures from panoramas in equirectangular .exr files: small pictures and irradiance.

    pip install OpenEXR
    python tools/export_light.py OUT.npz FOLDER

The panoramas measured with are the 18 of npm's @pmndrs/assets 1.7.0 (CC0). z is up; column 0 looks along -x.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import OpenEXR

WIDTH = 96
"""Columns that are kept: light and blurred backgrounds, nothing sharp."""

COSINE = (np.pi, 2.0 * np.pi / 3.0, np.pi / 4.0)
"""Weights of the harmonics of degrees 0, 1, 2 that turn radiance into irradiance (Ramamoorthi, Hanrahan 2001)."""


def harmonics(d: np.ndarray) -> np.ndarray:
    """Real spherical harmonics (..., 9) up to degree 2 of directions (..., 3)."""
    x, y, z = np.moveaxis(d, -1, 0)
    one = np.ones_like(x)
    rows = [0.282095 * one, 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
            0.315392 * (3.0 * z * z - 1.0), 1.092548 * x * z, 0.546274 * (x * x - y * y)]  # fmt: skip
    return np.stack(rows, axis=-1)


def main(out: Path, folder: Path) -> None:
    """Write `pictures` (n, 48, 96, 3), `irradiance` (n, 9, 3) over pi, and the brightest direction `lamp` (n, 3)."""
    pictures, irradiance, lamps = [], [], []
    for path in sorted(folder.glob("*.exr")):
        raw = OpenEXR.File(str(path)).channels()["RGB"].pixels[:, :, :3].astype(np.float64)
        raw = np.clip(raw, 0.0, np.percentile(raw, 99.9) * 4.0)
        small = cv2.resize(raw, (WIDTH, WIDTH // 2), interpolation=cv2.INTER_AREA)
        up = np.pi / 2.0 - (np.arange(WIDTH // 2) + 0.5) / (WIDTH // 2) * np.pi
        turn = (np.arange(WIDTH) + 0.5) / WIDTH * 2.0 * np.pi - np.pi
        lat, lon = np.meshgrid(up, turn, indexing="ij")
        d = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
        solid = np.cos(lat) * (np.pi / (WIDTH // 2)) * (2.0 * np.pi / WIDTH)
        basis = harmonics(d)
        sums = np.einsum("hwk,hwc,hw->kc", basis, small, solid)
        weights = np.repeat(COSINE, (1, 3, 5))[:, None] / np.pi
        mean = (sums[0] * 0.282095 * COSINE[0] / np.pi).mean()
        pictures.append(small / mean)
        irradiance.append(sums * weights / mean)
        bright = cv2.GaussianBlur(small.mean(axis=2), (0, 0), 1.5) * (lat > 0.2)
        lamps.append(d[np.unravel_index(np.argmax(bright), bright.shape)])
    np.savez_compressed(out, pictures=np.array(pictures, np.float16), irradiance=np.array(irradiance, np.float32),
                        lamp=np.array(lamps, np.float32))  # fmt: skip
    print(f"{out}: {len(pictures)} panoramas")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
