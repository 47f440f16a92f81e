"""Making a packet: its members from video, numbers and words, and nothing else."""

import csv
import io
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from depthperception.attempts.phases import phases
from depthperception.errors import PacketError, path_of
from depthperception.io.atomic import whole_file
from depthperception.packet.archive import archived, json_bytes
from depthperception.packet.command import command
from depthperception.packet.pictures import (
    BOTTOM,
    SHEET_QUALITY,
    Stills,
    close_up,
    films,
    jpeg,
    png,
    shrunk,
    source_of,
    stills_of,
    with_lines,
)
from depthperception.packet.said import Said
from depthperception.packet.sheet import Figure, case_of, sheet
from depthperception.results import AttemptJudgement, Judgement
from depthperception.video import sha256_of

CASE, JUDGEMENT, SAID, TIMELINE = "case.html", "judgement.json", "said.json", "timeline.csv"


NOTHING_SAID = Said()


@dataclass(frozen=True)
class Packet:
    """A packet's members by name, and the facts of its manifest."""

    members: dict[str, bytes]
    facts: dict[str, Any]

    def archived(self) -> bytes:
        """Give the zip."""
        return archived(self.members, self.facts)


def write_packet(
    path_out: str | PathLike[str],
    video: str | PathLike[str],
    judgement: Judgement,
    attempt: int,
    said: Said = NOTHING_SAID,
) -> None:
    """Write the appeal packet of one attempt.

    Parameters
    ----------
    path_out
        The .zip file.
    video
        The video that was judged.
    judgement
        Of it.
    attempt
        Number of the attempt, from 1.
    said
        Lifter, weight, date, readings by hand.

    Raises
    ------
    PacketError
        When there is no such attempt, or the video is not the one that was judged.
    VideoError
        When the video cannot be read any more.
    OutputError
        When the file cannot be written.
    """
    path_out, video = path_of(path_out), path_of(video)
    if sha256_of(video) != judgement.video.sha256:
        raise PacketError(
            f"{video} is not the video that was judged (its SHA-256 differs); expected that one. Judge this one again."
        )
    content = make_packet(video, judgement, attempt, said).archived()
    with whole_file(path_out) as partial:
        partial.write_bytes(content)


def make_packet(video: Path, judgement: Judgement, number: int, said: Said) -> Packet:
    """Make the members of a packet; they depend on nothing but what is given, and on this machine's libraries."""
    judgement = _as_written(judgement)
    attempt = checked_attempt(judgement, number)
    source = source_of(video, judgement)
    stills = stills_of(source, attempt.bottom_s)
    filmed, lined = films(source, attempt, judgement)
    line = command(judgement.video.path, number, judgement.provenance)
    shown = sheet(case_of(judgement, number, said, figures(stills, attempt, judgement), line))
    drawn = {name: jpeg(with_lines(rgb, attempt, judgement)) for name, rgb in stills.pictures.items()}
    members = {
        CASE: shown.encode(),
        JUDGEMENT: json_bytes(judgement.to_dict()),
        SAID: json_bytes(said.to_dict()),
        TIMELINE: _timeline(attempt),
        **{f"frames/{name}.png": png(rgb) for name, rgb in stills.pictures.items()},
        **{f"frames_with_lines/{name}.jpg": picture for name, picture in drawn.items()},
        "slow_motion/as_filmed.mp4": filmed,
        "slow_motion/with_lines.mp4": lined,
    }
    times = {name: round(time_s, 6) for name, time_s in stills.times_s.items()}
    return Packet(members, _facts(video, judgement, number, times, line))


def make_sheet(video: Path, judgement: Judgement, number: int, said: Said) -> str:
    """Make the case sheet alone, as HTML.

    Raises
    ------
    PacketError
        When there is no such attempt, or the video has no frame where its bottom is.
    VideoError
        When the video cannot be read any more.
    """
    judgement = _as_written(judgement)
    attempt = checked_attempt(judgement, number)
    stills = stills_of(source_of(video, judgement), attempt.bottom_s)
    return sheet(case_of(judgement, number, said, figures(stills, attempt, judgement)))


def checked_attempt(judgement: Judgement, number: int) -> AttemptJudgement:
    """Give the attempt of a number.

    Raises
    ------
    PacketError
        When there is none.
    """
    count = len(judgement.attempts)
    if not 1 <= number <= count:
        expected = f"1 to {count}" if count > 1 else "1" if count else "a video with an attempt"
        raise PacketError(
            f"There is no attempt {number} in {Path(judgement.video.path).name}, which shows {count}; expected "
            f"{expected}. Look at its report."
        )
    return judgement.attempts[number - 1]


def figures(stills: Stills, attempt: AttemptJudgement, judgement: Judgement) -> tuple[Figure, ...]:
    """Make the pictures of the case sheet from the bottom's frame."""
    rgb, time_s = stills.pictures[BOTTOM], stills.times_s[BOTTOM]
    found = [Figure(jpeg(shrunk(rgb), SHEET_QUALITY), f"The deepest frame, {time_s:.3f} s, as filmed.")]
    for lines, words in ((False, "Hips and knees, enlarged."), (True, "The same with what was measured.")):
        near = close_up(rgb, attempt, judgement, lines=lines)
        if near is not None:
            found.append(Figure(jpeg(near, SHEET_QUALITY), words))
    return tuple(found)


def _as_written(judgement: Judgement) -> Judgement:
    """Give a judgement as its JSON says it, so that it makes no difference whether it was read or just made.

    Of the video's path only the name is kept: a packet does not tell in which folder somebody keeps his videos.
    """
    named = replace(judgement, video=replace(judgement.video, path=Path(judgement.video.path).name))
    return Judgement.from_dict(named.to_dict())


def _timeline(attempt: AttemptJudgement) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    if attempt.timeline:
        table.writerow(("stage", "start_s", "end_s", "measured"))
        table.writerows((one.stage, f"{one.start_s:.4f}", f"{one.end_s:.4f}", one.measured) for one in attempt.timeline)
    else:  # judgements of earlier versions
        table.writerow(("phase", "start_s", "end_s"))
        table.writerows((one.name, f"{one.start_s:.4f}", f"{one.end_s:.4f}") for one in phases(attempt))
    return out.getvalue().encode()


def _facts(
    video: Path, judgement: Judgement, number: int, times_s: Mapping[str, float], command_line: str
) -> dict[str, Any]:
    facts, made = judgement.video, judgement.provenance
    return {
        "video": {"name": facts.path, "sha256": facts.sha256, "bytes": video.stat().st_size},
        "attempt": number,
        "frames_s": dict(times_s),
        "made_by": {name: made.get(name) for name in ("version", "models", "packages")},
        "machine": machine(),
        "command": command_line,
    }


def machine() -> str:
    """Name what kind of machine this is: pictures of another may differ by single grey levels."""
    return f"{sys.platform} {platform.machine()}"
