"""The libraries of the formats, which are not installed with the package."""

from collections.abc import Iterator
from contextlib import contextmanager

from depthperception.errors import MissingExtraError


@contextmanager
def needing(what: str) -> Iterator[None]:
    """Say which extra is missing when an import fails.

    Raises
    ------
    MissingExtraError
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{what} needs the package {error.name}, which is not installed; expected the extra [export]. Install it: "
            "pip install 'depthperception[export]'."
        ) from error
