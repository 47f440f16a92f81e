"""Where videos come from and results go: folders of this machine, or what fsspec reads (s3://, gs://, memory://)."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

from depthperception.errors import DepthPerceptionError, MissingExtraError, OptionError, OutputError, VideoError
from depthperception.io.atomic import held, writable, write_json

RECORDS, WORK, RUNNING = ".batch/records", ".batch/work", ".batch/running"

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


class Place(Protocol):
    """Where the results of a batch are kept."""

    def held(self) -> AbstractContextManager[None]:
        """Hold it against other batches, where that can be done: what one has not finished another would tidy up."""
        ...

    def prepare(self) -> None:
        """Make it ready, and see whether it can be written."""
        ...

    def records(self) -> list[dict[str, Any]]:
        """Give every record that was kept."""
        ...

    def record(self, key: str) -> dict[str, Any] | None:
        """Give one record, None where there is none."""
        ...

    def keep(self, key: str, record: Mapping[str, Any], results: Path | None) -> None:
        """Put a folder of results in its place, `record["folder"]`, and then the record: all of it, or nothing."""
        ...

    def forget(self, key: str) -> None:
        """Take a record away; the results stay until others take their place."""
        ...

    def working(self) -> AbstractContextManager[Path]:
        """Give a folder of this machine to write results in, gone after the block unless it was kept."""
        ...

    def folders(self) -> set[str]:
        """Name the folders that are there."""
        ...

    def put(self, name: str, file: Path) -> None:
        """Put a file, whole, in the place of one that may be there."""
        ...

    def read(self, name: str) -> str:
        """Read a text."""
        ...


@dataclass(frozen=True)
class LocalPlace:
    """A folder of this machine, or one that several machines share."""

    root: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder; a process that ends, in whatever way, holds nothing.

        Raises
        ------
        OutputError
            When another batch writes to it, or it cannot be written.
        """
        mark = self.root / RUNNING
        with writable(str(self.root)):
            mark.parent.mkdir(parents=True, exist_ok=True)
        with held(mark, str(self.root)):
            yield

    def prepare(self) -> None:
        """Make the folder, and finish or forget what an earlier run left unfinished.

        Raises
        ------
        OutputError
            When it cannot be written.
        """
        with writable(str(self.root)):
            for folder in (RECORDS, WORK):
                (self.root / folder).mkdir(parents=True, exist_ok=True)
            for path, record in self._kept():
                self._settle(path, record)
            for left in (self.root / WORK).iterdir():
                shutil.rmtree(left, ignore_errors=True)
            for left in (self.root / RECORDS).glob(".*"):
                left.unlink()

    def _settle(self, path: Path, record: Mapping[str, Any]) -> None:
        """A record whose results were not moved yet is finished; one whose results are gone is none."""
        folder = record.get("folder")
        if not folder or (self.root / folder).is_dir():
            return
        work = self.root / WORK / str(record.get("work"))
        if record.get("work") and work.is_dir():
            work.rename(self.root / folder)
        else:
            path.unlink()

    def _kept(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for path in sorted((self.root / RECORDS).glob("[!.]*.json")):  # a hidden one was not finished
            record = _read(path)
            if record is not None:
                yield path, record

    def records(self) -> list[dict[str, Any]]:
        """Give every record."""
        return [record for _, record in self._kept()]

    def record(self, key: str) -> dict[str, Any] | None:
        """Give one record."""
        return _read(self.root / RECORDS / f"{key}.json")

    def keep(self, key: str, record: Mapping[str, Any], results: Path | None) -> None:
        """Write the record, which says where the results wait, then move them: `prepare` can finish that."""
        work = {"work": results.name} if results else {}
        write_json(self.root / RECORDS / f"{key}.json", {**record, **work})
        if results:
            folder = self.root / str(record["folder"])
            shutil.rmtree(folder, ignore_errors=True)
            with reached(str(folder), "a folder that can be written"):
                results.rename(folder)

    def forget(self, key: str) -> None:
        """Take a record away."""
        (self.root / RECORDS / f"{key}.json").unlink(missing_ok=True)

    @contextmanager
    def working(self) -> Iterator[Path]:
        """Give a folder beside the results, from where a move is one step."""
        if not (self.root / WORK).is_dir():
            raise OutputError(
                f"{self.root} is not there; expected the folder of the batch, on every machine that judges. Name one "
                "that they share, or an address such as s3://bucket/results."
            )
        with writable(str(self.root)):
            folder = Path(tempfile.mkdtemp(dir=self.root / WORK))
            folder.chmod(0o755)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def folders(self) -> set[str]:
        """Name what is there."""
        return {path.name for path in self.root.iterdir() if not path.name.startswith(".")}

    def put(self, name: str, file: Path) -> None:
        """Move the file, which lies in `working`."""
        with reached(str(self.root), "a folder that can be written"):
            file.replace(self.root / name)

    def read(self, name: str) -> str:
        """Read a text."""
        return (self.root / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class RemotePlace:
    """An address of fsspec; every object is put whole, the record last."""

    url: str

    def held(self) -> AbstractContextManager[None]:
        """Hold nothing: stores have no locks. Two batches on one address judge what both find undone twice."""
        return nullcontext()

    def _at(self, name: str) -> tuple[Any, str]:
        return file_system(f"{self.url.rstrip('/')}/{name}")

    def prepare(self) -> None:
        """See whether something can be put there.

        Raises
        ------
        OutputError
            When it cannot.
        """
        with reached(self.url, "a place for the results that this user may write"):
            store, path = self._at(".batch/writes")
            store.makedirs(store._parent(path), exist_ok=True)
            store.pipe_file(path, b"")
            store.rm_file(path)

    def records(self) -> list[dict[str, Any]]:
        """Give every record, many fetched at a time."""
        with reached(self.url, "a place that can be read"):
            store, path = self._at(RECORDS)
            store.invalidate_cache()
            try:
                names = [name for name in store.find(path) if name.endswith(".json")]
            except FileNotFoundError:
                return []
            texts = store.cat(names) if names else {}
        return [json.loads(texts[name]) for name in sorted(texts)]

    def record(self, key: str) -> dict[str, Any] | None:
        """Give one record."""
        with reached(self.url, "a place that can be read"):
            store, path = self._at(f"{RECORDS}/{key}.json")
            try:
                found: dict[str, Any] = json.loads(store.cat_file(path))
            except FileNotFoundError:
                return None
            return found

    def keep(self, key: str, record: Mapping[str, Any], results: Path | None) -> None:
        """Put every file, then the record; what has no record counts for nothing."""
        for file in sorted(path for path in results.rglob("*") if path.is_file()) if results else ():
            self.put(f"{record['folder']}/{file.relative_to(cast(Path, results)).as_posix()}", file)
        with reached(self.url, "a place that takes results"):
            store, path = self._at(f"{RECORDS}/{key}.json")
            store.makedirs(store._parent(path), exist_ok=True)
            store.pipe_file(path, json.dumps(record, allow_nan=False).encode())

    def forget(self, key: str) -> None:
        """Take a record away."""
        store, path = self._at(f"{RECORDS}/{key}.json")
        store.rm_file(path)

    @contextmanager
    def working(self) -> Iterator[Path]:
        """Give a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="depthperception-") as folder:
            yield Path(folder)

    def folders(self) -> set[str]:
        """Name what is there."""
        store, path = self._at("")
        store.invalidate_cache()
        try:
            names = store.ls(path, detail=False)
        except FileNotFoundError:
            return set()
        return {str(name).rstrip("/").rsplit("/", 1)[-1] for name in names}

    def put(self, name: str, file: Path) -> None:
        """Put one file."""
        with reached(self.url, "a place that takes results"):
            store, path = self._at(name)
            store.makedirs(store._parent(path), exist_ok=True)
            store.put_file(str(file), path)

    def read(self, name: str) -> str:
        """Read a text."""
        store, path = self._at(name)
        return bytes(store.cat_file(path)).decode("utf-8")


def place_of(where: str) -> LocalPlace | RemotePlace:
    """Give the place that a folder or an address names."""
    return RemotePlace(where) if is_url(where) else LocalPlace(local_path(where).absolute())


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
