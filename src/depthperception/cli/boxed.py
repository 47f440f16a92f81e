"""`--sandbox`: each video is decoded, judged and drawn in a child process that may do little else."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from depthperception.cli.terminal import complain, hushed, say, stderr
from depthperception.errors import DepthPerceptionError, OptionError, VideoError
from depthperception.models import device_in_use, use_device
from depthperception.report import folder as results_folder
from depthperception.sandbox import Box, holds, processes, said
from depthperception.video import probe, sha256_of
from depthperception.video.container import check_file

if TYPE_CHECKING:
    from depthperception.cli.analyse import Output
    from depthperception.options import Options


@dataclass(frozen=True)
class Hashed:
    """A video by its bytes alone: nothing of it was decoded."""

    path: Path

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the file."""
        return sha256_of(self.path)


def hashed(video: Path) -> Hashed:
    """Name a video by its bytes.

    Raises
    ------
    VideoError
        When it is no file that can be read.
    """
    check_file(video)
    return Hashed(video)


def judge_each_in_box(videos: Sequence[Path], options: "Options", output: "Output") -> int:
    """Judge videos one after the other, each in a box of its own; returns the exit code."""
    from depthperception.cli.analyse import say_elsewhere, wanted_folder  # noqa: PLC0415  (which calls this)

    code, taken = 0, dict[Path, Path]()
    for video in videos:
        single = len(videos) == 1
        wanted, others = wanted_folder(video, output, taken)
        try:
            film = hashed(video)  # what is no video leaves no folder behind
            named = output.out if single else None
            folder = taken[video.resolve()] = named or results_folder.free_folder(wanted, film, others)
            if folder not in (wanted, named):
                say_elsewhere(wanted, video, folder, output)
            code = max(code, judge_in_box(film, folder, options, output, one_line=not single))
        except DepthPerceptionError as error:
            code = max(code, 2 if isinstance(error, OptionError) else 1)
            complain(str(error), video)
    return code


def judge_in_box(
    film: results_folder.Film, folder: Path, options: "Options", output: "Output", *, one_line: bool
) -> int:
    """Judge one video in a box; returns the exit code.

    Raises
    ------
    OutputError
        When its folder cannot be used.
    VideoError
        As `in_box`.
    """
    is_new = not folder.exists()
    results_folder.prepare(folder, film, replace=output.force)
    if output.verbose:
        say(stderr(), f"  the box {said(holds())}")
    try:
        there = partial(_judge, film.path, folder, options, output, one_line=one_line)
        return in_box(there, film.path, options, writes=folder, quiet=output.quiet)
    finally:
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _judge(video: Path, folder: Path, options: "Options", output: "Output", *, one_line: bool) -> int:
    """Judge as the command line does; runs in the box."""
    from depthperception.cli.analyse import judge_one  # noqa: PLC0415  (whatever loads, loads inside)

    judge_one(probe(video), folder, options, output, one_line=one_line)
    return 0


def in_box(do: Callable[[], int], video: Path, options: "Options", *, writes: Path, quiet: bool) -> int:
    """Do what decodes a video in a process that reads the video and writes to one folder; returns the exit code.

    Raises
    ------
    VideoError
        When the box ended without a word: the file crashed the decoder, or took more than is allowed.
    """
    own = [Path(name) for name in (options.pose, options.detector) if name]
    networks = [one for name in own for one in (name, name.with_suffix(".toml"), name.with_suffix(".cfg"))]
    scratch = Path(tempfile.mkdtemp(prefix="depthperception-"))
    box = Box(reads=(video.absolute(), *networks), writes=(scratch, writes.absolute()))
    sys.stdout.flush()
    process, connection = processes.start(_do, do, video, device_in_use(), quiet, box=box)
    try:
        code = processes.received(connection)
        if not isinstance(code, int):
            raise EOFError
        return code
    except (EOFError, OSError) as error:
        process.join()
        raise VideoError(
            f"{video}: the process that judged it {_how_it_ended(process.exitcode)}. Expected a video that FFmpeg "
            "can decode within the box's memory and time. Export it again as MP4 (H.264), or smaller."
        ) from error
    finally:
        processes.stop(process, connection)
        shutil.rmtree(scratch, ignore_errors=True)


def _do(do: Callable[[], int], video: Path, device: str, quiet: bool, connection: Connection) -> None:
    """Do it, and say in a sentence what went wrong; runs in the box."""
    use_device(device)
    try:
        with hushed(quiet):
            code = do()
    except DepthPerceptionError as error:
        code = 2 if isinstance(error, OptionError) else 1
        complain(str(error), video)
    except MemoryError:
        code = 1
        complain("It needs more memory than the box has. Expected less. Export it smaller, or cut it.", video)
    sys.stdout.flush()
    connection.send(code)


def _how_it_ended(exit_code: int | None) -> str:
    return f"was killed by signal {-exit_code}" if exit_code is not None and exit_code < 0 else "crashed"
