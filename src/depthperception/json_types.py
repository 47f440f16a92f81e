"""Frozen dataclasses as JSON and back, and the JSON Schema that says what that JSON holds.

msgspec reads the types themselves: no second description of a result has to be kept beside them. It is one wheel of
0.7 MB without dependencies (pydantic, which the web extra brings, is 10 MB in five), and is imported only when
something is read.
"""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from inspect import cleandoc
from typing import Any, TypeVar

from depthperception.damaged import MISREAD, reason
from depthperception.errors import JudgementError

T = TypeVar("T")


def plain(value: Any) -> Any:
    """Turn numbers into JSON's: four decimals, null for what is not finite; dataclasses into objects."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return round(float(value), 4) if math.isfinite(value) else None
    return value


def rebuilt(kind: type[T], content: Any, contract: str) -> T:
    """Make a judgement from what `plain` made of it; fields that a later version added are left out.

    Parameters
    ----------
    kind
        The dataclass.
    content
        A dict from JSON.
    contract
        What its field `schema` has to say.

    Raises
    ------
    JudgementError
        When it says something else, or a field is missing or of another type.
    """
    import msgspec  # noqa: PLC0415  (not needed to judge)

    found = content.get("schema") if isinstance(content, Mapping) else None
    if found != contract:
        raise JudgementError(
            f"This judgement has {f'the schema {found}' if found else 'no schema'}; expected {contract}, which this "
            "version of depthperception reads. Judge the video again."
        )
    try:
        return msgspec.convert(content, kind)
    except (*MISREAD, msgspec.ValidationError) as error:
        raise JudgementError(
            f"This judgement does not keep its contract ({reason(error)}); expected {contract}. Judge the video again."
        ) from error


def schema_of(kind: type, name: str) -> dict[str, Any]:
    """Describe what `plain` makes of a dataclass as JSON Schema 2020-12: every field is written, null included.

    Parameters
    ----------
    kind
        The dataclass.
    name
        Which contract and version it is, for `$id`.
    """
    import msgspec  # noqa: PLC0415

    schema = msgspec.json.schema(kind)
    for part in schema["$defs"].values():
        part["description"] = cleandoc(part["description"])
        part["required"] = list(part["properties"])
        for field in part["properties"].values():
            field.pop("default", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": name, **schema}
