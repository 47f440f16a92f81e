"""The page's texts: how the video was filmed, what it shows when, where the result comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.attempts.phases import phases
from depthperception.depth.calling import call
from depthperception.report.bottom import SCALE_WORDS
from depthperception.results import AttemptJudgement, Camera, Judgement, Reading, Scale, Verdict

MEASURED_ON = (
    "Interval and probability were measured on 1,299 rendered squats whose bodies set nothing: nine in ten lie inside. "
    "Film is harder: of 34 clear repetitions 32 were called, all right."
)
"""What a certainty of the method `calibrated` rests on (docs/accuracy.md)."""


@dataclass(frozen=True)
class Fact:
    """A name and what is known."""

    name: str
    words: str


@dataclass(frozen=True)
class PhaseRow:
    """A phase with its times in words."""

    name: str
    start: str
    end: str
    lasts: str


def verdict_of(reading: Reading, sure: float) -> Verdict:
    """Say what a method would rule, were it alone."""
    return "not_judgeable" if reading.probability is None else call(reading.probability, sure)


def phase_rows(attempt: AttemptJudgement, duration_s: float) -> tuple[PhaseRow, ...]:
    """List the phases of an attempt, as far as the video shows them."""
    rows = []
    for phase in phases(attempt):
        end_s = min(phase.end_s, duration_s)
        if end_s > phase.start_s:
            start_s, end_s = round(phase.start_s, 2), round(end_s, 2)  # what is shown adds up
            rows.append(PhaseRow(phase.name, f"{start_s:.2f}", f"{end_s:.2f}", f"{end_s - start_s:.2f}"))
    return tuple(rows)


def azimuth_words(azimuth_deg: float) -> str:
    """Say where the camera stands: "in front", or "34° from the front, at the lifter's left"."""
    off = min(azimuth_deg % 360.0, 360.0 - azimuth_deg % 360.0)
    if round(off) == 0:
        return "in front of the lifter"
    if round(off) == 180:
        return "behind the lifter"
    return f"{off:.0f}° from the front, at the lifter’s {'left' if azimuth_deg % 360.0 < 180.0 else 'right'}"


def camera_place(camera: Camera) -> tuple[float, float]:
    """Where the camera stands, seen from above with the lifter facing down the page: x, y on a circle of radius 1."""
    azimuth = np.radians(camera.azimuth_deg)
    return round(float(np.sin(azimuth)), 3), round(float(np.cos(azimuth)), 3)


def capture_facts(judgement: Judgement) -> tuple[Fact, ...]:
    """Say how the video was filmed, and what the centimetres rest on; only what is known."""
    facts = []
    camera, scale, lifter = judgement.camera, judgement.scale, judgement.lifter
    if camera:
        facts.append(Fact("View", f"{camera.view.replace('_', ' ')}: {azimuth_words(camera.azimuth_deg)}"))
        facts.append(Fact("Camera", _height_words(camera)))
        facts.append(Fact("Level", _level_words(camera)))
    if scale:
        facts.append(Fact("Centimetres from", _scale_words(scale)))
    facts += _bar_facts(judgement)
    if lifter:
        facts.append(Fact("People in the picture", f"{lifter.people_in_frame}"))
        if lifter.others:
            facts.append(Fact("Judged", f"person {lifter.number} of the overlay: {lifter.why}"))
    facts += [Fact("Note", note) for note in judgement.notes]
    return tuple(facts)


def no_advice_words(judgement: Judgement) -> str:
    """Say that there is nothing to do better; not that all is well where an attempt could not be judged."""
    if any(attempt.verdict == "not_judgeable" for attempt in judgement.attempts):
        return "Nothing beside what the attempts that could not be judged say."
    return "Nothing: distance, height and level are good, and the lifter is in the picture from head to feet."


def _scale_words(scale: Scale) -> str:
    """Name what the scale rests on, the surest first."""
    given = f" ({scale.height_cm:.0f} cm)" if scale.height_cm else ""
    names = [source.source for source in scale.sources] or [scale.source]
    return " and ".join(SCALE_WORDS[name] + (given if name == "height" else "") for name in names)


def _bar_facts(judgement: Judgement) -> list[Fact]:
    """Say at which ends of the bar a plate was followed, or that there was none."""
    bars = [attempt.bar for attempt in judgement.attempts if attempt.bar]
    if not bars:
        return []
    ends = sorted({end for bar in bars for end in bar.plates})
    return [Fact("Bar", f"plate followed at its {' and '.join(ends)} end" if ends else "no plate of a bar found")]


def _height_words(camera: Camera) -> str:
    parts = []
    if camera.distance_m is not None:
        parts.append(f"about {camera.distance_m:.1f} m away")
    if camera.height_above_hip_cm is not None:
        above = camera.height_above_hip_cm
        parts.append(f"{abs(above):.0f} cm {'above' if above >= 0 else 'below'} the hip")
    return ", ".join(parts) or "distance and height not known"


def _level_words(camera: Camera) -> str:
    pitch = f"looks {abs(camera.pitch_deg):.1f}° {'down' if camera.pitch_deg > 0 else 'up'}"
    return f"{pitch}, rolls {abs(camera.roll_deg):.1f}° {'clockwise' if camera.roll_deg > 0 else 'anticlockwise'}"


def provenance_facts(judgement: Judgement) -> tuple[Fact, ...]:
    """Name everything that a second run needs to come to the same result."""
    video, made = judgement.video, judgement.provenance
    rotation = f", turned by {video.rotation_deg}°" if video.rotation_deg else ""
    complete = "" if video.complete else "; the rest is damaged or missing"
    facts = [
        Fact("Video", Path(video.path).name),
        Fact("SHA-256", video.sha256),
        Fact("Frames", f"{video.frames} in {video.duration_s:.2f} s{complete}"),
        Fact("Picture", f"{video.width} × {video.height} px{rotation}"),
    ]
    names = {"version": "DepthPerception", "method": "Ruling method", "height_cm": "Lifter’s height, cm"}
    names |= {"sure": "Called from a probability of", "plate_cm": "Plate, cm", "rotate_deg": "Turned by, degrees"}
    for key, value in made.items():
        facts += _made_facts(names.get(key, key.capitalize()), value)
    return tuple(facts)


def _made_facts(name: str, value: Any) -> list[Fact]:
    if isinstance(value, Mapping):
        return [Fact(f"{name}: {key}", f"{item}") for key, item in value.items()]
    return [Fact(name, "not given" if value is None else f"{value}")]


def short_provenance(judgement: Judgement) -> str:
    """Write in one line what a printed page must say of its making."""
    made, video = judgement.provenance, judgement.video
    version = made.get("version", "unknown")
    maker = "DepthPerception" if version == "unknown" else f"DepthPerception {version}"
    return f"{maker} · {Path(video.path).name} · sha256 {video.sha256[:16]}…"
