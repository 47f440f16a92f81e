"""How the command is called that judges many videos."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from depthperception.cli.parameters import (
    AllLifters,
    Detector,
    Height,
    Json,
    LifterRule,
    MethodName,
    Overlay,
    PlateSize,
    PoseNetworkName,
    Quiet,
    Rotate,
    Rules,
    Sandbox,
    Speed,
    Sure,
    Verbose,
    options_of,
)
from depthperception.cli.terminal import hushed


def batch(
    sources: Annotated[list[str], Parameter(name="SOURCE", negative="")],
    /,
    *,
    out: Annotated[str, Parameter(name=["--out", "-o"], help="Folder for results and tables, or s3://, gs://.")],
    jobs: Annotated[int | None, Parameter(name=["--jobs", "-j"], help="Videos at once.  [default: cores / 2]")] = None,
    resume: Annotated[
        bool,
        Parameter(
            show_default=False,
            help="Go on where an earlier run stopped, as always; --no-resume judges everything anew.",
        ),
    ] = True,
    retry_failed: Annotated[
        bool, Parameter(negative="", show_default=False, help="Try again what could not be judged before.")
    ] = False,
    table: Annotated[
        Path | None, Parameter(help="One more table: .csv, .parquet or .jsonl.  [default: results.* in --out]")
    ] = None,
    timeout_s: Annotated[
        float | None,
        Parameter(
            name="--timeout", help="Seconds a video may take.  [default: 600, and 20 for each second of its film]"
        ),
    ] = None,
    ray: Annotated[
        str | None,
        Parameter(help="Address of a Ray cluster whose machines judge, or auto (extra cluster; docs/cluster.md)."),
    ] = None,
    height_cm: Height = None,
    method: MethodName = "default",
    lifter: LifterRule = "auto",
    all_lifters: AllLifters = False,
    plate_cm: PlateSize = None,
    rotate_deg: Rotate = None,
    speed: Speed = 1.0,
    sure: Sure = 0.65,
    pose: PoseNetworkName = "blazepose",
    detector: Detector = None,
    rules: Rules = "ipf",
    overlay: Overlay = True,
    sandbox: Sandbox = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Judge many videos: folders, patterns, lists (.txt), tables (.csv), addresses (s3://, gs://).

    Each video is judged in a process of its own, so that none stops the others, and gets a folder in --out beside
    results.csv, results.jsonl and results.parquet: a row an attempt, a row a failure. A table has a column path, and
    may have lifter, weight_kg, date, notes, and height_cm, method and other options of each video. Run it again after
    it was stopped, in whatever way: what is judged stays. Exit codes: 0 all are judged, 1 some could not be, 2 wrong
    usage, 130 interrupted.
    """
    from depthperception.cli.analyse import Output  # noqa: PLC0415
    from depthperception.cli.many import HowMany, run_batch  # noqa: PLC0415

    options = options_of(
        height_cm=height_cm,
        method=method,
        lifter=lifter,
        plate_cm=plate_cm,
        rotate_deg=rotate_deg,
        speed=speed,
        sure=sure,
        pose=pose,
        detector=detector,
        rules=rules,
    )
    how = HowMany(
        jobs=jobs,
        timeout_s=timeout_s,
        resume=resume,
        retry_failed=retry_failed,
        table=table,
        ray=ray,
        sandbox=sandbox,
    )
    output = Output(json=json, quiet=quiet, verbose=verbose, all_lifters=all_lifters, overlay=overlay)
    with hushed(quiet):
        return run_batch(sources, out, options, how, output)
