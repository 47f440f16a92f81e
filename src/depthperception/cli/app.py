"""The command line. Results go to stdout, everything else to stderr; exit 0 judged, 1 unusable input, 2 wrong usage."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import App, Parameter
from cyclopts.config import Env, Toml
from cyclopts.exceptions import CycloptsError

from depthperception.cli.appeals import live, packet
from depthperception.cli.batch import batch
from depthperception.cli.cameras import board, calibrate, multiview
from depthperception.cli.export import export
from depthperception.cli.parameters import (
    AllLifters,
    Detector,
    Device,
    End,
    Force,
    Height,
    Json,
    LifterRule,
    MethodName,
    Out,
    Overlay,
    PickPoint,
    PlateSize,
    PoseNetworkName,
    Quiet,
    Rotate,
    Rules,
    Sandbox,
    Speed,
    Start,
    Sure,
    Verbose,
    options_of,
    ruling,
)
from depthperception.cli.terminal import complain, hushed, refuse_endless, refuse_streams
from depthperception.cli.training import evaluate, label, train
from depthperception.cli.usage import usage_sentence
from depthperception.errors import DepthPerceptionError, OptionError
from depthperception.memory import share_heaps
from depthperception.provenance import package_version

LOCAL = "127.0.0.1"

PREFIX, CONFIG = "DEPTHPERCEPTION_", "depthperception.toml"
"""Of environment variables, and the file whose tables are named as the commands; options on the line count more than
variables, and these more than the file."""

EPILOGUE = f"""
**Examples**

    depthperception judge squat.mp4 --height 180
    depthperception judge day1/*.mp4 --out results --json -q > day1.jsonl
    depthperception batch day1/ --out results
    depthperception export squat.mp4 --format csv --format trc --every-frame
    depthperception serve

**Exit codes**: 0 done, whatever the verdict; 1 the input cannot be used; 2 wrong usage, or an option's value that
makes no sense; 130 interrupted.

**Options** may also stand in {CONFIG}, here or in a folder above (`[judge]`, `height = 180`), or in the environment
({PREFIX}JUDGE_HEIGHT=180). {PREFIX}CONFIG names another file. Completion for your shell: `--install-completion`.
"""

app = App(
    name="depthperception",
    help="Was that squat deep enough? Depth from video in centimetres, how sure, and the proof.",
    help_epilogue=EPILOGUE,
    version=lambda: package_version("depthperception"),
    version_flags=["--version", "-V"],
)
app.register_install_completion_command(help="Install completion of commands and options for this shell.")
for command in (batch, train, evaluate, label, export, packet, live, multiview, calibrate, board):
    app.command(command)


@app.command
def judge(
    videos: Annotated[list[Path], Parameter(name="VIDEO", negative="")],
    /,
    *,
    height_cm: Height = None,
    method: MethodName = "default",
    lifter: LifterRule = "auto",
    all_lifters: AllLifters = False,
    pick: PickPoint = None,
    plate_cm: PlateSize = None,
    rotate_deg: Rotate = None,
    speed: Speed = 1.0,
    sure: Sure = 0.65,
    pose: PoseNetworkName = "blazepose",
    detector: Detector = None,
    rules: Rules = "ipf",
    start_s: Start = None,
    end_s: End = None,
    sandbox: Sandbox = False,
    out: Out = None,
    overlay: Overlay = True,
    device: Device = "cpu",
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    force: Force = False,
) -> int:
    """Judge every squat attempt in one or more videos.

    Lifters who follow each other in one recording, and the shots of a film that is cut, are judged each by themselves.

    Writes report.html, overlay.mp4, bottom.png, share.jpg, depth.png, bar.png, landmarks.npz and judgement.json to
    VIDEO.judged, or to --out. With several videos each gets a folder of its own (squat-2.judged where squat.judged
    holds another video's results, which nothing writes over); one that cannot be used does not stop the others.
    """
    from depthperception.cli.analyse import Output, judge_videos  # noqa: PLC0415

    options = options_of(
        height_cm=height_cm,
        method=method,
        lifter=lifter,
        pick=pick,
        plate_cm=plate_cm,
        rotate_deg=rotate_deg,
        speed=speed,
        sure=sure,
        pose=pose,
        detector=detector,
        rules=rules,
        start_s=start_s,
        end_s=end_s,
    )
    output = Output(
        overlay=overlay,
        out=out,
        json=json,
        quiet=quiet,
        verbose=verbose,
        every_method=method == "all",
        all_lifters=all_lifters,
        force=force,
    )
    from depthperception.models import use_device  # noqa: PLC0415

    use_device(device)
    with hushed(quiet):
        return judge_videos(videos, options, output, in_box=sandbox)


@app.command
def demo(
    *,
    height_cm: Height = None,
    method: MethodName = "default",
    sure: Sure = 0.65,
    rules: Rules = "ipf",
    out: Out = Path("demo.judged"),
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Judge the rendered clip that ships with the package, whose true depth is known."""
    from depthperception.cli.analyse import Output, judge_demo  # noqa: PLC0415
    from depthperception.options import Options  # noqa: PLC0415

    output = Output(out=out, json=json, quiet=quiet, verbose=verbose, every_method=method == "all")
    with hushed(quiet):
        return judge_demo(Options(height_cm=height_cm, method=ruling(method), sure=sure, rules=rules), output)


@app.command
def landmarks(
    video: Path,
    /,
    *,
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="A file whose ending names its format, as in `export`.")
    ],
    layout: Annotated[
        str, Parameter(help="arrays: one file. kaggle: a folder of .npy frames, to train on.")
    ] = "arrays",
    model: Annotated[str, Parameter(help="full is fast, heavy is better.")] = "heavy",
    quiet: Quiet = False,
    force: Force = False,
) -> int:
    """Write the lifter's landmarks of every frame without judging: the report's getKeypoints."""
    from depthperception.cli.analyse import write_landmarks  # noqa: PLC0415

    return write_landmarks(video, output, layout=layout, model=model, quiet=quiet, force=force)


@app.command
def openpose(
    folder: Path,
    /,
    *,
    rate: Annotated[float, Parameter(help="Frames a second of the video that OpenPose was given.")],
    height_cm: Height = None,
    rules: Rules = "ipf",
    json: Json = False,
) -> int:
    """Judge a folder of OpenPose's *_keypoints.json (BODY_25 or COCO) by the side method, as the report did."""
    from depthperception.cli.pose_files import judge_openpose  # noqa: PLC0415

    return judge_openpose(folder, rate, height_cm, rules, as_json=json)


@app.command(name="judge-landmarks")
def judge_landmarks(
    path: Annotated[Path, Parameter(name="FILE_OR_FOLDER", negative="")],
    /,
    *,
    rate: Annotated[float | None, Parameter(help="Frames a second of the video, for files that hold no times.")] = None,
    height_cm: Height = None,
    method: Annotated[str, Parameter(help="Depth method that rules: side or front.")] = "side",
    sure: Sure = 0.65,
    rules: Rules = "ipf",
    json: Json = False,
) -> int:
    """Judge squats in landmarks of another tool.

    Reads TRC, OpenPose's folders (Pose2Sim's and Sports2D's too), JSON of MMPose and RTMLib, CSV and HDF5 of
    DeepLabCut and SLEAP, and SLEAP's .slp (HDF5: extra files); which one it is, the content says.
    """
    from depthperception.cli.pose_files import judge_pose_file  # noqa: PLC0415

    return judge_pose_file(path, rate, height_cm, method, sure, rules, as_json=json)


@app.command
def render(
    *,
    out: Annotated[Path, Parameter(help="Folder for NAME_SEED.mp4 and NAME_SEED.json; nothing is overwritten.")],
    seed: Annotated[int, Parameter(help="Seed of the first clip; the next ones count up.")] = 0,
    count: Annotated[int, Parameter(help="How many clips.")] = 1,
    depth: Annotated[tuple[float, float], Parameter(help="Shallowest and deepest, cm below the knee.")] = (-12.0, 12.0),
    azimuth: Annotated[
        tuple[float, float] | None,
        Parameter(help="Range of the camera: 0 in front, 90 left.  [default: 0 360; meets: 30 150 on either side]"),
    ] = None,
    scale: Annotated[float, Parameter(help="Size of the pictures; 1 is 720 x 1280.")] = 1.0,
    clean: Annotated[bool, Parameter(negative="", help="No rack, no other people, no picture faults.")] = False,
    rate: Annotated[float, Parameter(help="Frames a second.")] = 30.0,
    meet: Annotated[bool, Parameter(negative="", help="Spotters, bystanders; implied by what follows.")] = False,
    people: Annotated[int | None, Parameter(help="1 to 5, the lifter counted.  [default: in turn]")] = None,
    along: Annotated[bool | None, Parameter(help="Spotters squat along.  [default: in turn]")] = None,
    mirror: Annotated[bool | None, Parameter(help="A mirror on a wall.  [default: three in 16]")] = None,
    picture: Annotated[bool | None, Parameter(help="A picture of somebody on a wall.  [default: two in 16]")] = None,
    side_by_side: Annotated[bool | None, Parameter(help="Two who lift.  [default: two in 16]")] = None,
    quiet: Quiet = False,
) -> int:
    """Render squats with known truth (extra synth): clips, and their truth as JSON."""
    from depthperception.cli.analyse import render_clips  # noqa: PLC0415
    from depthperception.synth.meet import MeetOptions  # noqa: PLC0415
    from depthperception.synth.sampling import SampleOptions  # noqa: PLC0415

    asked: dict[str, Any] = {"depth_cm": depth, "scale": scale} | ({"azimuth_deg": azimuth} if azimuth else {})
    wanted = (people, along, mirror, picture, side_by_side)
    meeting = meet or any(wish is not None for wish in wanted)
    options = MeetOptions(*wanted, **asked) if meeting else SampleOptions(clean=clean, **asked)
    return render_clips(out, seed, count, options, rate, quiet=quiet)


@app.command
def serve(
    *,
    port: Annotated[int, Parameter(help="Port of the page.")] = 8347,
    host: Annotated[str, Parameter(help="Address to listen on; any but this machine's own needs a token.")] = LOCAL,
    token: Annotated[str | None, Parameter(help="Secret that browsers must show: /?token=SECRET, once.")] = None,
    folder: Annotated[Path | None, Parameter(help="Where videos and results are kept.  [default: your data]")] = None,
    database: Annotated[
        str | None, Parameter(help="URL of another database than the folder's own SQLite: postgresql://USER@HOST/NAME.")
    ] = None,
    jobs: Annotated[int, Parameter(name=["--jobs", "-j"], help="Videos that are judged at once.")] = 2,
    max_upload_mb: Annotated[int, Parameter(help="Largest video that is taken.")] = 2147,
) -> int:
    """Open the local web page: drop a video, see the ruling, scrub the proof (extra web)."""
    from depthperception.cli.analyse import serve_page  # noqa: PLC0415

    if jobs < 1:
        raise OptionError(f"{jobs} jobs were asked for; expected 1 or more. Leave it out for 2.")
    return serve_page(
        host=host,
        port=port,
        token=token,
        folder=folder,
        database_url=database,
        at_once=jobs,
        max_upload_bytes=max_upload_mb * 10**6,
    )


@app.command
def doctor() -> int:
    """Check this installation: versions, models and their hashes, codecs, a look timed on each device."""
    from depthperception.cli.doctor import examine_installation  # noqa: PLC0415

    return examine_installation()


def _config_file() -> Toml:
    """Find the file of options, and read it once: what is wrong with it is said before anything else.

    Raises
    ------
    OptionError
        When it cannot be read.
    """
    named = os.environ.get(f"{PREFIX}CONFIG")
    file = Toml(named, must_exist=True) if named else Toml(CONFIG, search_parents=True)
    try:
        _ = file.config
    except (CycloptsError, OSError, ValueError) as error:
        raise OptionError(
            f"{named or CONFIG} cannot be read ({error}); expected TOML, such as [judge] and under it height = 180. "
            "Mend it, or move it away."
        ) from error
    return file


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    given = sys.argv[1:] if arguments is None else arguments
    share_heaps()
    try:
        refuse_endless(given)
        if given[:1] not in (["live"], ["batch"]):  # which take addresses
            refuse_streams(given)
        app.config = (Env(PREFIX, show=False), _config_file())
        code = app(given, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        complain(usage_sentence(error, given, [name for name in app if name[0] != "-"]))
        sys.exit(2)
    except DepthPerceptionError as error:
        complain(str(error), next((Path(name) for name in given if str(error).startswith(f"{name}:")), None))
        sys.exit(2 if isinstance(error, OptionError) else 1)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        complain(f"{named}{error.strerror}. Expected a place that this system can use. Check its name and the disk.")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
