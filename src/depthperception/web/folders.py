"""Where the web app keeps its files: nothing that a user sends is ever part of a path."""

import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from depthperception.errors import OutputError
from depthperception.report.folder import OURS
from depthperception.report.views.folder import CALIBRATION, JOINTS
from depthperception.sandbox import Box

ID = re.compile(r"[0-9a-f]{16}")
PICTURE = re.compile(r"[A-Za-z0-9_-]{1,80}\.jpg")

RESULTS = (*OURS, JOINTS, CALIBRATION)
"""The names of a judging's results that may be asked for; every other name does not exist."""

FRAMES, PEOPLE, LANDMARKS, FRAGMENT = "frames.json", "people.json", "landmarks.json", "fragment.html"


@dataclass(frozen=True)
class Folders:
    """Paths below one folder: videos by their SHA-256, judgings by their id.

    Attributes
    ----------
    root
        The folder.
    server
        Name of one of several servers that share it; empty of the only one.
    """

    root: Path
    server: str = ""

    @property
    def incoming(self) -> Path:
        """Uploads on their way; emptied when the server starts, or one that shares the folder finds it gone."""
        return self.root / "incoming" / self.server

    def hold_videos(self) -> FileLock:
        """Give what is held while a stored video gets a judging, or is deleted with its last one, by any server."""
        return FileLock(self.root / ".videos.lock")

    @property
    def database(self) -> Path:
        """The SQLite file that is used when no other database is named."""
        return self.root / "library.db"

    def video(self, sha256: str) -> Path:
        """The video as it was sent."""
        return self.root / "videos" / sha256 / "video"

    def proxy(self, sha256: str) -> Path:
        """The same video in a form that a browser plays."""
        return self.root / "videos" / sha256 / "proxy.mp4"

    def results(self, judging_id: str) -> Path:
        """What the command line would write to VIDEO.judged."""
        return self.root / "judgings" / judging_id

    def page(self, judging_id: str) -> Path:
        """What the page needs beside the results: times, boxes, landmarks, pictures."""
        return self.results(judging_id) / "page"

    def decoding_box(self) -> Box:
        """Give the box of whoever looks at single frames and packs packets: videos and results, uploads to write to."""
        return Box(reads=(self.root / "videos", self.root / "judgings"), writes=(self.incoming,))

    def judging_box(self, judging_id: str, hashes: Iterable[str], network: str) -> Box:
        """Give the box of one judging: its videos, a network of the user's own, and its results, whose folder is made.

        Raises
        ------
        OSError
            When the folder cannot be made.
        """
        results, scratch = self.results(judging_id), self.scratch(judging_id)
        for folder in (results, scratch):
            folder.mkdir(mode=0o700, exist_ok=True)
        own = (Path(network), Path(network).with_suffix(".toml"))
        return Box(reads=(*map(self.video, hashes), *own), writes=(scratch, results))

    def scratch(self, judging_id: str) -> Path:
        """Give the folder for temporary files of one judging."""
        return self.incoming / judging_id

    def new_proxy(self, judging_id: str) -> Path:
        """Give the proxy while it is its judging's: it goes beside the video when that is done."""
        return self.results(judging_id) / "proxy.mp4"

    def prepare(self) -> FileLock:
        """Make the folders, readable by this user alone, and lock them against a server that does not share them.

        Raises
        ------
        OutputError
            When they cannot be written, or another server uses them.
        """
        lock = FileLock(self.root / ".lock")
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=0)
            if self.server:
                lock.release()
                lock = self._share()
            # Not before: another server's uploads may be on their way.
            shutil.rmtree(self.incoming, ignore_errors=True)
            for folder in (self.incoming, self.root / "videos", self.root / "judgings"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except Timeout as error:
            raise OutputError(
                f"Another depthperception server uses {self.root}; expected one server for each folder, unless all of "
                "them name the same database of their own. Stop the other one, or name another folder."
            ) from error
        except OSError as error:
            lock.release()
            raise OutputError(
                f"{self.root} cannot be written ({error.strerror}); expected a folder for the library. Name another."
            ) from error
        return lock

    def _share(self) -> FileLock:
        """Lock what is this server's, and take away what servers left that are gone."""
        incoming = self.root / "incoming"
        incoming.mkdir(mode=0o700, exist_ok=True)
        for left in incoming.glob("*.lock"):
            with suppress(Timeout), FileLock(left, timeout=0):
                shutil.rmtree(left.with_suffix(""), ignore_errors=True)
                left.unlink(missing_ok=True)
        lock = FileLock(incoming / f"{self.server}.lock")
        lock.acquire(timeout=0)
        return lock


def default_root() -> Path:
    """Give this platform's folder for data of this user, or DEPTHPERCEPTION_HOME where that is set."""
    named = os.environ.get("DEPTHPERCEPTION_HOME")
    return Path(named) if named else user_data_path("depthperception", appauthor=False)
