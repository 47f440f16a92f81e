"""What the subcommands do; app.py says how they are called."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from depthperception.batch.entries import Entry
from depthperception.batch.work import Written, judge_into
from depthperception.cli.progress import progress_bars
from depthperception.cli.shipping import say_how_to_ship
from depthperception.cli.terminal import keep_unless, say, stderr, stdout
from depthperception.depth import method_names
from depthperception.errors import MissingExtraError, OptionError, quoted
from depthperception.io.kaggle import write_track_as_frames
from depthperception.options import Options
from depthperception.pose.track import PoseTrack
from depthperception.report import folder as results_folder
from depthperception.report import text
from depthperception.report.referee import referee_lines, rules_lines
from depthperception.results import Judgement
from depthperception.series import TimeSeries, time_series
from depthperception.series.formats import check_place
from depthperception.video import VideoInfo, frames, probe

if TYPE_CHECKING:
    from depthperception.synth.meet import MeetOptions
    from depthperception.synth.sampling import SampleOptions

MODELS = ("full", "heavy")
LAYOUTS = ("arrays", "kaggle")


@dataclass(frozen=True, kw_only=True)
class Output:
    """What becomes of a judgement.

    Attributes
    ----------
    out
        Folder for the results; beside the video where it is not given.
    json
        The judgement as JSON on stdout.
    quiet, verbose
        Nothing else is said, or how long each step took as well.
    every_method
        Every method's reading is printed.
    all_lifters
        Everyone who lifts is judged.
    force
        Earlier results of the same video are written over.
    overlay
        The overlay is written: it takes about as long as judging.
    """

    out: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    every_method: bool = False
    all_lifters: bool = False
    force: bool = False
    overlay: bool = True


def wanted_folder(video: Path, output: Output, taken: Mapping[Path, Path]) -> tuple[Path, set[Path]]:
    """Say where the results of one of several videos should go, and which folders the others have.

    Parameters
    ----------
    video
        The video.
    output
        What becomes of judgements.
    taken
        Folders of those before it, by what they are of.
    """
    beside = results_folder.default_folder(video)
    wanted = beside if output.out is None else output.out / beside.name
    return wanted, {folder for other, folder in taken.items() if other != video.resolve()}


def judge_videos(videos: list[Path], options: Options, output: Output, *, in_box: bool = False) -> int:
    """Judge one video here, several each in a process of its own; gives the exit code.

    With `in_box` each is decoded in a child process that may do little else.

    Raises
    ------
    DepthPerceptionError
        When the only video cannot be used.
    OptionError
        When one person is asked for in several videos, or with everyone.
    """
    if output.all_lifters:
        options = options.for_everyone()
    if len(videos) > 1 and options.names_somebody:
        raise OptionError(
            f"A person of one video was asked for with {len(videos)} videos; expected one video. Judge them singly."
        )
    if in_box:
        from depthperception.cli.boxed import judge_each_in_box  # noqa: PLC0415

        return judge_each_in_box(videos, options, output)
    if len(videos) > 1:
        from depthperception.cli.many import judge_each  # noqa: PLC0415

        return judge_each(videos, options, output)
    (video,) = videos
    info = probe(video)  # what is no video leaves no folder behind
    folder = output.out or results_folder.free_folder(results_folder.default_folder(video), info)
    if folder != results_folder.default_folder(video) and output.out is None:
        say_elsewhere(results_folder.default_folder(video), video, folder, output)
    judge_one(info, folder, options, output)
    return 0


def judge_demo(options: Options, output: Output) -> int:
    """Judge the clip in the package and say what its depth truly is."""
    with as_file(files("depthperception") / "demo" / "squat.mp4") as video:
        info = probe(video)
        folder = results_folder.free_folder(output.out or Path("demo.judged"), info)
        judgement = judge_one(info, folder, options, replace(output, force=True))
    truth = json.loads((files("depthperception") / "demo" / "squat.json").read_text(encoding="utf-8"))
    true_cm = float(truth["depth_cm"]["mean"])
    side = "below" if true_cm > 0 else "above"
    if not output.quiet:
        say(summary_to(output), f"  truth of this rendered clip: {abs(true_cm):.1f} cm {side}")
    return 0 if judgement.status == "judged" else 1


def write_landmarks(video: Path, output: Path, *, layout: str, model: str, quiet: bool, force: bool) -> int:
    """Follow the lifter through every frame and write his landmarks."""
    from depthperception.pose.tracking import follow_lifter  # noqa: PLC0415

    if model not in MODELS:
        raise OptionError(
            f"There is no pose model called {quoted(model)}; expected full or heavy. Choose one of these."
        )
    if layout not in LAYOUTS:
        raise OptionError(
            f"There is no layout called {quoted(layout)}; expected arrays or kaggle. Choose one of these."
        )
    if layout == "arrays":
        check_place(output)
        keep_unless(output, force=force)
    with progress_bars(quiet) as on_progress:
        track = follow_lifter(video, model=model, on_progress=on_progress)
    if layout == "arrays":
        _unjudged(video, track).save(output)
    else:
        write_track_as_frames(track, output, probe(video))
    if not quiet:
        say(stderr(), f"  wrote {output}  ({len(track)} frames)")
    return 0


def _unjudged(video: Path, track: PoseTrack) -> TimeSeries:
    """Put landmarks in rows, one for each frame of the video, without a judgement."""
    info, times_s = probe(video), np.array([frame.time_s for frame in frames(video)])
    facts = {"source_file": video.name, "width_px": info.width, "height_px": info.height}
    rows = time_series(None, track, times_s)
    return replace(rows, facts={**rows.facts, **facts})


def train_measurement_model(rows: Path, out: Path, count: int, *, quiet: bool) -> int:
    """Render what is missing, fit the measurement model, and write it."""
    from depthperception.train.calibrated import (  # noqa: PLC0415
        held_out_factor,
        make_rows,
        predict_held_out,
        read_features,
        save_model,
    )

    with progress_bars(quiet) as on_progress:
        make_rows(rows, range(count), on_progress)
        features = read_features(rows)
        factor = held_out_factor(features, predict_held_out(features, on_progress))
    save_model(out, features, factor)
    if not quiet:
        say(stderr(), f"  wrote {out}  ({len(features.seeds)} rendered squats)")
        say_how_to_ship("calibrated", out)
    return 0


def train_appearance(pictures: Path, rows: Path, out: Path, count: int, *, quiet: bool) -> int:
    """Render pictures, train the head on them, and note what it says of rows whose bodies it never saw."""
    with needing("head,synth", "Training the head"):
        from depthperception.train.appearance.training import pictures_of, train_all  # noqa: PLC0415
    with progress_bars(quiet) as on_progress:
        pictures_of(pictures, count, on_progress)
        train_all(pictures, rows, out, on_progress)
    if not quiet:
        say(stderr(), f"  wrote {out}")
        say_how_to_ship("appearance", out)
    return 0


def serve_page(**options: Any) -> int:
    """Serve the web page until interrupted; `options` are those of `web.server.serve`."""
    with needing("web", "The web page"):
        from depthperception.web.server import serve  # noqa: PLC0415

    def ready(address: str) -> None:
        say(stderr(), f"  DepthPerception is at {address}  (stop it with Ctrl-C)")

    serve(**options, on_ready=ready)
    return 0


def render_clips(
    out: Path, seed: int, count: int, options: "SampleOptions | MeetOptions", rate_hz: float, *, quiet: bool
) -> int:
    """Render clips with their truth into a folder."""
    from depthperception.synth.clip import render_many  # noqa: PLC0415

    with progress_bars(quiet) as on_progress:
        paths = render_many(out, seed, count, options, on_progress=on_progress, frame_rate_hz=rate_hz)
    if not quiet:
        say(stderr(), f"  wrote {len(paths)} clips with their truth to {out}/")
    return 0


@contextmanager
def needing(extras: str, what: str) -> Iterator[None]:
    """Say which extras are missing when an import fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{what} needs the package {error.name}, which is not installed; expected the extras [{extras}]. "
            f'Install them: pip install "depthperception[{extras}]".'
        ) from error


def judge_one(info: VideoInfo, folder: Path, options: Options, output: Output, *, one_line: bool = False) -> Judgement:
    """Judge one video, write its folder and say what came of it."""
    title = info.path.name if one_line else ""
    with (
        results_folder.made_ready(folder, info, replace=output.force),
        progress_bars(output.quiet, verbose=output.verbose, title=title) as on_progress,
    ):
        asked = Entry(str(info.path), options, all_lifters=output.all_lifters, overlay=output.overlay)
        written = judge_into(info.path, folder, asked, on_progress)
    show(written, output, f"{info.path.name}   " if one_line else "  ", one_line=one_line)
    return written[0].judgement


def show(written: Sequence[Written], output: Output, head: str, *, one_line: bool = False) -> None:
    """Print what was found in a video, and where it was written; `one_line` keeps its JSON on a line."""
    for one in written:
        if output.json:
            indent = None if one_line or output.all_lifters else 1
            sys.stdout.write(json.dumps(one.judgement.to_dict(), indent=indent, allow_nan=False) + "\n")
        if not output.quiet:
            _print_summary(summary_to(output), one.judgement, head, every_method=output.every_method)
            _print_files(summary_to(output), one.folder, one.files)


def say_elsewhere(wanted: Path, video: Path, folder: Path, output: Output) -> None:
    """Say that a folder holds another video's results."""
    if not output.quiet:
        say(stderr(), f"  {wanted} is another video's: the results of {video} go to {folder}")


def _print_summary(console: Console, judgement: Judgement, head: str, *, every_method: bool) -> None:
    if judgement.status != "judged":
        say(console, f"{head}{text.status_line(judgement)}")
    for number, attempt in enumerate(judgement.attempts, 1):
        say(console, f"{head}{text.attempt_line(number, attempt, text.lifter_words(judgement, attempt))}")
        for lights, words in referee_lines(attempt):
            say(console, f"{head}  {words}", lights=lights)
    for line in (*text.film_lines(judgement), *rules_lines(judgement)):
        say(console, f"{head}{line}")
    for line in _method_lines(judgement) if every_method else ():
        say(console, line)


def _print_files(console: Console, folder: Path, written: Sequence[str]) -> None:
    """Name the page to open, and what lies beside it."""
    page = folder / results_folder.PAGE
    say(console, f"  open {page}", link=page)
    say(console, f"  beside it: {', '.join(name for name in written if name != results_folder.PAGE)}")


def _method_lines(judgement: Judgement) -> Iterator[str]:
    """Every method's reading of every attempt."""
    for number, attempt in enumerate(judgement.attempts, 1):
        for name in method_names():
            reading = attempt.measurements[name]
            note = f"   {reading.reason}" if reading.reason and reading.cm is not None else ""
            yield f"    {number}  {name:<12} {text.depth_line(reading)}{note}"


def summary_to(output: Output) -> Console:
    """Give where results are said: stdout, unless JSON goes there."""
    return stderr() if output.json else stdout()
