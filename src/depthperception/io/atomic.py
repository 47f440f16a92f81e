"""Writing files so that a half-written one never carries the final name."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from depthperception.errors import OutputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`, and rename it to `path` once the block has ended well.

    The temporary name keeps the suffix, from which writers tell the format. After an error nothing is left.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror or error}); expected a folder that exists, can be written "
            "and has room. Choose another place with --out, or make room."
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON; what is not finite is refused.

    Raises
    ------
    OutputError
    """
    with whole_file(path) as partial:
        partial.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
