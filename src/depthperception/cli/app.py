"""The command line. Results go to stdout, everything else to stderr; exit 0 judged, 1 unusable input, 2 wrong usage."""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from depthperception.cli import cameras
from depthperception.cli.parameters import (
    LOCAL,
    AllLifters,
    Height,
    Json,
    LifterRule,
    MethodName,
    Out,
    PickPoint,
    PlateSize,
    Quiet,
    Rotate,
    Speed,
    Sure,
    ruling,
)
from depthperception.errors import DepthPerceptionError
from depthperception.provenance import package_version

app = App(
    name="depthperception",
    help="Was that squat deep enough? Depth from video in centimetres, how sure, and the proof.",
    version=lambda: package_version("depthperception"),
)


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
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge every squat attempt in one or more videos.

    Writes report.html, overlay.mp4, bottom.png, depth.png, bar.png, landmarks.npz and judgement.json to VIDEO.judged,
    or to --out. With several videos each gets a folder of its own (squat-2.judged where squat.judged holds another
    video's results, which nothing writes over); one that cannot be used does not stop the others.
    """
    from depthperception.cli.analyse import Output, judge_videos  # noqa: PLC0415
    from depthperception.options import Options  # noqa: PLC0415
    from depthperception.people import Pick, parse_rule  # noqa: PLC0415

    options = Options(
        height_cm=height_cm,
        method=ruling(method),
        lifter=parse_rule(lifter),
        pick=Pick(*pick) if pick else None,
        plate_cm=plate_cm,
        rotate_deg=rotate_deg,
        speed=speed,
        sure=sure,
    )
    output = Output(out=out, json=json, quiet=quiet, every_method=method == "all", all_lifters=all_lifters)
    return judge_videos(videos, options, output)


@app.command
def demo(
    *,
    height_cm: Height = None,
    method: MethodName = "default",
    sure: Sure = 0.65,
    out: Out = Path("demo.judged"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Judge the rendered clip that ships with the package, whose true depth is known."""
    from depthperception.cli.analyse import Output, judge_demo  # noqa: PLC0415
    from depthperception.options import Options  # noqa: PLC0415

    output = Output(out=out, json=json, quiet=quiet, every_method=method == "all")
    return judge_demo(Options(height_cm=height_cm, method=ruling(method), sure=sure), output)


@app.command
def landmarks(
    video: Path,
    /,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="A .npz, .csv or .json file.")],
    layout: Annotated[
        str, Parameter(help="arrays: one file. kaggle: a folder of .npy frames, to train on.")
    ] = "arrays",
    model: Annotated[str, Parameter(help="full is fast, heavy is better.")] = "heavy",
    quiet: Quiet = False,
) -> int:
    """Write the lifter's landmarks of every frame: the report's getKeypoints."""
    from depthperception.cli.analyse import write_landmarks  # noqa: PLC0415

    return write_landmarks(video, output, layout=layout, model=model, quiet=quiet)


@app.command
def openpose(
    folder: Path,
    /,
    *,
    rate: Annotated[float, Parameter(help="Frames a second of the video that OpenPose was given.")],
    height_cm: Height = None,
    json: Json = False,
) -> int:
    """Judge a folder of OpenPose's *_keypoints.json (BODY_25 or COCO) by the side method, as the report did."""
    from depthperception.cli.analyse import judge_openpose  # noqa: PLC0415

    return judge_openpose(folder, rate, height_cm, as_json=json)


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


for command in (cameras.multiview, cameras.board, cameras.calibrate):
    app.command(command)

train = App(name="train", help="Train a method on data of your own.")
app.command(train)


@train.command(name="front")
def train_front(data: Path, /, *, out: Path, rendered: bool = True, quiet: Quiet = False) -> None:
    """Train the front method on labelled squats: a folder in the published layout, or a packed .npz (extra train)."""
    from depthperception.cli.train import train_front_command  # noqa: PLC0415

    train_front_command(data, out, rendered=rendered, quiet=quiet)


@train.command(name="front-published")
def train_front_published(data: Path, /, *, out: Path, seed: int = 0, quiet: Quiet = False) -> None:
    """Train the report's network on labelled squats, to compare with (extra train)."""
    from depthperception.cli.train import train_front_published_command  # noqa: PLC0415

    train_front_published_command(data, out, seed=seed, quiet=quiet)


@train.command(name="calibrated")
def train_calibrated(
    rows: Annotated[Path, Parameter(help="Folder of looks at rendered squats; missing ones are made, 1 s each.")],
    /,
    *,
    out: Path,
    count: Annotated[int, Parameter(help="Rendered squats to learn from.")] = 1824,
    quiet: Quiet = False,
) -> int:
    """Train the measurement model on rendered squats with known depth (extra synth); needs `train appearance`."""
    from depthperception.cli.analyse import train_measurement_model  # noqa: PLC0415

    return train_measurement_model(rows, out, count, quiet=quiet)


@train.command(name="appearance")
def train_appearance(
    pictures: Annotated[Path, Parameter(help="Folder of rendered pictures; missing ones are made, 1 s each.")],
    /,
    *,
    rows: Annotated[Path, Parameter(help="Folder of `train calibrated`: what the head says of its squats goes there.")],
    out: Path,
    count: Annotated[int, Parameter(help="Rendered pictures to learn from; the shipped head had 8533.")] = 8533,
    quiet: Quiet = False,
) -> int:
    """Train the head on the frozen pose network, on rendered squats with known depth (extras head and synth)."""
    from depthperception.cli.analyse import train_appearance as run  # noqa: PLC0415

    return run(pictures, rows, out, count, quiet=quiet)


evaluate = App(name="evaluate", help="Measure a method on labelled data.")
app.command(evaluate)


@evaluate.command(name="front")
def evaluate_front(data: Path, /, *, json: Json = False, figure: Path | None = None, quiet: Quiet = False) -> None:
    """Compare front and front_published: a lifter left out, a recording left out, and at random (extra train)."""
    from depthperception.cli.train import evaluate_front_command  # noqa: PLC0415

    evaluate_front_command(data, as_json=json, figure=figure, quiet=quiet)


@app.command
def label(labels: Path, clip: str, verdict: str, /, *, lifter: str = "", recording: str = "") -> None:
    """Add a label (valid or invalid) for one clip to a CSV, for data in the published layout."""
    from depthperception.cli.train import label_command  # noqa: PLC0415

    label_command(labels, clip, verdict, lifter=lifter, recording=recording)


@app.command
def serve(
    *,
    port: Annotated[int, Parameter(help="Port of the page.")] = 8347,
    host: Annotated[str, Parameter(help="Address to listen on; any but this machine's own needs a token.")] = LOCAL,
    token: Annotated[str | None, Parameter(help="Secret that browsers must show: /?token=SECRET, once.")] = None,
    folder: Annotated[Path | None, Parameter(help="Where videos and results are kept.  [default: your data]")] = None,
    database: Annotated[str | None, Parameter(help="URL of another database than the folder's own SQLite.")] = None,
    max_upload_mb: Annotated[int, Parameter(help="Largest video that is taken.")] = 2147,
) -> int:
    """Open the local web page: drop a video, see the ruling, scrub the proof (extra web)."""
    from depthperception.cli.analyse import serve_page  # noqa: PLC0415

    return serve_page(host, port, token, folder, database, max_upload_mb * 10**6)


@app.command
def doctor() -> int:
    """Check this installation: versions, models and their hashes, codecs, one timed inference."""
    from depthperception.cli.doctor import examine_installation  # noqa: PLC0415

    return examine_installation()


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    try:
        code = app(arguments, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        sys.exit(2)
    except DepthPerceptionError as error:
        print(f"depthperception: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
