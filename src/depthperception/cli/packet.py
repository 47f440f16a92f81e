"""What `packet` and `packet verify` do; `appeals` says how they are called."""

from functools import partial
from pathlib import Path

from depthperception.cli.boxed import in_box, put_in_place
from depthperception.cli.progress import progress_bars
from depthperception.cli.terminal import keep_unless, say, stdout
from depthperception.errors import OutputError
from depthperception.options import Options
from depthperception.packet import verify_packet, write_packet
from depthperception.pipeline import judge
from depthperception.video import sha256_of
from depthperception.video.hashed import hashed


def write(
    video: Path, attempt: int, out: Path, options: Options, *, quiet: bool, force: bool, sandbox: bool = False
) -> int:
    """Judge a video and write the packet of one attempt, in a box where that is asked for."""
    if out.suffix != ".zip" or not out.parent.is_dir():
        raise OutputError(f"The packet was to be {out}; expected a .zip file in a folder that exists. Name another.")
    keep_unless(out, force=force)
    there = partial(_write, video, attempt, options, quiet=quiet)
    if sandbox:
        with put_in_place([out.absolute()]) as (made,):
            in_box(partial(there, made), [hashed(video).path], options, writes=made.parent, quiet=quiet)
    else:
        there(out)
    if not quiet:
        _say(f"wrote {out}   SHA-256 {sha256_of(out)}")
    return 0


def _write(video: Path, attempt: int, options: Options, out: Path, *, quiet: bool) -> None:
    with progress_bars(quiet) as on_progress:
        judgement = judge(video, options, on_progress=on_progress)
        write_packet(out, video, judgement, attempt)


def verify(packet: Path, video: Path, *, again: bool, quiet: bool) -> int:
    """Say what holds of a packet and what does not."""
    with progress_bars(quiet) as on_progress:
        found = verify_packet(packet, video, judge_again=again, on_progress=on_progress)
    ruling = "THE PACKET HOLDS" if found.holds else "THE PACKET DOES NOT HOLD"
    _say(f"{ruling}   attempt {found.attempt} of {found.video}")
    for mark, sentences in (("wrong", found.problems), ("checked", found.checked), ("note", found.notes)):
        for sentence in sentences:
            _say(f"{mark}: {sentence}")
    _say(f"SHA-256 of the packet: {found.sha256}")
    return 0 if found.holds else 1


def _say(line: str) -> None:
    say(stdout(), f"  {line}")
