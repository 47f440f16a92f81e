"""Options that several commands have, each said once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from depthperception.options import Options

Height = Annotated[float | None, Parameter(name="--height", help="The lifter's height in cm; makes the scale surer.")]
MethodName = Annotated[
    str,
    Parameter(
        show_default=False,
        help="Depth method that rules: calibrated, surfaces, appearance, front, front_published, side, floor_plane or "
        "gravity; or all, to print the reading of each.  [default: calibrated]",
    ),
]
PickPoint = Annotated[
    tuple[float, float, float] | None,
    Parameter(name="--pick", negative="", help="Judge the person at X Y (px) at T (s), instead of the one chosen."),
]
LifterRule = Annotated[
    str, Parameter(name="--lifter", help="Whom to judge: auto, centre, or the person's number in the overlay.")
]
AllLifters = Annotated[
    bool,
    Parameter(negative="", show_default=False, help="Judge everyone who lifts, each in an own folder lifter_N."),
]
PlateSize = Annotated[
    float | None,
    Parameter(
        name="--plate-cm",
        help="Diameter of the largest plate in cm: sets the scale, and without --height the lifter's stature.  "
        "[default: 45, where it looks like that]",
    ),
]
Rotate = Annotated[
    int | None,
    Parameter(
        name="--rotate",
        help="Turn the picture clockwise by 0, 90, 180 or 270 degrees, beyond what the file asks for.  "
        "[default: as people stand on their feet]",
    ),
]
Speed = Annotated[
    float,
    Parameter(name="--speed", help="The film's speed over the true one: 0.25 in fourfold slow motion; for m/s."),
]
Sure = Annotated[
    float,
    Parameter(
        name="--sure",
        help="How sure a verdict has to be, 0.5 to less than 1; less is too close to call, at 0.5 nothing is.",
    ),
]
PoseNetworkName = Annotated[
    str,
    Parameter(
        name="--pose",
        help="Pose network: blazepose, or FILE.onnx of your own (docs/networks.md): side and front rule then.",
    ),
]
Detector = Annotated[
    str | None,
    Parameter(name="--detector", help="FILE of a YOLOv3, whose box is as high as the lifter; with --pose FILE only."),
]
Start = Annotated[
    float | None,
    Parameter(name="--start", help="Look at the film from here on, s; what is before is not decoded.  [default: 0]"),
]
End = Annotated[
    float | None, Parameter(name="--end", help="Look at the film up to here, s.  [default: its last frame]")
]
Device = Annotated[
    str,
    Parameter(
        name="--device",
        help="What runs the networks: cpu, or cuda, openvino, coreml, directml where onnxruntime has it; `doctor` says "
        "which is faster.",
    ),
]
Overlay = Annotated[
    bool,
    Parameter(
        name="--overlay",
        show_default=False,
        help="Write overlay.mp4; without it a video is done in about half the time.",
    ),
]
Rules = Annotated[str, Parameter(name="--rules", help="Rule book for lights and cards: ipf, usapl or gpf.")]
Out = Annotated[Path | None, Parameter(name=["--out", "-o"], help="Folder for the results.  [default: VIDEO.judged]")]
Json = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print the judgement as JSON, alone, on stdout.")
]
Quiet = Annotated[
    bool,
    Parameter(name=["--quiet", "-q"], negative="", show_default=False, help="Say nothing but errors, and --json."),
]
Verbose = Annotated[
    bool,
    Parameter(name=["--verbose", "-v"], negative="", show_default=False, help="Say how long each step took."),
]
Sandbox = Annotated[
    bool,
    Parameter(
        negative="",
        show_default=False,
        help="Decode in a box: no network, no file but the video, its results and this program (`doctor` says what "
        "holds here).",
    ),
]
Force = Annotated[
    bool,
    Parameter(name=["--force", "-f"], negative="", show_default=False, help="Write over what is there already."),
]


def ruling(method: str) -> str:
    """Name the method that rules: the default one when none, or all, were asked for."""
    from depthperception.options import DEFAULT_METHOD  # noqa: PLC0415

    return DEFAULT_METHOD if method in ("default", "all") else method


def options_of(
    *, method: str = "default", lifter: str = "auto", pick: tuple[float, float, float] | None = None, **others: Any
) -> "Options":
    """Make options of what a command was given; `others` are fields of `Options` as they are.

    Raises
    ------
    OptionError
        When one of them makes no sense.
    """
    from depthperception.options import Options  # noqa: PLC0415
    from depthperception.people import Pick, parse_rule  # noqa: PLC0415

    someone = Pick(*pick) if pick else None
    return Options(method=ruling(method), lifter=parse_rule(lifter), pick=someone, **others)
