"""report.html: the page of a judged video, in one file that opens offline, and its fragment for the web app."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment

from depthperception.depth.calling import sure_of
from depthperception.depth.registry import Method, known_method
from depthperception.io.atomic import whole_file
from depthperception.people import PersonTrack
from depthperception.pose.track import PoseTrack
from depthperception.report import referee
from depthperception.report.page import words
from depthperception.report.page.figures import (
    Bar,
    Curve,
    Gauge,
    bar_curve,
    course,
    depth_curve,
    leg_gauge,
    method_gauge,
)
from depthperception.report.page.pictures import FrameCrop, attempt_shots, middle_shot
from depthperception.report.templating import environment
from depthperception.report.text import (  # fmt: skip
    WORDS,
    bar_words,
    cover_words,
    depth_words,
    interval_words,
    leaning_words,
    lifter_words,
    nearest_to_the_line,
    probability_words,
)
from depthperception.results import AttemptJudgement, Judgement, Reading, Verdict
from depthperception.series.heights import film_heights
from depthperception.video import turned

Source: TypeAlias = Callable[[str], str]
"""Gives the address of a picture of `PageContent.pictures` from its name."""


@dataclass(frozen=True)
class MethodRow:
    """One method beside the others: its reading, what it would rule alone, its place on the common scale, its card."""

    name: str
    reading: Reading
    verdict: Verdict
    bar: Bar | None
    about: Method | None
    rules: bool


@dataclass(frozen=True)
class AttemptContent:
    """What the page shows of one attempt.

    Attributes
    ----------
    number
        From 1.
    shots
        The bottom's frame among its neighbours, in order of time.
    gauge
        Both legs and each leg to scale; None without centimetres.
    curve
        The course of the crease; None where nobody was seen.
    bar_path
        The course of the bar; None while no bar was found.
    """

    number: int
    judgement: AttemptJudgement
    shots: tuple[FrameCrop, ...]
    gauge: Gauge | None
    curve: Curve | None
    scale: Gauge | None
    methods: tuple[MethodRow, ...]
    phases: tuple[words.PhaseRow, ...]
    bar_path: Curve | None = None

    @property
    def bottom(self) -> FrameCrop | None:
        """The bottom's picture; None where the video gave no frame there."""
        return next((shot for shot in self.shots if shot.is_bottom), None)


@dataclass(frozen=True)
class PageContent:
    """Everything that the templates need; nothing is decoded or measured after it.

    Attributes
    ----------
    disputed
        Number of the attempt nearest to the line, where there are several; else None.
    view
        A picture from a video without attempts.
    course
        Heights through the whole video, where one attempt does not show it.
    """

    judgement: Judgement
    attempts: tuple[AttemptContent, ...]
    disputed: int | None
    view: FrameCrop | None
    course: Curve | None

    @property
    def pictures(self) -> Mapping[str, bytes]:
        """JPEG by name."""
        shots = [shot for attempt in self.attempts for shot in attempt.shots] + ([self.view] if self.view else [])
        return {shot.name: shot.jpeg for shot in shots}


def page_content(
    video: Path, track: PoseTrack, judgement: Judgement, people: Sequence[PersonTrack] = ()
) -> PageContent:
    """Gather what the page shows.

    Parameters
    ----------
    video
        The video that was judged.
    track
        The lifter's landmarks; empty where there is nobody.
    people
        Everyone in it, so that the lifter is outlined without them.

    Raises
    ------
    VideoError
        When the video cannot be read any more.
    """
    source = turned(video, judgement.video.turned_deg)
    heights = film_heights(track, judgement) if len(track) else None
    attempts = []
    for index, attempt in enumerate(judgement.attempts):
        scale = method_gauge(list(attempt.measurements.values()))
        attempts.append(
            AttemptContent(
                number=index + 1,
                judgement=attempt,
                shots=attempt_shots(source, track, judgement, index, people),
                gauge=leg_gauge(attempt.depth),
                curve=depth_curve(heights, attempt) if heights else None,
                scale=scale,
                methods=_method_rows(attempt, scale, sure_of(judgement)),
                phases=words.phase_rows(attempt, judgement.video.duration_s),
                bar_path=bar_curve(attempt),
            )
        )
    several = len(attempts) > 1
    return PageContent(
        judgement=judgement,
        attempts=tuple(attempts),
        disputed=nearest_to_the_line(judgement.attempts) + 1 if several else None,
        view=None if attempts else middle_shot(source, track, judgement.video.duration_s),
        course=course(heights, judgement.attempts) if heights and len(attempts) != 1 else None,
    )


def attempt_sections(content: PageContent, source: Source) -> str:
    """Write the page's body as HTML: the attempts, how they were filmed, where the result comes from.

    Headings start at level 2. There is no inline style and no inline script, for a page whose security policy forbids
    them; page.css and page.js go beside it.

    Parameters
    ----------
    content
        From `page_content`.
    source
        Gives each picture's address from its name.
    """
    return _environment().get_template("sections.html.jinja").render(page=content, source=source)


def write_page(
    path_out: Path,
    video: Path,
    track: PoseTrack,
    judgement: Judgement,
    people: Sequence[PersonTrack] = (),
    *,
    content: PageContent | None = None,
) -> None:
    """Write the page of a judged video as one file that needs nothing else.

    Parameters
    ----------
    path_out
        The .html file.
    video, track, judgement, people
        As for `page_content`.
    content
        What `page_content` gave for them, where it is at hand: then nothing is decoded again.

    Raises
    ------
    OutputError
        When the file cannot be written.
    VideoError
        When the video cannot be read any more.
    """
    content = content or page_content(video, track, judgement, people)
    pictures = {name: data_uri(jpeg) for name, jpeg in content.pictures.items()}
    css, js = asset("page.css"), asset("page.js")
    text = _environment().get_template("report.html.jinja").render(
        page=content,
        name=Path(judgement.video.path).name,
        sections=attempt_sections(content, pictures.__getitem__),
        css=css,
        js=js,
        css_hash=hash_of(css),
        js_hash=hash_of(js),
    )  # fmt: skip
    with whole_file(path_out) as partial:
        partial.write_text(text, encoding="utf-8")


def _method_rows(attempt: AttemptJudgement, scale: Gauge | None, sure: float) -> tuple[MethodRow, ...]:
    """Put the method that ruled first, the others in their own order; none ruled where it is not judgeable."""
    ruling = None if attempt.verdict == "not_judgeable" else attempt.depth.method
    bars = {bar.kind: bar for bar in scale.bars} if scale else {}
    rows = [
        MethodRow(name, reading, words.verdict_of(reading, sure), bars.get(name), known_method(name), name == ruling)
        for name, reading in attempt.measurements.items()
    ]
    return tuple(sorted(rows, key=lambda row: not row.rules))


def data_uri(jpeg: bytes) -> str:
    """Put a picture in an address of its own."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"


def asset(name: str) -> str:
    """Read a style or script of the page."""
    return files("depthperception.report.page").joinpath("templates", name).read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """Name an inline style or script in the page's security policy, so that no other one runs."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


@cache
def _environment() -> Environment:
    return environment(
        "depthperception.report.page",
        verdict_words=WORDS,
        bar_words=bar_words,
        cover_words=cover_words,
        lifter_words=lifter_words,
        depth_words=depth_words,
        interval_words=interval_words,
        probability_words=probability_words,
        camera_place=words.camera_place,
        azimuth_words=words.azimuth_words,
        capture_facts=words.capture_facts,
        no_advice_words=words.no_advice_words,
        MEASURED_ON=words.MEASURED_ON,
        provenance_facts=words.provenance_facts,
        short_provenance=words.short_provenance,
        leaning_words=leaning_words,
        rules_words=referee.rules_words,
        lights_words=referee.lights_words,
        lift_words=referee.lift_words,
        open_line=referee.open_line,
        light_words=referee.LIGHT_WORDS,
        as_verdicts=referee.AS_VERDICTS,
        cause_words=referee.CAUSES,
        finding_words=referee.FINDINGS,
        review_words=referee.review_words,
        not_checked_words=referee.not_checked_words,
        stage_words=referee.STAGES,
    )
