"""What a network of somebody else's takes and gives, as its file or a small TOML beside it says."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from depthperception.errors import ModelError, quoted
from depthperception.geometry.skeletons import SKELETONS

IMAGENET_MEAN, IMAGENET_SD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Of ImageNet's pictures, red, green, blue, 0 to 255: what MMPose, and so RTMPose and ViTPose, is trained with."""


@dataclass(frozen=True, kw_only=True)
class NetworkSpec:
    """How a network is to be fed and read; every field may stand in the TOML, or as `depthperception.NAME` in the file.

    Attributes
    ----------
    layout
        Name of the way its outputs are laid out; empty where their shapes are to tell.
    skeleton
        Name of its key point layout (`geometry.skeletons.SKELETONS`); empty where their number is to tell.
    input_px
        Width and height of its input, where the file leaves them open.
    colours
        "rgb" or "bgr".
    mean, sd
        Subtracted from and divided out of each colour, 0 to 255, in the order that the network takes them.
    margin
        Side of what it is shown over the person's box.
    split
        Of SimCC: bins to one px of the input.
    udp
        Of heat maps: whether the middles of the outer cells are those of the outer px (unbiased data processing, as
        ViTPose); else a cell is a square of px, whose first one is its place.
    least_score
        Points that score less are not seen.
    """

    layout: str = ""
    skeleton: str = ""
    input_px: tuple[int, int] = (0, 0)
    colours: str = "rgb"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sd: tuple[float, float, float] = (1.0, 1.0, 1.0)
    margin: float = 1.25
    split: float = 2.0
    udp: bool = True
    least_score: float = 0.3


NAMES = tuple(field.name for field in fields(NetworkSpec))

PREFIX = "depthperception."
"""Of our names among the metadata of an ONNX file."""


def toml_beside(path: Path) -> dict[str, Any]:
    """Read the settings beside a network's file: NAME.toml beside NAME.onnx; none where there is no such file.

    Raises
    ------
    ModelError
        When it cannot be read, or names something that no network has.
    """
    beside = path.with_suffix(".toml")
    if not beside.is_file():
        return {}
    try:
        said = tomllib.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{beside} cannot be read ({error}); expected TOML. Mend it, or take it away.") from error
    return _known(said, beside)


def of_metadata(metadata: Mapping[str, str], path: Path) -> dict[str, Any]:
    """Take our own settings from the metadata of an ONNX file, values written as in JSON."""
    said = {name.removeprefix(PREFIX): text for name, text in metadata.items() if name.startswith(PREFIX)}
    return _known({name: _value(text) for name, text in said.items()}, path)


def with_settings(spec: NetworkSpec, said: Mapping[str, Any], path: Path) -> NetworkSpec:
    """Put settings over those of a layout.

    Raises
    ------
    ModelError
        When one has another kind of value.
    """
    checked = {name: _like(name, value, getattr(NetworkSpec(), name), path) for name, value in said.items()}
    return replace(spec, **checked)


def skeleton_of(spec: NetworkSpec, points: int, path: Path) -> str:
    """Name the key point layout of a network that gives so many points.

    Raises
    ------
    ModelError
        When none has so many, or the one that is named has another number.
    """
    if spec.skeleton and spec.skeleton not in SKELETONS:
        raise ModelError(
            f"{path.name} is said to have the skeleton {quoted(spec.skeleton)}; expected one of "
            f"{', '.join(SKELETONS)}. Name one in {path.stem}.toml."
        )
    fitting = [name for name, (count, _) in SKELETONS.items() if count == points]
    if spec.skeleton in fitting or (not spec.skeleton and fitting):
        return spec.skeleton or fitting[0]
    known = ", ".join(f"{count} ({name})" for name, (count, _) in SKELETONS.items())
    raise ModelError(
        f"{path.name} gives {points} points{f' and is said to be {spec.skeleton}' if spec.skeleton else ''}; expected "
        f"{known}. Take a network for bodies."
    )


def _known(said: dict[str, Any], path: Path) -> dict[str, Any]:
    unknown = [name for name in said if name not in NAMES]
    if unknown:
        raise ModelError(f"{path.name} says {quoted(unknown[0])}; expected {', '.join(NAMES)}. Correct the name.")
    return said


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _like(name: str, value: Any, example: Any, path: Path) -> Any:
    """Give a value in the kind of another one: a number, a word, yes or no, or so many numbers."""
    try:
        if isinstance(example, tuple):
            kept = tuple(type(example[0])(part) for part in value)
            if len(kept) != len(example):
                raise ValueError
            return kept
        if isinstance(value, bool) != isinstance(example, bool) or isinstance(value, str) != isinstance(example, str):
            raise ValueError
        return type(example)(value)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"{path.name} says {name} = {quoted(value)}; expected something like {example!r}. Correct it."
        ) from error
