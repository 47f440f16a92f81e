"""What `multiview`, `calibrate` and `board` do; app.py says how they are called."""

import json
import sys
from functools import partial
from pathlib import Path

from depthperception.cli.analyse import Output
from depthperception.cli.boxed import in_box, made_ready
from depthperception.cli.progress import progress_bars
from depthperception.cli.terminal import say, stderr, stdout
from depthperception.errors import OptionError, quoted
from depthperception.multiview.board_print import write_board
from depthperception.multiview.boards import Board, calibrate_by_board
from depthperception.multiview.calibration import baseline_m
from depthperception.multiview.calibration_files import read_calibration, write_calibration
from depthperception.multiview.results import MultiviewJudgement
from depthperception.multiview.together import check_videos, examine_together
from depthperception.options import Options
from depthperception.report import folder as results_folder
from depthperception.report.referee import Line
from depthperception.report.text import WORDS, depth_line
from depthperception.report.views.content import camera_lights_words, name_of, sentences, view_row
from depthperception.report.views.folder import write_together
from depthperception.video.hashed import hashed


def judge_several(
    videos: list[Path],
    options: Options,
    output: Output,
    calibration: Path | None,
    offsets_s: list[float] | None,
    *,
    sandbox: bool = False,
) -> int:
    """Judge one lift by several videos, write the folder, and print a line for each attempt."""
    folder = output.out or videos[0].with_suffix(".multiview")
    do = partial(_judge_several, videos, options, output, calibration, offsets_s, folder)
    if not sandbox:
        return do()
    reads = [*(hashed(video).path for video in videos), *filter(None, [calibration])]
    with made_ready(folder, output):
        return in_box(do, reads, options, writes=folder, quiet=output.quiet)


def _judge_several(
    videos: list[Path],
    options: Options,
    output: Output,
    calibration: Path | None,
    offsets_s: list[float] | None,
    folder: Path,
) -> int:
    known = None if calibration is None else read_calibration(calibration)
    check_videos(videos, options, offsets_s)
    with results_folder.made_ready(folder, replace=output.force):
        with progress_bars(output.quiet, verbose=output.verbose) as on_progress:
            found = examine_together(videos, options, calibration=known, offsets_s=offsets_s, on_progress=on_progress)
        written = write_together(found, folder)
    if output.json:
        sys.stdout.write(json.dumps(found.judgement.to_dict(), allow_nan=False) + "\n")
        return 0
    for lights, line in lines_of(found.judgement):
        say(stdout(), f"  {line}", lights=lights)
    if not output.quiet:
        say(stderr(), f"  wrote {folder}: {', '.join(written)}")
    return 0


def lines_of(judgement: MultiviewJudgement) -> list[Line]:
    """Say each attempt by all views with each camera's light, then each view by itself, then how they fit together."""
    said: list[Line] = []
    names = [name_of(view) for view in judgement.views]
    for number, one in enumerate(judgement.attempts, 1):
        measured = one.reason if one.verdict == "not_judgeable" else depth_line(one.depth)
        by = "" if one.depth.method == "multiview" else "   by the surest view alone"
        said.append(((), f"attempt {number}   {WORDS[one.verdict]}   {measured}   at {one.bottom_s:.2f} s{by}"))
        if one.lift:
            discs = tuple(light.light for light in one.lights if light.light)
            said.append((discs, f"  {camera_lights_words(one, names)}"))
    if not judgement.attempts:
        said.append(((), "NO ATTEMPT   None of the videos shows a squat."))
    for view, name in zip(judgement.views, names, strict=True):
        row = view_row(view)
        used = "" if view.used else f"   not used: {view.reason}"
        said.append(((), f"{name}   {row['alone']}   clock {row['clock']}{used}"))
    return [*said, *(((), one) for one in sentences(judgement))]


def calibrate(videos: list[Path], board: Board, out: Path, *, on_floor: bool, quiet: bool) -> int:
    """Calibrate cameras by films of a board, and write the file."""
    if len(videos) < 2:
        raise OptionError(f"{len(videos)} film was given; expected one of each camera, two or more. Give them all.")
    with progress_bars(quiet) as on_progress:
        found = calibrate_by_board(videos, board, on_floor=on_floor, on_progress=on_progress)
    write_calibration(found, out)
    if not quiet:
        apart = ", ".join(f"{baseline_m(found, k):.2f} m" for k in range(1, len(found.cameras)))
        say(stderr(), f"  wrote {out}: error {found.reprojection_px:.2f} px; from the first camera {apart}")
    return 0


def board_of(kind: str, squares: tuple[int, int], square_cm: float) -> Board:
    """Build a board from what was asked.

    Raises
    ------
    OptionError
        When there is no such board.
    """
    if kind not in ("charuco", "chessboard"):
        raise OptionError(
            f"There is no board called {quoted(kind)}; expected charuco or chessboard. Choose one of these."
        )
    return Board("charuco" if kind == "charuco" else "chessboard", *squares, square_cm / 100.0)


def print_board(board: Board, out: Path) -> int:
    """Write the board to print."""
    write_board(board, out)
    return 0
