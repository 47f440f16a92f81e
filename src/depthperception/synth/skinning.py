"""Dual-quaternion skinning: skin follows bones without the collapse that linear blending shows in a deep hip fold."""

import numpy as np
from scipy import sparse
from scipy.spatial.transform import Rotation

from depthperception.synth.body import rig
from depthperception.types import FloatArray


def dual_quaternions(heads: FloatArray, rotations: FloatArray, origins: FloatArray) -> FloatArray:
    """One dual quaternion (bones, 8) per bone, real part first, scalar first.

    Parameters
    ----------
    heads : (bones, 3)
        Where the bones start at rest.
    rotations, origins : (bones, 3, 3), (bones, 3)
        World orientation relative to rest, and where the bones start now.

    Notes
    -----
    After L. Kavan et al., Geometric skinning with approximate dual quaternion blending, 2008.
    """
    xyzw = Rotation.from_matrix(rotations).as_quat()
    q = np.concatenate([xyzw[:, 3:], xyzw[:, :3]], axis=1)
    for i, parent in enumerate(rig().parents):
        if parent >= 0 and q[i] @ q[parent] < 0.0:
            q[i] *= -1.0
    shift = origins - np.einsum("bij,bj->bi", rotations, heads)
    w, x = q[:, :1], q[:, 1:]
    dual = np.concatenate([-np.sum(shift * x, axis=1, keepdims=True), w * shift + np.cross(shift, x)], axis=1)
    return np.concatenate([q, 0.5 * dual], axis=1)


def skin(bones: FloatArray, weights: sparse.csr_array, points: FloatArray) -> FloatArray:
    """Carry rest points (n, 3) with skin weights (n, bones) by the bones' dual quaternions."""
    blend = weights @ bones
    blend /= np.linalg.norm(blend[:, :4], axis=1, keepdims=True)
    w, x, dw, dx = blend[:, :1], blend[:, 1:4], blend[:, 4:5], blend[:, 5:]
    turned = points + 2.0 * np.cross(x, np.cross(x, points) + w * points)
    return np.asarray(turned + 2.0 * (w * dx - dw * x + np.cross(x, dx)), dtype=np.float64)
