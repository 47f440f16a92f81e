"""Where results go: a folder of this machine, or an address of fsspec; whole, or not at all."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from depthperception.batch.addresses import file_system, is_url, local_path, reached
from depthperception.errors import OutputError
from depthperception.io.atomic import held, writable, write_json
from depthperception.journal import forget

RECORDS, WORK, PIECES, RUNNING = ".batch/records", ".batch/work", ".batch/pieces", ".batch/running"


class Place(Protocol):
    """Where the results of a batch are kept."""

    def held(self) -> AbstractContextManager[None]:
        """Hold it against other batches, where that can be done: what one has not finished another would tidy up."""
        ...

    def prepare(self, *, anew: bool = False) -> None:
        """Make it ready, and see whether it can be written; `anew` forgets what is known of long films' pieces."""
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

    def journal(self, key: str) -> Path | None:
        """Name the folder for a long film's pieces until its results are kept; None where nothing outlives a worker."""
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

    def prepare(self, *, anew: bool = False) -> None:
        """Make the folder, and finish or forget what an earlier run left unfinished.

        Raises
        ------
        OutputError
            When it cannot be written.
        """
        with writable(str(self.root)):
            if anew:
                forget(self.root / PIECES)
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
            forget(self.journal(key))

    def forget(self, key: str) -> None:
        """Take a record away."""
        (self.root / RECORDS / f"{key}.json").unlink(missing_ok=True)

    def journal(self, key: str) -> Path:
        """Name it beside the records."""
        return self.root / PIECES / key

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

    def prepare(self, *, anew: bool = False) -> None:
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

    def journal(self, key: str) -> None:
        """Keep no pieces: files of a worker are gone with it."""

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
