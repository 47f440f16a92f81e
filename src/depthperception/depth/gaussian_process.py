"""Gaussian process regression with several groups of inputs and a noise of its own for every point.

Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1. The training points are the
model: what follows from them is computed when it is made.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from depthperception.types import FloatArray


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A process with kernel `signal * exp(-d^2 / 2)`, in units of the targets' spread.

    Attributes
    ----------
    inputs : (n, d)
        Training inputs, scaled so that the kernel's length is 1 (see `scaled`).
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
    def _factor(self) -> tuple[FloatArray, bool]:
        covariance = self._kernel(self.inputs)
        covariance[np.diag_indices(len(covariance))] += self.noise
        factor, lower = cho_factor(covariance, lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(factor), bool(lower)

    @cached_property
    def _weights(self) -> FloatArray:
        return np.asarray(cho_solve(self._factor, (self.targets - self.mean) / self.spread, check_finite=False))

    def predict(self, inputs: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Predict targets (m,) and their standard deviations (m,) for inputs (m, d) with noise (m,)."""
        kernel = self._kernel(inputs)
        known = solve_triangular(self._factor[0], kernel.T, lower=True, check_finite=False)
        variance = np.maximum(self.signal - (known**2).sum(axis=0), 0.0) + noise
        return kernel @ self._weights * self.spread + self.mean, np.sqrt(variance) * self.spread

    def _kernel(self, inputs: FloatArray) -> FloatArray:
        squares = (inputs**2).sum(axis=1)[:, None] + (self.inputs**2).sum(axis=1) - 2.0 * inputs @ self.inputs.T
        return np.asarray(self.signal * np.exp(-0.5 * np.maximum(squares, 0.0)))
