"""Names of videos and places: files of this machine, or addresses of what fsspec reads (s3://, gs://, memory://)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from depthperception.errors import DepthPerceptionError, MissingExtraError, OptionError, OutputError, VideoError

PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}
"""What fsspec needs for an address that begins so; it names others itself."""

VERSION_FIELDS = ("ETag", "etag", "generation", "mtime", "LastModified", "last_modified")
"""By what a store tells that an object is another one than before, the surest first."""


def is_url(name: str) -> bool:
    """Whether a name is an address for fsspec, and no file of this machine."""
    scheme, found, _ = name.partition("://")
    return bool(found) and scheme.isalnum() and scheme != "file"


def local_path(name: str) -> Path:
    """Give the file of this machine that a name, or a file:// address, means."""
    return Path(unquote(urlsplit(name).path)) if name.startswith("file://") else Path(name)


def file_system(url: str) -> tuple[Any, str]:
    """Open the store of an address; gives it, and the address as the store writes it.

    Raises
    ------
    MissingExtraError
        When its package is not installed.
    OptionError
        When there is no such kind of store.
    """
    scheme = url.partition("://")[0]
    try:
        import fsspec  # noqa: PLC0415  (a second of import, and an extra)

        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except ImportError as error:
        package = PACKAGES.get(scheme, "fsspec")
        raise MissingExtraError(
            f"{url} needs the package {package}, which is not installed; expected the extra [cluster], and for stores "
            f'other than S3 a package of their own. Install it: pip install "depthperception[cluster]" {package}.'
        ) from error
    except ValueError as error:
        raise OptionError(
            f"{url} is at no store that is known ({error}); expected an address such as s3://bucket/folder. Save the "
            "videos to a folder, and name that."
        ) from error
    return found


@contextmanager
def reached(name: str, expected: str, kind: type[DepthPerceptionError] = OutputError) -> Iterator[None]:
    """Say in a sentence what goes wrong in a store, whose libraries have errors of their own.

    Raises
    ------
    OutputError
        Or another `kind`.
    """
    try:
        yield
    except DepthPerceptionError:
        raise
    except Exception as error:
        found = str(error).strip().rstrip(".") or type(error).__name__
        raise kind(f"{name} cannot be used ({found}); expected {expected}. Check address, keys and rights.") from error


def fingerprint(name: str) -> tuple[str, int | None]:
    """Tell what is at a name now from what was there before, without reading it; gives that and its size in bytes.

    Empty where it cannot be told.
    """
    try:
        if not is_url(name):
            facts = local_path(name).stat()
            return f"{facts.st_size}-{facts.st_mtime_ns}", facts.st_size
        store, path = file_system(name)
        with reached(name, "something that is there"):
            info = store.info(path)
    except (OSError, DepthPerceptionError):
        return "", None
    version = next((str(info[field]) for field in VERSION_FIELDS if info.get(field)), "")
    size = info.get("size")
    return f"{size}-{version}" if version else "", size


@contextmanager
def local_copy(name: str) -> Iterator[Path]:
    """Give a video as a file of this machine: itself, or a copy that is gone after the block.

    Raises
    ------
    VideoError
        When it cannot be fetched.
    """
    if not is_url(name):
        yield local_path(name)
        return
    store, path = file_system(name)
    with tempfile.TemporaryDirectory(prefix="depthperception-") as folder:
        copy = Path(folder) / (Path(path).name or "video")
        with reached(name, "a video that can be fetched", VideoError):
            try:
                store.get_file(path, str(copy))
            except FileNotFoundError as error:
                found = "there is no such object. Expected a video"
                raise VideoError(f"{name}: {found}. Check the address, and who may read it.") from error
        yield copy
