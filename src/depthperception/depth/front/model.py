"""The coefficients of the `front` method: a small JSON file that needs nothing but numpy to be used."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.attempts.heights import FEATURES, SquatHeights
from depthperception.attempts.settings import ATTEMPTS
from depthperception.errors import ModelError
from depthperception.models import checked_bytes
from depthperception.types import FloatArray

SCHEMA = "depthperception/front-model/1"

NOT_STOOD_UP_PROBABILITY = 0.02
"""Most that a lift can get which was not stood up, however deep: it is certain to be no valid lift if the end of the
sequence is the end of the attempt, and 1 in 50 is left for that to be wrong."""


@dataclass(frozen=True)
class FrontModel:
    """Logistic regression on standardised heights, with the lockout rule.

    Attributes
    ----------
    features : (k,) names
        From `attempts.heights.FEATURES`.
    mean, scale : (k,)
        Taken from a feature before it is weighed, and what it is divided by.
    weights : (k,)
        Change of the log-odds of "deep enough" per standard deviation.
    bias
        Log-odds of a squat with average features.
    provenance
        What it was trained on and with, and how it did on lifters left out.
    """

    features: tuple[str, ...]
    mean: FloatArray
    scale: FloatArray
    weights: FloatArray
    bias: float
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        unknown = sorted(set(self.features) - set(FEATURES))
        shapes = {np.shape(part) for part in (self.mean, self.scale, self.weights)}
        numbers = np.concatenate([np.ravel(part) for part in (self.mean, self.scale, self.weights, self.bias)])
        if unknown or shapes != {(len(self.features),)} or not np.isfinite(numbers).all():
            raise ModelError(
                f"Found a front model with features {list(self.features)} and parts of shape {sorted(shapes)}; "
                f"expected one finite mean, scale and weight for each feature, out of {', '.join(FEATURES)}. "
                "Train it again with `depthperception train front`."
            )

    def depth_probability(self, features: SquatHeights) -> float:
        """Probability that the squat is deep enough, whatever came after the bottom."""
        z = (features.values(self.features) - self.mean) / self.scale
        # Beyond odds of 1 to 1e13 the probability would round to 0 or 1, which nothing that is measured deserves.
        return float(1 / (1 + np.exp(-np.clip(z @ self.weights + self.bias, -30, 30))))

    def probability(self, features: SquatHeights) -> float:
        """Probability that the lift is valid: deep enough and stood up."""
        deep = self.depth_probability(features)
        return min(deep, NOT_STOOD_UP_PROBABILITY) if features.recovery <= ATTEMPTS.not_stood_up else deep

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        content = {
            "schema": SCHEMA,
            "features": list(self.features),
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "weights": self.weights.tolist(),
            "bias": self.bias,
            "provenance": dict(self.provenance),
        }
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "FrontModel":
        """Read a model that `save` wrote.

        Raises
        ------
        ModelError
            When the file is missing, is not such a model, or its parts do not fit together.
        """
        try:
            return cls.parse(path.read_bytes())
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelError(
                f"{path} cannot be read as a front model ({error}); expected JSON of schema {SCHEMA}. "
                "Train it again with `depthperception train front DATA --out MODEL`."
            ) from error

    @classmethod
    def parse(cls, text: bytes) -> "FrontModel":
        """Make the model of the content of such a file."""
        content = json.loads(text)
        if content["schema"] != SCHEMA:
            raise ValueError(f"its schema is {content['schema']!r}")
        mean, scale, weights = (np.asarray(content[key], dtype=float) for key in ("mean", "scale", "weights"))
        features, bias, provenance = tuple(content["features"]), float(content["bias"]), content["provenance"]
        return cls(features, mean, scale, weights, bias, provenance)


@cache
def shipped_model() -> FrontModel:
    """Load the model that ships with the package, once."""
    return FrontModel.parse(checked_bytes("front"))
