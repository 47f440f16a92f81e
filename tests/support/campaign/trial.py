"""Trying one input in a process of its own that stays warm: what it did, how long, how much memory."""

import contextlib
import io
import json
import logging
import os
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.campaign.films import Films
from tests.support.campaign.inputs import KINDS, Made, make

LONGEST_S, MOST_MB = 60.0, 2048.0
"""The promise, for a file under 5 MB: processor time, so that a busy machine fails nobody, and resident memory."""

GUARD_BYTES = 7 * 1024**3
"""Address space at which a trial is stopped before it takes the machine along."""


@dataclass(frozen=True)
class Row:
    """What came of an input.

    Attributes
    ----------
    outcome
        read, judged, refused, ran; or, which must not be, traceback, crash, hang, slow, large, not_a_sentence, wrong.
    said
        The refusal, or the last line of the traceback.
    cpu_s, peak_mb
        Processor time of all threads, and the most memory that was resident.
    """

    kind: str
    seed: int
    size_bytes: int
    outcome: str
    said: str = ""
    cpu_s: float = 0.0
    peak_mb: float = 0.0

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return self.outcome in ("read", "judged", "refused", "ran", UNMADE)


UNMADE = "unmade"
"""Outcome of an input that our own tools, which make it, could not make: an encoder that crashes on a tiny picture."""


def trial(kind: str, seed: int, films: Films, on_made: Callable[[], None] = lambda: None) -> Row:
    """Make an input, try it, and say what came of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            made = make(kind, seed, films, folder)
        except Exception as error:
            return Row(kind, seed, 0, UNMADE, f"{type(error).__name__}: {error}")
        on_made()
        return try_one(kind, seed, made, folder)


def try_one(kind: str, seed: int, made: Made, folder: Path) -> Row:
    """Try an input that is there."""
    size = made.path.stat().st_size if made.path.is_file() else 0
    _forget_peak()
    start_s = time.process_time()
    outcome, said = _outcome(kind, made, folder)
    cpu_s, peak_mb = time.process_time() - start_s, _peak_mb()
    if outcome in ("read", "judged", "refused", "ran"):
        outcome = "slow" if cpu_s > LONGEST_S else "large" if peak_mb > MOST_MB else outcome
    return Row(kind, seed, size, outcome, said, round(cpu_s, 3), round(peak_mb, 1))


def _outcome(kind: str, made: Made, folder: Path) -> tuple[str, str]:
    from depthperception.errors import DepthPerceptionError  # noqa: PLC0415
    from tests.support.campaign import judging, reading  # noqa: PLC0415

    try:
        if made.command and made.command[0] in CALLS:
            return CALLS[made.command[0]](Path(made.command[1]))
        if made.command:
            return run(made)
        return judging.judged(made, folder) if kind.startswith("whole.") else reading.read(made.path)
    except DepthPerceptionError as error:
        return ("refused" if is_sentence(str(error)) else "not_a_sentence"), str(error)
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return "traceback", f"{type(error).__name__}: {str(error)[:200]} at {Path(last.filename).name}:{last.lineno}"


def _library(path: Path) -> tuple[str, str]:
    """Open the page's library and go through it, as a server that starts does."""
    from depthperception.web.store import Store  # noqa: PLC0415
    from depthperception.web.wanted import Wanted  # noqa: PLC0415

    store = Store(f"sqlite:///{path}")
    try:
        store.requeue()
        judgings = [one for one in store.unfinished() if store.get(one.id)]
        found = store.find_attempts(Wanted(query="squat"), limit=10)
        return "ran", f"{len(judgings)} judgings, {found and 1} attempts, {len(store.lifters())} lifters"
    finally:
        store.close()


def _dataset(path: Path) -> tuple[str, str]:
    """Read labelled squats, as training does."""
    from depthperception.train.front.layouts import read_dataset  # noqa: PLC0415

    return "ran", f"{len(read_dataset(path).clips)} clips"


CALLS = {"library": _library, "dataset": _dataset}
"""What has no command of its own that ends by itself, or only one that takes minutes."""


def is_sentence(said: str) -> bool:
    """Whether a refusal says what was found, what is expected and what to do, without a traceback in it.

    A call that makes no sense says what was found, and where the help is.
    """
    whole = said.endswith("--help") or ("xpected" in said and said.endswith("."))
    return 20 < len(said) < 2500 and whole and "Traceback" not in said


def run(made: Made) -> tuple[str, str]:
    """Run a command line in this process."""
    from depthperception.cli.app import main  # noqa: PLC0415

    out, err = io.StringIO(), io.StringIO()
    before = os.environ | {}
    os.environ.update(dict(made.environment))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(list(made.command))
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    finally:
        os.environ.clear()
        os.environ.update(before)
    said = err.getvalue().strip()
    if code == 0 or (code == 1 and not said and out.getvalue().startswith("  THE PACKET DOES NOT HOLD")):
        return "ran", said[-200:]
    if code == 2 and said.startswith("\u256d\u2500 Error"):  # wrong usage, in the words of the parser
        return "refused", said[-200:]
    if code not in (1, 2) or "Traceback" in said:
        return "traceback", f"exit {code}: {said[-300:]}"
    return ("refused" if is_sentence(said) else "not_a_sentence"), said


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(folder: Path, connection: Connection) -> None:
    """Try what comes over a connection until it is closed."""
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (FFmpeg's and OpenCV's own words)
    os.dup2(sys.stderr.fileno(), 2)
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (GUARD_BYTES, GUARD_BYTES))
    load_kinds()
    films = Films(folder)
    connection.send("ready")
    with contextlib.suppress(EOFError):
        while True:
            kind, seed = connection.recv()
            connection.send(asdict(trial(kind, seed, films, lambda: connection.send(None))))


def load_kinds() -> dict[str, Any]:
    """Register every kind."""
    from tests.support.campaign import boxes, damage, judging, pictures, streams, texts  # noqa: F401, PLC0415

    np.seterr(all="ignore")
    return KINDS


def as_json(row: Row) -> str:
    """One line of the table."""
    return json.dumps(asdict(row))
