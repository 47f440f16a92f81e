"""Where a trained model comes from, to be stored with it."""

from typing import Any

from depthperception.provenance import package_version
from depthperception.train.front.dataset import Dataset


def provenance(dataset: Dataset, **parameters: object) -> dict[str, Any]:
    """Describe the data set and the parameters that a model is trained with.

    No time of day: training again on the same data gives the same file.
    """
    return {
        "version": package_version("depthperception"),
        "data": {
            "source": dataset.source,
            "sha256": dataset.sha256,
            "clips": len(dataset),
            "valid": int(dataset.labels.sum()),
            "lifters": len({clip.lifter for clip in dataset.clips if clip.lifter}) or None,
            "recordings": len({clip.recording for clip in dataset.clips if clip.recording}) or None,
        },
        "parameters": parameters,
    }
