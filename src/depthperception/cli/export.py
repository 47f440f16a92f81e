"""How `export` is called, and what it does."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from depthperception.cli.parameters import (
    Force,
    Height,
    LifterRule,
    PickPoint,
    PlateSize,
    Quiet,
    Rotate,
    Sandbox,
    Speed,
    Verbose,
    options_of,
)
from depthperception.cli.terminal import hushed, keep_unless, say, stderr
from depthperception.errors import OptionError, quoted

if TYPE_CHECKING:
    from depthperception.options import Options
    from depthperception.series import TimeSeries

FormatName = Annotated[
    list[str] | None,
    Parameter(
        name="--format",
        negative="",
        show_default=False,
        help="csv, parquet, netcdf (movement), trc and mot (OpenSim, Pose2Sim), c3d, kva (Kinovea), npz or json; may "
        "be given several times.  [default: csv, or what --output ends in]",
    ),
]
To = Annotated[
    Path | None,
    Parameter(name=["--output", "-o"], help="File, or folder for several formats.  [default: beside the source]"),
]
EveryFrame = Annotated[
    bool,
    Parameter(
        negative="",
        show_default=False,
        help="Look at every frame with the pose network; else rows between judging's looks are interpolated.",
    ),
]
RateHz = Annotated[
    float | None, Parameter(name="--rate", help="Look at so many frames a second (Hz); these are the rows then.")
]


def export(
    source: Annotated[Path, Parameter(name="SOURCE")],
    /,
    *,
    formats: FormatName = None,
    output: To = None,
    every_frame: EveryFrame = False,
    rate_hz: RateHz = None,
    height_cm: Height = None,
    lifter: LifterRule = "auto",
    pick: PickPoint = None,
    plate_cm: PlateSize = None,
    rotate_deg: Rotate = None,
    speed: Speed = 1.0,
    sandbox: Sandbox = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    force: Force = False,
) -> int:
    """Write heights, angles, speeds and landmarks of a lift against time (extra export).

    SOURCE is a video, which is judged first, or a folder that `judge` wrote. docs/formats.md says what every column
    means. `export squat.mp4 --format trc --format mot` writes squat.trc and squat.mot.
    """
    from depthperception.series.looking import checked_rate  # noqa: PLC0415

    checked_rate(rate_hz)
    files = _files(source, formats, output)
    for path in files:
        keep_unless(path, force=force)
    if source.is_dir():
        rows = _save(_of_folder(source, looks_closer=every_frame or rate_hz is not None), files)
    else:
        options = options_of(
            height_cm=height_cm,
            lifter=lifter,
            pick=pick,
            plate_cm=plate_cm,
            rotate_deg=rotate_deg,
            speed=speed,
        )
        do = partial(_of_video, source, options, every_frame, rate_hz, quiet=quiet, verbose=verbose)
        with hushed(quiet):
            rows = _in_box(do, source, options, files, quiet=quiet) if sandbox else do(files)
    for path in files if not quiet else ():
        say(stderr(), f"  wrote {path}  ({rows} rows)", link=path)
    return 0


def _in_box(
    do: Callable[[Sequence[Path]], int], video: Path, options: "Options", files: Sequence[Path], *, quiet: bool
) -> int:
    from depthperception.cli.boxed import in_box, put_in_place  # noqa: PLC0415
    from depthperception.video.hashed import hashed  # noqa: PLC0415

    with put_in_place([path.absolute() for path in files]) as made:
        return in_box(partial(do, made), [hashed(video).path], options, writes=made[0].parent, quiet=quiet)


def _save(series: "TimeSeries", files: Sequence[Path]) -> int:
    for path in files:
        series.save(path)
    return len(series)


def _files(source: Path, formats: list[str] | None, output: Path | None) -> list[Path]:
    """Choose a file for each format, before anything is measured.

    Raises
    ------
    OptionError
        When a format is not known, or one file is named for several.
    """
    from depthperception.series.formats import FORMATS, check_place  # noqa: PLC0415

    if unknown := [name for name in formats or () if name not in FORMATS]:
        raise OptionError(
            f"There is no format called {quoted(unknown[0])}; expected one of {', '.join(FORMATS)}. Choose "
            "one of these."
        )
    if output is not None and not output.is_dir() and (not formats or len(formats) == 1):
        files = [output]
        if formats and output.suffix.lower() != FORMATS[formats[0]].ending:
            raise OptionError(
                f"{output} was named for {formats[0]}; expected a name that ends in {FORMATS[formats[0]].ending}. "
                "Rename it, or leave --format out."
            )
    else:
        folder = source.parent if output is None else output
        files = [folder / f"{source.stem}{FORMATS[name].ending}" for name in formats or ("csv",)]
    for path in files:
        check_place(path)
    return files


def _of_folder(folder: Path, *, looks_closer: bool) -> "TimeSeries":
    from depthperception.report.folder import read_series  # noqa: PLC0415

    if looks_closer:
        raise OptionError(
            f"Frames were to be looked at in {folder}, which holds results; expected the video. Give its name instead."
        )
    return read_series(folder)


def _of_video(
    video: Path,
    options: "Options",
    every_frame: bool,
    rate_hz: float | None,
    files: Sequence[Path],
    *,
    quiet: bool,
    verbose: bool,
) -> int:
    from depthperception.cli.progress import progress_bars  # noqa: PLC0415
    from depthperception.pipeline import examine  # noqa: PLC0415

    with progress_bars(quiet, verbose=verbose, title="judging") as on_progress:
        found = examine(video, options, on_progress=on_progress)
    with progress_bars(quiet, verbose=verbose, title="every look") as on_progress:
        series = found.time_series(every_frame=every_frame, rate_hz=rate_hz, on_progress=on_progress)
    return _save(series, files)
