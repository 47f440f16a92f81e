"""The commands for several cameras: judge a lift by all of them, and calibrate them by a board."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from depthperception.cli.parameters import (
    Force,
    Height,
    Json,
    LifterRule,
    MethodName,
    PlateSize,
    Quiet,
    Rotate,
    Sandbox,
    Speed,
    Sure,
    Verbose,
    options_of,
)


def multiview(  # noqa: PLR0913  (what is asked of a video, and of several)
    videos: Annotated[list[Path], Parameter(name="VIDEO", negative="")],
    /,
    *,
    calibration: Annotated[
        Path | None,
        Parameter(help="Of the cameras: TOML of Pose2Sim, aniposelib or caliscope, JSON.  [default: by the lifter]"),
    ] = None,
    offset: Annotated[
        list[float] | None,
        Parameter(negative="", help="For each video after the first, s to add to its times.  [default: as they move]"),
    ] = None,
    height_cm: Height = None,
    method: MethodName = "default",
    lifter: LifterRule = "auto",
    plate_cm: PlateSize = None,
    rotate_deg: Rotate = None,
    speed: Speed = 1.0,
    sure: Sure = 0.65,
    out: Annotated[
        Path | None, Parameter(name=["--out", "-o"], help="Folder for the results.  [default: FIRST.multiview]")
    ] = None,
    sandbox: Sandbox = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    force: Force = False,
) -> int:
    """Judge one lift by two or more videos of it, filmed at the same time by cameras that stand still.

    Writes report.html (views side by side), judgement.json, joints.trc (for OpenSim) and calibration.toml.
    """
    from depthperception.cli.analyse import Output  # noqa: PLC0415
    from depthperception.cli.several import judge_several  # noqa: PLC0415

    options = options_of(
        height_cm=height_cm,
        method=method,
        lifter=lifter,
        plate_cm=plate_cm,
        rotate_deg=rotate_deg,
        speed=speed,
        sure=sure,
    )
    output = Output(out=out, json=json, quiet=quiet, verbose=verbose, force=force)
    return judge_several(videos, options, output, calibration, offset, sandbox=sandbox)


BoardName = Annotated[str, Parameter(name="--board", help="charuco or chessboard.")]
Squares = Annotated[tuple[int, int], Parameter(name="--squares", help="How many across and down.")]
SquareSize = Annotated[float, Parameter(name="--square-cm", help="Side of a square, as measured on the print.")]


def board(
    *,
    out: Annotated[Path, Parameter(help="An .svg or .pdf file to print at 100 %.")],
    board: BoardName = "charuco",
    squares: Squares = (7, 5),
    square_cm: SquareSize = 3.5,
) -> int:
    """Write a board to print, with which cameras are calibrated."""
    from depthperception.cli.several import board_of, print_board  # noqa: PLC0415

    return print_board(board_of(board, squares, square_cm), out)


def calibrate(
    videos: Annotated[list[Path], Parameter(name="VIDEO", negative="")],
    /,
    *,
    out: Annotated[Path, Parameter(help="The .toml file, as Pose2Sim and aniposelib read it.")],
    board: BoardName = "charuco",
    squares: Squares = (7, 5),
    square_cm: SquareSize = 3.5,
    on_floor: Annotated[bool, Parameter(help="The board ends flat on the floor: it says where up is.")] = True,
    quiet: Quiet = False,
) -> int:
    """Calibrate cameras: each films the board from near, tilted; then it lies still where all see it."""
    from depthperception.cli.several import board_of  # noqa: PLC0415
    from depthperception.cli.several import calibrate as run  # noqa: PLC0415

    return run(videos, board_of(board, squares, square_cm), out, on_floor=on_floor, quiet=quiet)
