"""How the commands are called that pack an attempt for an appeal, and judge while a camera runs."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from depthperception.cli.parameters import (
    Detector,
    End,
    Force,
    Height,
    LifterRule,
    MethodName,
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
    options_of,
)
from depthperception.cli.terminal import hushed

packet = App(name="packet", help="The appeal packet: one zip with the proof of one attempt.")


@packet.default
def make_packet(
    video: Path,
    /,
    *,
    attempt: Annotated[int, Parameter(help="Number of the attempt in this video, from 1.")] = 1,
    out: Annotated[Path, Parameter(name=["--out", "-o"], help="The .zip file.")],
    height_cm: Height = None,
    method: MethodName = "default",
    lifter: LifterRule = "auto",
    pick: PickPoint = None,
    plate_cm: PlateSize = None,
    rotate_deg: Rotate = None,
    speed: Speed = 1.0,
    sure: Sure = 0.65,
    rules: Rules = "ipf",
    pose: PoseNetworkName = "blazepose",
    detector: Detector = None,
    start_s: Start = None,
    end_s: End = None,
    sandbox: Sandbox = False,
    quiet: Quiet = False,
    force: Force = False,
) -> int:
    """Judge a video and pack one attempt: case sheet, frames, slow motion, numbers, hashes, and how to make it again.

    The same video gives the same bytes on the same machine. `packet verify FILE.zip VIDEO` says whether a packet is
    what it claims to be.
    """
    from depthperception.cli.packet import write  # noqa: PLC0415

    options = options_of(
        height_cm=height_cm,
        method=method,
        lifter=lifter,
        pick=pick,
        plate_cm=plate_cm,
        rotate_deg=rotate_deg,
        speed=speed,
        sure=sure,
        rules=rules,
        pose=pose,
        detector=detector,
        start_s=start_s,
        end_s=end_s,
    )
    with hushed(quiet):
        return write(video, attempt, out, options, quiet=quiet, force=force, sandbox=sandbox)


@packet.command(name="verify")
def verify_packet(
    packet: Path,
    video: Path,
    /,
    *,
    again: Annotated[bool, Parameter(negative="", help="Judge the video again, as the packet was.")] = False,
    quiet: Quiet = False,
) -> int:
    """Say whether a packet is unchanged, of this video, and what the video gives; exit code 1 when not."""
    from depthperception.cli.packet import verify  # noqa: PLC0415

    return verify(packet, video, again=again, quiet=quiet)


def live(
    source: Annotated[str, Parameter(help="A camera's number, an rtsp:// address, or a file at its own pace.")] = "0",
    /,
    *,
    height_cm: Height = None,
    method: MethodName = "default",
    lifter: Annotated[str, Parameter(name="--lifter", help="Whom to judge: auto or centre.")] = "auto",
    plate_cm: PlateSize = None,
    sure: Sure = 0.65,
    out: Annotated[
        Path, Parameter(name=["--out", "-o"], help="Folder for the last attempts: film and judgement of each.")
    ] = Path("live"),
    keep: Annotated[int, Parameter(help="How many attempts are kept.")] = 10,
    sandbox: Sandbox = False,
    quiet: Quiet = False,
) -> int:
    """Judge squats while a camera runs: each is printed when it is known, until Ctrl-C.

    Its film, as the camera gave it, and its judgement lie in the folder: `judge` and `packet` take it from there.
    """
    from depthperception.cli.live import run  # noqa: PLC0415

    options = options_of(height_cm=height_cm, method=method, lifter=lifter, plate_cm=plate_cm, sure=sure)
    with hushed(quiet):
        return run(source, out, options, keep=keep, quiet=quiet, sandbox=sandbox)
