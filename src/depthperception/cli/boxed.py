"""`--sandbox`: each video is decoded, judged and drawn in a child process that may do little else."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from depthperception.batch.boxes import box_for
from depthperception.cli.terminal import complain, hushed, say, stderr
from depthperception.errors import DepthPerceptionError, OptionError, VideoError
from depthperception.io.atomic import writable
from depthperception.models import device_in_use, use_device
from depthperception.report import folder as results_folder
from depthperception.sandbox import holds, said
from depthperception.sandbox.asking import LostError, Tell, ask
from depthperception.video import probe
from depthperception.video.hashed import hashed

if TYPE_CHECKING:
    from depthperception.cli.analyse import Output
    from depthperception.options import Options

Made = TypeVar("Made")


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
            with made_ready(folder, output, film):
                judging = partial(_judge, video, folder, options, output, one_line=not single)
                in_box(judging, [video], options, writes=folder, quiet=output.quiet)
        except DepthPerceptionError as error:
            code = max(code, 2 if isinstance(error, OptionError) else 1)
            complain(str(error), video)
    return code


@contextmanager
def made_ready(folder: Path, output: "Output", film: results_folder.Film | None = None) -> Iterator[None]:
    """Make the folder of results ready for a box, and say what holds; an empty one is not left behind.

    Raises
    ------
    OutputError
        When it cannot be used.
    """
    with results_folder.made_ready(folder, film, replace=output.force):
        if output.verbose:
            say(stderr(), f"  the box {said(holds())}")
        yield


def _judge(video: Path, folder: Path, options: "Options", output: "Output", *, one_line: bool) -> None:
    """Judge as the command line does; runs in the box."""
    from depthperception.cli.analyse import judge_one  # noqa: PLC0415  (whatever loads, loads inside)

    judge_one(probe(video), folder, options, output, one_line=one_line)


@contextmanager
def put_in_place(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Give a box files of one folder to write, and put them in their places then: their neighbours are not its own.

    Raises
    ------
    OutputError
        When they cannot be written.
    """
    with writable(str(files[0])):
        folder = Path(tempfile.mkdtemp(prefix=".depthperception-", dir=files[0].parent))
    try:
        made = [folder / file.name for file in files]
        yield made
        with writable(str(files[0])):
            for one, file in zip(made, files, strict=True):
                one.replace(file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_box(do: Callable[[], Made], reads: Sequence[Path], options: "Options", *, writes: Path, quiet: bool) -> Made:
    """Do what decodes videos in a process that reads these files and writes to one folder; gives what came of it.

    Raises
    ------
    DepthPerceptionError
        What it raised.
    VideoError
        When the box ended without a word: the file crashed the decoder, or took more than is allowed.
    """
    with box_for(reads, options, writes) as box:
        try:
            made: Made = ask(partial(_do, do, device_in_use(), quiet), box)
        except LostError as error:
            names = ", ".join(map(str, reads))
            raise VideoError(
                f"{names}: the process that judged it {_how_it_ended(error.exit_code)}. Expected a video that FFmpeg "
                "can decode within the box's memory and time. Export it again as MP4 (H.264), or smaller."
            ) from error
    return made


def _do(do: Callable[[], Any], device: str, quiet: bool, tell: Tell) -> Any:
    """Do it on the device that the parent uses; runs in the box."""
    use_device(device)
    with hushed(quiet):
        return do()


def _how_it_ended(exit_code: int | None) -> str:
    return f"was killed by signal {-exit_code}" if exit_code is not None and exit_code < 0 else "crashed"
