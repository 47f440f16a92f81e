"""Gaussian process regression with several groups of inputs and a noise of its own for every point.

Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1. The training points are the
model: what follows from them is computed when it is made.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from depthperception.types import FloatArray


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A process with kernel `signal * exp(-d^2 / 2)`, in units of the targets' spread.

    Attributes
    ----------
    inputs : (n, d)
        Training inputs, scaled so that the kernel's length is 1.
    targets : (n,)
    noise : (n,)
        Variance of each target, in units of their variance.
    signal
        Prior variance, in the same units.
    """

    inputs: FloatArray
    targets: FloatArray
    noise: FloatArray
    signal: float

    @cached_property
    def mean(self) -> float:
        """Mean of the targets."""
        return float(self.targets.mean())

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the targets."""
        return float(self.targets.std())

    @cached_property
    def _factor(self) -> tuple[NDArray[np.float32], bool]:
        # Single precision is enough: the noise keeps the matrix far from singular.
        covariance = self._kernel(self.inputs)
        covariance[np.diag_indices(len(covariance))] += self.noise.astype(np.float32)
        # The transpose is the same matrix, stored as LAPACK wants it: copying takes longer than factoring.
        factor, lower = cho_factor(covariance.T, lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(factor, np.float32), bool(lower)

    @cached_property
    def _weights(self) -> FloatArray:
        standard = ((self.targets - self.mean) / self.spread).astype(np.float32)
        return np.asarray(cho_solve(self._factor, standard, check_finite=False), np.float64)

    def get_ready(self) -> None:
        """Compute what follows from the training points alone, which the first prediction would do else."""
        _ = self._weights

    def predict(self, inputs: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Predict targets (m,) and their standard deviations (m,) for inputs (m, d) with noise (m,)."""
        kernel = self._kernel(inputs)
        known = solve_triangular(self._factor[0], kernel.T, lower=True, check_finite=False)
        variance = np.maximum(self.signal - (known**2).sum(axis=0), 0.0) + noise
        return kernel @ self._weights * self.spread + self.mean, np.sqrt(variance) * self.spread

    @cached_property
    def _single(self) -> NDArray[np.float32]:
        return self.inputs.astype(np.float32)

    def _kernel(self, inputs: FloatArray) -> NDArray[np.float32]:
        """Covariance (m, n), in place and in single precision: it is the largest array of a judgement."""
        asked = inputs.astype(np.float32)
        kernel = asked @ self._single.T
        kernel -= 0.5 * (asked**2).sum(axis=1)[:, None]
        kernel -= 0.5 * (self._single**2).sum(axis=1)
        np.exp(np.minimum(kernel, 0.0, out=kernel), out=kernel)
        kernel *= np.float32(self.signal)
        return kernel
