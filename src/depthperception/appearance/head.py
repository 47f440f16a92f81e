"""The head of method `appearance`, as it runs: a small network on the frozen pose network's inner maps.

It finds points in each map (crease, knee top, joints, and some of its own choice) as the expected place under a softmax
over the cells, which keeps fractions of a cell (Levine et al. 2016, End-to-end training of deep visuomotor policies),
and reads depth, its uncertainty and the camera off them. `train/appearance` trains it and writes its file.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from depthperception.types import FloatArray

if TYPE_CHECKING:
    import onnxruntime as ort

MAP_SHAPE = (192, 16, 16)

NAMED_POINTS = 18
"""The first points are crease, knee top and joints (`train/appearance/pictures.POINTS`), each left, then right."""


@dataclass(frozen=True, eq=False)
class Said:
    """What a head says of n pairs of crops.

    Attributes
    ----------
    outputs : (n, 9)
        In the order of `features.OUTPUTS`, before their units.
    bottom, standing : (n, 18, 2)
        Where it sees the named points, x and y from -1 to 1 across each crop.
    """

    outputs: FloatArray
    bottom: FloatArray
    standing: FloatArray


@dataclass(frozen=True, eq=False)
class Head:
    """The trained head: a session of a file that `train/appearance/onnx_head.py` describes."""

    network: "ort.InferenceSession"

    @property
    def conformal(self) -> float:
        """Factor on the head's own doubt so that 90 % intervals hold on bodies left out; the file's metadata."""
        return float(self.network.get_modelmeta().custom_metadata_map["conformal"])

    def __call__(self, bottom: NDArray[np.float32], standing: NDArray[np.float32]) -> Said:
        """Read maps (n, 192, 16, 16) of the bottom and of the standing lifter."""
        names = ["outputs", "bottom_points", "standing_points"]
        found = self.network.run(names, {"bottom": bottom, "standing": standing})
        return Said(*(np.asarray(values, np.float64) for values in found))
