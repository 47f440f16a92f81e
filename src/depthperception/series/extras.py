"""The libraries of data frames, datasets and formats, which are not installed with the package."""

from importlib.util import find_spec

from depthperception.errors import MissingExtraError


def require(package: str, what: str) -> None:
    """Make sure that a package of the extra is installed.

    Raises
    ------
    MissingExtraError
        When it is not.
    """
    if find_spec(package) is None:
        raise MissingExtraError(
            f"{what} needs the package {package}, which is not installed; expected the extra [export]. Install it: "
            'pip install "depthperception[export]".'
        )
