"""What is to be judged: a video, what is asked of it, and what is known of it beside that."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from depthperception.options import Options, sum_of


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What somebody knows of a video: it goes into the table and changes no judgement.

    Attributes
    ----------
    lifter
        Who lifts.
    weight_kg
        What is lifted.
    date
        When, as YYYY-MM-DD.
    notes
        Anything else.
    """

    lifter: str = ""
    weight_kg: float | None = None
    date: str | None = None
    notes: str = ""


@dataclass(frozen=True)
class Entry:
    """One video of a batch.

    Attributes
    ----------
    video
        Its path or address, as given.
    options
        What is asked of it.
    labels
        What is known of it.
    all_lifters
        Whether everyone who lifts is judged.
    overlay
        Whether the overlay is written.
    """

    video: str
    options: Options
    labels: Labels = Labels()
    all_lifters: bool = False
    overlay: bool = True

    @property
    def asked(self) -> str:
        """Sum up what decides on the result beside the video: options, files that they name, version, networks."""
        return sum_of({**self.options.deciding(), "all_lifters": self.all_lifters, "overlay": self.overlay})


def key_of(sha256: str, asked: str) -> str:
    """Name the record of a video's content judged so."""
    return f"{sha256}-{asked}"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is kept of a video that was judged, or could not be.

    Attributes
    ----------
    key
        Content, options and version (`key_of`).
    video, fingerprint
        From where it came, and by what one tells without reading it that the same is still there.
    folder
        Name of the folder of its results; empty where there are none.
    rows
        Its rows of the table (`table.rows_of`), without what is known of the video.
    failure
        Kind, error and sentence of what could not be judged.
    took_s
        How long it took, fetching included.
    """

    key: str
    video: str
    fingerprint: str
    folder: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    failure: Mapping[str, str] | None = None
    took_s: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Record":
        """Read it; fields of other versions are left out."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__ if name in content})


class Manifest:
    """Every record that a place held when it was read, found by content or by where the video came from."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._by_key = {record.key: record for record in records}
        self._sha256 = {
            (record.video, record.fingerprint): record.key.partition("-")[0] for record in records if record.fingerprint
        }

    def find(self, entry: Entry, fingerprint: str) -> Record | None:
        """Give the record of an entry whose video is as it was, without reading that."""
        sha256 = self._sha256.get((entry.video, fingerprint)) if fingerprint else None
        return self._by_key.get(key_of(sha256, entry.asked)) if sha256 else None

    @property
    def folders(self) -> set[str]:
        """Name every folder that a record has."""
        return {record.folder for record in self._by_key.values()} - {""}
