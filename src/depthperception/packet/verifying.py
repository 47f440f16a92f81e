"""Whether a packet is what it claims to be: whole, of this video, and what the video and its own numbers give."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from depthperception.errors import JudgementError, PacketError, path_of
from depthperception.packet.archive import MANIFEST, digest, manifest_of, packed, unpacked
from depthperception.packet.command import options_of
from depthperception.packet.said import Said
from depthperception.packet.writing import JUDGEMENT, SAID, TIMELINE, Packet, checked_attempt, machine, make_packet
from depthperception.provenance import RUNTIME, package_version
from depthperception.results import Judgement
from depthperception.types import IntArray, Progress, silent
from depthperception.video import sha256_of

SAME_LEVELS = 3
"""Grey levels by which builds of FFmpeg differ in turning YUV into RGB; another picture differs by dozens."""

SAME_CM = 0.05
"""Of the printed depth: what is less is the last digit of another machine's arithmetic."""

ANYWHERE = (JUDGEMENT, SAID, TIMELINE)
"""Members that are text alone, alike on every machine."""


@dataclass(frozen=True)
class Verification:
    """What was found.

    Attributes
    ----------
    sha256
        Of the packet's file: whoever has it from the maker, too, knows that both have the same.
    attempt, video
        Number and name, as the packet says them.
    problems
        What is not as it claims, one sentence each; none where all is.
    checked
        What was found in order.
    notes
        What could not be checked here.
    """

    sha256: str
    attempt: int
    video: str
    problems: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the packet."""
        return not self.problems


@dataclass
class _Findings:
    """What was found so far."""

    problems: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def say(self, wrong: list[str], right: str) -> None:
        """Note what is wrong; where nothing is, that it is right."""
        self.problems += wrong
        self.checked += [] if wrong else [right]


def verify_packet(
    packet: str | PathLike[str],
    video: str | PathLike[str],
    *,
    judge_again: bool = False,
    on_progress: Progress = silent,
) -> Verification:
    """Say whether a packet is what it claims to be.

    Its bytes are held against its own hashes, the video against the hash of the one that was judged, and its sheet,
    pictures and films against those that the video and the packet's numbers give.

    Parameters
    ----------
    packet
        The .zip file.
    video
        The video that it is said to be of.
    judge_again
        Whether the video is judged again, as the packet says it was: this alone finds numbers that somebody made up
        together with their hashes.

    Raises
    ------
    PacketError
        When the file is no packet.
    VideoError
        When the video cannot be read.
    """
    packet, video = path_of(packet), path_of(video)
    members, damaged = unpacked(packet)
    manifest = manifest_of(packet, members)
    found = _Findings()
    found.say(_changed(packet, members, damaged, manifest), "Every byte of the packet is as its manifest says.")
    found.say(_other_video(video, manifest), "The video is the one that was judged, to the byte.")
    if not found.problems:
        judgement = _judgement(members)
        checked_attempt(judgement, manifest["attempt"])
        _make_again(video, judgement, members, manifest, found)
        if judge_again:
            wrong = _judged_otherwise(video, judgement, manifest["attempt"], on_progress)
            found.say(wrong, "Judged again, the attempt gives the same ruling and the same depth.")
        else:
            found.notes.append("The depth was not measured again; judging again does that, and takes as long.")
    return Verification(
        sha256_of(packet),
        manifest["attempt"],
        str(manifest["video"].get("name", "")),
        tuple(found.problems),
        tuple(found.checked),
        tuple(found.notes),
    )


def _changed(packet: Path, members: Mapping[str, bytes], damaged: list[str], manifest: Mapping[str, Any]) -> list[str]:
    """Name the members that are not as the manifest says, and what else of the file is not."""
    said = manifest["members"]
    there = {*members, *damaged} - {MANIFEST}
    wrong = [f"{name} was changed: its bytes are not those that the manifest names." for name in damaged]
    wrong += [
        f"{name} was changed: its SHA-256 is {digest(members[name])}, the manifest's is {said[name]['sha256']}."
        for name in sorted(there & set(said) - set(damaged))
        if digest(members[name]) != said[name]["sha256"]
    ]
    wrong += [f"{name} is missing." for name in sorted(set(said) - there)]
    wrong += [f"{name} is no part of the packet: the manifest does not name it." for name in sorted(there - set(said))]
    if not wrong and packed(members) != packet.read_bytes():
        wrong.append("The zip was changed between its members: it is not written as a packet is.")
    return wrong


def _other_video(video: Path, manifest: Mapping[str, Any]) -> list[str]:
    said = manifest["video"]["sha256"]
    try:
        sha256 = sha256_of(video)
    except OSError as error:
        raise PacketError(
            f"{video} cannot be read ({error.strerror}); expected the video that was judged. Name that one."
        ) from error
    return [] if sha256 == said else [
        f"{video} is not the video of this packet, or a byte of it was changed: its SHA-256 is {sha256}, that of the "
        f"video that was judged is {said}."
    ]  # fmt: skip


def _judgement(members: Mapping[str, bytes]) -> Judgement:
    try:
        return Judgement.from_dict(json.loads(members[JUDGEMENT]))
    except (KeyError, ValueError, JudgementError) as error:
        raise PacketError(
            f"The packet's {JUDGEMENT} cannot be read ({error}); expected a judgement. Make the packet again."
        ) from error


def _make_again(
    video: Path,
    judgement: Judgement,
    members: Mapping[str, bytes],
    manifest: Mapping[str, Any],
    found: _Findings,
) -> None:
    """Hold every member against what the video and the packet's own numbers and words give here."""
    again = make_packet(video, judgement, manifest["attempt"], _said(members))
    other = [name for name, content in again.members.items() if members.get(name) != content]
    other += [name for name in members if name not in {*again.members, MANIFEST}]
    alike = _same_makers(again, manifest)
    wrong = [name for name in other if alike or name in ANYWHERE or not _maybe_alike(members.get(name), again, name)]
    wrong += [
        f"{MANIFEST}, {name}," for name, fact in again.facts.items() if name != "machine" and manifest.get(name) != fact
    ]
    found.say(
        [f"{name} is not what the video and the packet's numbers give." for name in wrong],
        "Sheet, pictures and films are those that the video and the packet's numbers give.",
    )
    if left := [name for name in other if name not in wrong]:
        found.notes.append(
            f"Made with other versions or on another kind of machine, so that {', '.join(left)} cannot be held "
            "against one made here byte by byte; the frames show the same picture."
        )


def _said(members: Mapping[str, bytes]) -> Said:
    try:
        return Said.from_dict(json.loads(members[SAID]))
    except (KeyError, ValueError) as error:
        raise PacketError(
            f"The packet's {SAID} cannot be read ({error}); expected what people said. Make the packet again."
        ) from error


def _same_makers(again: Packet, manifest: Mapping[str, Any]) -> bool:
    """Whether the packet was made by the versions that are installed here, on a machine of this kind."""
    packages = {name: package_version(name) for name in RUNTIME}
    version = package_version("depthperception")
    made_by = again.facts["made_by"]
    return manifest.get("machine") == machine() and (made_by["version"], made_by["packages"]) == (version, packages)


def _maybe_alike(content: bytes | None, again: Packet, name: str) -> bool:
    """Whether a member may come from another machine: a frame shows the same picture, the rest cannot be told."""
    if content is None or name not in again.members:
        return False
    if not name.endswith(".png"):
        return True
    one, other = _levels(content), _levels(again.members[name])
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0) <= SAME_LEVELS)


def _levels(png: bytes) -> IntArray:
    found = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR) if png else None
    return np.empty((0, 0, 3), np.int64) if found is None else found.astype(np.int64)


def _judged_otherwise(video: Path, judgement: Judgement, number: int, on_progress: Progress) -> list[str]:
    from depthperception.pipeline import judge  # noqa: PLC0415  (the networks' runtime: only to judge)

    again = judge(video, options_of(judgement.provenance), on_progress=on_progress)
    said = judgement.attempts[number - 1]
    if len(again.attempts) < number:
        return [f"Judged again, the video shows {len(again.attempts)} attempts; the packet is of attempt {number}."]
    now = again.attempts[number - 1]
    same = said.verdict == now.verdict and said.bottom_frame == now.bottom_frame
    if same and _same_depth(said.depth.cm, now.depth.cm):
        return []
    return [
        f"Judged again, attempt {number} is {now!r} with its bottom at frame {now.bottom_frame}; the packet says "
        f"{said!r} and frame {said.bottom_frame}."
    ]


def _same_depth(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) < SAME_CM
