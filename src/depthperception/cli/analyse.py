"""What the subcommands do; app.py says how they are called."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from depthperception.capture.scale import checked_height
from depthperception.cli.progress import progress_bars
from depthperception.cli.shipping import say_how_to_ship
from depthperception.decision import NOTICE, LightColour
from depthperception.depth import method_names
from depthperception.depth.calling import ALWAYS_CALLED
from depthperception.depth.geometric import side_of_track
from depthperception.errors import DepthPerceptionError, MissingExtraError, OptionError
from depthperception.io.landmark_files import check_format, write_frames, write_track
from depthperception.io.openpose import read_openpose
from depthperception.json_types import plain
from depthperception.options import Options
from depthperception.pipeline import examine, examine_all
from depthperception.report import folder as results_folder
from depthperception.report import text
from depthperception.report.referee import referee_lines, rules_lines
from depthperception.results import Judgement, Reading, Verdict
from depthperception.rules import DEFAULT_RULES, rule_book
from depthperception.ruling.landmarks import referee_landmarks
from depthperception.video import VideoInfo, probe

if TYPE_CHECKING:
    from depthperception.synth.meet import MeetOptions
    from depthperception.synth.sampling import SampleOptions

MODELS = ("full", "heavy")
LAYOUTS = ("arrays", "kaggle")

DISCS: Mapping[LightColour, str] = {
    "white": "bold bright_white", "red": "bold red", "too_close": "bold yellow", "not_judgeable": "dim",
}  # fmt: skip
"""Styles of the lights; their words stand behind them, also where NO_COLOR is set."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What becomes of a judgement.

    Attributes
    ----------
    out
        Folder for the results; beside the video where it is not given.
    json, quiet
        The judgement as JSON on stdout; nothing else said.
    every_method
        Every method's reading is printed.
    all_lifters
        Everyone who lifts is judged.
    """

    out: Path | None = None
    json: bool = False
    quiet: bool = False
    every_method: bool = False
    all_lifters: bool = False


def judge_videos(videos: list[Path], options: Options, output: Output) -> int:
    """Judge videos one after the other; exit code 1 when one of them could not be used.

    Raises
    ------
    OptionError
        When one person is asked for in several videos, or with everyone.
    """
    if output.all_lifters:
        options = options.for_everyone()
    if len(videos) > 1 and options.names_somebody:
        raise OptionError(
            f"A person of one video was asked for with {len(videos)} videos; expected one video. Judge them singly."
        )
    failed = False
    taken: dict[Path, Path] = {}
    for video in videos:
        try:
            info = probe(video)  # what is no video leaves no folder behind
            folder = taken[video.resolve()] = _folder(info, videos, output, taken)
            _judge_one(info, folder, options, output, one_line=len(videos) > 1)
        except DepthPerceptionError as error:
            failed = True
            _stderr().print(f"depthperception: {error}", markup=False, highlight=False, soft_wrap=True)
    return int(failed)


def judge_demo(options: Options, output: Output) -> int:
    """Judge the clip in the package and say what its depth truly is."""
    with as_file(files("depthperception") / "demo" / "squat.mp4") as video:
        info = probe(video)
        folder = results_folder.free_folder(output.out or Path("demo.judged"), info)
        judgement = _judge_one(info, folder, options, output)
    truth = json.loads((files("depthperception") / "demo" / "squat.json").read_text(encoding="utf-8"))
    true_cm = float(truth["depth_cm"]["mean"])
    side = "below" if true_cm > 0 else "above"
    if not output.quiet:
        _summary(output).print(f"  truth of this rendered clip: {abs(true_cm):.1f} cm {side}", highlight=False)
    return 0 if judgement.status == "judged" else 1


def write_landmarks(video: Path, output: Path, *, layout: str, model: str, quiet: bool) -> int:
    """Follow the lifter through every frame and write his landmarks."""
    from depthperception.pose.tracking import follow_lifter  # noqa: PLC0415

    if model not in MODELS:
        raise OptionError(f"There is no pose model called {model!r}; expected full or heavy. Choose one of these.")
    if layout not in LAYOUTS:
        raise OptionError(f"There is no layout called {layout!r}; expected arrays or kaggle. Choose one of these.")
    if layout == "arrays":
        check_format(output)
    with progress_bars(quiet) as on_progress:
        track = follow_lifter(video, model=model, on_progress=on_progress)
    if layout == "arrays":
        write_track(track, output)
    else:
        write_frames(track, output, probe(video))
    if not quiet:
        _stderr().print(f"  wrote {output}  ({len(track)} frames)", highlight=False, markup=False)
    return 0


def judge_openpose(
    folder: Path, frame_rate_hz: float, height_cm: float | None, rules: str = DEFAULT_RULES, *, as_json: bool
) -> int:
    """Rule on a folder of OpenPose frames by the side method."""
    checked_height(height_cm)
    book = rule_book(rules)
    track = read_openpose(folder, frame_rate_hz)
    found = side_of_track(track, height_cm)
    depth = Reading("side", found.cm, probability=float(found.px > 0))
    ruled = referee_landmarks(track, found.time_s, depth, book, ALWAYS_CALLED)
    verdict: Verdict = "depth" if found.px > 0 else "no_depth"
    if as_json:
        said = plain({name: getattr(ruled, name) for name in ("checks", "cards", "lights", "lift")})
        answer = {"method": "side", "verdict": verdict, **vars(found), **said, "notice": NOTICE}
        sys.stdout.write(json.dumps(answer) + "\n")
        return 0
    size = f"{abs(found.px):.0f} px" if found.cm is None else f"{abs(found.cm):.1f} cm"
    side = "below" if found.px > 0 else "above"
    console = Console()
    console.print(
        f"  {text.WORDS[verdict]}   hip {size} {side} the knee in the picture   at {found.time_s:.2f} s   "
        "(joints, not surfaces; for a level camera at the side)",
        highlight=False,
        soft_wrap=True,
    )
    for lights, words in referee_lines(ruled):
        console.print(_with_discs(lights, words), highlight=False, soft_wrap=True)
    return 0


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
        _stderr().print(f"  wrote {out}  ({len(features.seeds)} rendered squats)", highlight=False, markup=False)
        say_how_to_ship("calibrated", out)
    return 0


def train_appearance(pictures: Path, rows: Path, out: Path, count: int, *, quiet: bool) -> int:
    """Render pictures, train the head on them, and note what it says of rows whose bodies it never saw."""
    with _needing("head,synth", "Training the head"):
        from depthperception.train.appearance.training import pictures_of, train_all  # noqa: PLC0415
    with progress_bars(quiet) as on_progress:
        pictures_of(pictures, count, on_progress)
        train_all(pictures, rows, out, on_progress)
    if not quiet:
        _stderr().print(f"  wrote {out}", highlight=False, markup=False)
        say_how_to_ship("appearance", out)
    return 0


def serve_page(
    host: str, port: int, token: str | None, folder: Path | None, database: str | None, max_upload_bytes: int
) -> int:
    """Serve the web page until interrupted."""
    with _needing("web", "The web page"):
        from depthperception.web.server import serve  # noqa: PLC0415

    def ready(address: str) -> None:
        _stderr().print(f"  DepthPerception is at {address}  (stop it with Ctrl-C)", highlight=False, markup=False)

    serve(
        host,
        port,
        folder=folder,
        database_url=database,
        token=token,
        max_upload_bytes=max_upload_bytes,
        on_ready=ready,
    )
    return 0


def render_clips(
    out: Path, seed: int, count: int, options: "SampleOptions | MeetOptions", rate_hz: float, *, quiet: bool
) -> int:
    """Render clips with their truth into a folder."""
    from depthperception.synth.clip import render_many  # noqa: PLC0415

    with progress_bars(quiet) as on_progress:
        paths = render_many(out, seed, count, options, on_progress=on_progress, frame_rate_hz=rate_hz)
    if not quiet:
        _stderr().print(f"  wrote {len(paths)} clips with their truth to {out}/", highlight=False, markup=False)
    return 0


@contextmanager
def _needing(extras: str, what: str) -> Iterator[None]:
    """Say which extras are missing when an import fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{what} needs the package {error.name}, which is not installed; expected the extras [{extras}]. "
            f"Install them: pip install 'depthperception[{extras}]'."
        ) from error


def _judge_one(info: VideoInfo, folder: Path, options: Options, output: Output, *, one_line: bool = False) -> Judgement:
    video = info.path
    results_folder.prepare(folder, info)
    wrote = []
    with progress_bars(output.quiet) as on_progress:
        if output.all_lifters:
            examinations = examine_all(video, options, on_progress=on_progress)
        else:
            examinations = (examine(video, options, on_progress=on_progress),)
        for examination in examinations:
            own = results_folder.lifter_folder(folder, examination) if output.all_lifters else folder
            results_folder.prepare(own)
            written = results_folder.write_all(examination, video, own, on_progress)
            wrote.append(f"  wrote {own}/  ({', '.join(written)})")
    for examination, line in zip(examinations, wrote, strict=True):
        if output.json:
            indent = None if one_line or output.all_lifters else 1
            sys.stdout.write(json.dumps(examination.judgement.to_dict(), indent=indent, allow_nan=False) + "\n")
        if not (output.json and output.quiet):
            _print_summary(_summary(output), examination.judgement, line, every_method=output.every_method)
    return examinations[0].judgement


def _print_summary(console: Console, judgement: Judgement, wrote: str, *, every_method: bool) -> None:
    def say(line: str | Text) -> None:
        console.print(line, highlight=False, markup=False, soft_wrap=True)

    if judgement.status != "judged":
        say(f"  {text.status_line(judgement)}")
    for number, attempt in enumerate(judgement.attempts, 1):
        say(f"  {text.attempt_line(number, attempt)}")
        for lights, words in referee_lines(attempt):
            say(_with_discs(lights, words))
    for line in (*text.film_lines(judgement), *rules_lines(judgement)):
        say(f"  {line}")
    for line in _method_lines(judgement) if every_method else ():
        say(line)
    say(wrote)


def _method_lines(judgement: Judgement) -> Iterator[str]:
    """Every method's reading of every attempt."""
    for number, attempt in enumerate(judgement.attempts, 1):
        for name in method_names():
            reading = attempt.measurements[name]
            note = f"   {reading.reason}" if reading.reason and reading.cm is not None else ""
            yield f"    {number}  {name:<12} {text.depth_line(reading)}{note}"


def _with_discs(lights: tuple[LightColour, ...], words: str) -> Text:
    """Put coloured discs before words."""
    return Text.assemble("    ", *(("\u25cf ", DISCS[light]) for light in lights), " " if lights else "", words)


def _folder(info: VideoInfo, videos: list[Path], output: Output, taken: Mapping[Path, Path]) -> Path:
    """Choose where a video's results go: where --out says of a single one, else a folder that no other video has."""
    if output.out is not None and len(videos) == 1:
        return output.out
    beside = results_folder.default_folder(info.path)
    wanted = beside if output.out is None else output.out / beside.name
    others = {folder for video, folder in taken.items() if video != info.path.resolve()}
    folder = results_folder.free_folder(wanted, info, others)
    if folder != wanted and not output.quiet:
        said = f"  {wanted} is another video's: the results of {info.path} go to {folder}"
        _stderr().print(said, highlight=False, markup=False, soft_wrap=True)
    return folder


def _summary(output: Output) -> Console:
    return _stderr() if output.json else Console()


def _stderr() -> Console:
    return Console(stderr=True)
