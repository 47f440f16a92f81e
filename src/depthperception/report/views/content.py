"""The page of several views: each attempt's views side by side, stepped on one clock; one file, or in the web app."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from jinja2 import Environment

from depthperception.depth.leg_model import CREASES, KNEE_TOPS
from depthperception.io.atomic import whole_file
from depthperception.multiview.results import MultiviewJudgement, TogetherAttempt, ViewJudgement
from depthperception.multiview.together import TogetherExamination
from depthperception.multiview.views import View
from depthperception.report.drawing import KNEE_LINE, SIDES, draw_dot, draw_frame, draw_line
from depthperception.report.page.content import asset, data_uri, hash_of
from depthperception.report.referee import AS_VERDICTS, FAULTS, LIFT_WORDS, LIGHT_WORDS, SEATS
from depthperception.report.templating import environment
from depthperception.report.text import WORDS, depth_line, interval_words
from depthperception.surfaces import LEGS
from depthperception.types import FloatArray, Picture
from depthperception.video import frames, turned

STEPS = 12
"""Moments of an attempt that are shown beside its bottom: every fifth of a second or so."""

HEIGHT_PX = 640
"""Of the pictures: two portrait ones fit a laptop's screen side by side, a page of one attempt has 2 MB."""

QUALITY = 78
"""JPEG's."""


Source = Callable[[str], str]
"""Gives a picture's address from its name."""


@dataclass(frozen=True)
class PictureOfView:
    """One moment in one view: its own time, its name, and what it shows."""

    time_s: float
    name: str
    jpeg: bytes


@dataclass(frozen=True)
class ViewContent:
    """One view of an attempt."""

    name: str
    says: str
    pictures: tuple[PictureOfView, ...]


@dataclass(frozen=True)
class AttemptContent:
    """An attempt, and its views at the same moments."""

    ruled: TogetherAttempt
    by: str
    times_s: tuple[float, ...]
    bottom_step: int
    views: tuple[ViewContent, ...]

    @property
    def steps(self) -> int:
        """How many moments there are."""
        return len(self.times_s)


@dataclass(frozen=True)
class ViewsContent:
    """Everything that the templates need; nothing is decoded after it."""

    name: str
    judgement: MultiviewJudgement
    attempts: tuple[AttemptContent, ...]

    @property
    def pictures(self) -> Mapping[str, bytes]:
        """JPEG by name."""
        return {one.name: one.jpeg for attempt in self.attempts for view in attempt.views for one in view.pictures}


def views_content(examination: TogetherExamination) -> ViewsContent:
    """Gather what the page shows.

    Raises
    ------
    VideoError
        When a video cannot be read any more.
    """
    judgement = examination.judgement
    return ViewsContent(
        " + ".join(name_of(one) for one in judgement.views),
        judgement,
        tuple(_attempt(examination, number) for number in range(len(judgement.attempts))),
    )


def views_sections(content: ViewsContent, source: Source) -> str:
    """Write the page's body as HTML, without inline style or script; views.css and views.js go beside it."""
    judgement = content.judgement
    return (
        _environment()
        .get_template("sections.html.jinja")
        .render(
            attempts=content.attempts,
            names=[name_of(one) for one in judgement.views],
            views=[view_row(one) for one in judgement.views],
            sentences=sentences(judgement),
            source=source,
        )
    )


def write_views_page(path: Path, content: ViewsContent) -> None:
    """Write the page as one file that needs nothing else.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    pictures = {name: data_uri(jpeg) for name, jpeg in content.pictures.items()}
    css, js = asset("page.css") + _own("views.css"), _own("views.js")
    text = (
        _environment()
        .get_template("views.html.jinja")
        .render(
            name=content.name,
            sections=views_sections(content, pictures.__getitem__),
            css=css,
            js=js,
            css_hash=hash_of(css),
            js_hash=hash_of(js),
        )
    )
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def name_of(view: ViewJudgement) -> str:
    """The video's own name."""
    return Path(view.judgement.video.path).name


def view_row(view: ViewJudgement) -> Mapping[str, str]:
    """What the table says of a view."""
    depths = [f"{WORDS[one.verdict].lower()}, {depth_line(one.depth)}" for one in view.judgement.attempts]
    offset = view.offset
    clock = "not found"
    if offset is not None:
        error = f" ± {1000.0 * offset.sd_s:.0f} ms" if offset.sd_s else ""
        clock = (
            "the first"
            if offset.source == "given" and not offset.offset_s
            else (f"{offset.offset_s:+.3f} s{error}, by {offset.source}")
        )
    return {
        "name": name_of(view),
        "alone": "; ".join(depths) or view.judgement.status.replace("_", " "),
        "clock": clock,
        "off": "" if view.reprojection_px is None else f"{view.reprojection_px:.1f} px",
        "used": "yes" if view.used else f"no: {view.reason}",
    }


def camera_lights_words(ruled: TogetherAttempt, names: Sequence[str]) -> str:
    """Name every camera's light and what comes of them: "left red (a.mp4), chief white (b.mp4), right missing: OPEN".

    Empty in results of earlier versions.
    """
    if ruled.lift is None:
        return ""
    lights = ", ".join(
        f"{SEATS[one.position]} missing"
        if one.light is None or one.view is None
        else f"{SEATS[one.position]} {LIGHT_WORDS[one.light]} ({names[one.view]})"
        for one in ruled.lights
    )
    return f"{lights}: {LIFT_WORDS[ruled.lift]}"


def sentences(judgement: MultiviewJudgement) -> list[str]:
    """How cameras were calibrated, and what else somebody should know."""
    said = list(judgement.notes)
    facts = judgement.calibration
    if facts is not None:
        by = {"file": "the given calibration", "board": "a board", "lifter": "the lifter's own body, without a board"}
        others = [f"{name_of(view)} " for view in judgement.views if view.used][1:]
        where = ", ".join(
            f"{name if len(others) > 1 else ''}{base:.2f} m away and turned by {turn:.0f} degrees"
            for name, base, turn in zip(others, facts.baselines_m, facts.turned_deg, strict=True)
        )
        error = "" if facts.reprojection_px is None else f"; reprojection error {facts.reprojection_px:.1f} px"
        up = "the calibration" if facts.gravity == "calibration" else "the standing lifter"
        said.insert(
            0, f"Cameras are known from {by[facts.source]}: {where} from the first{error}. Gravity is that of {up}."
        )
    return said


def _attempt(examination: TogetherExamination, number: int) -> AttemptContent:
    ruled = examination.judgement.attempts[number]
    times_s = np.sort([*np.linspace(ruled.start_s, ruled.end_s, STEPS), ruled.bottom_s])
    bottom = int(np.argmin(np.abs(times_s - ruled.bottom_s)))
    legs = examination.space.legs[number] if examination.space and examination.space.facts.reason is None else None
    shown = [view for view in examination.views if ruled.of_views[view.number] is not None]
    rows = [number for number, misfit in enumerate(ruled.misfit_sd) if misfit is not None]
    views = []
    for view in shown:
        px = legs.points_px[rows.index(view.number)] if legs is not None and view.number in rows else None
        own = view.judgement.attempts[ruled.of_views[view.number] or 0]
        says = f"alone: {WORDS[own.verdict].lower()}, {depth_line(own.depth)}"
        name = name_of(examination.judgement.views[view.number])
        views.append(
            ViewContent(name, says, _pictures(view, f"attempt-{number + 1}", times_s, (bottom, px), examination))
        )
    together = "all views together" if ruled.depth.method == "multiview" else "the surest view alone"
    return AttemptContent(ruled, together, tuple(times_s.tolist()), bottom, tuple(views))


def _pictures(
    view: View, attempt: str, times_s: FloatArray, legs_at: tuple[int, FloatArray | None], found: TogetherExamination
) -> tuple[PictureOfView, ...]:
    """The view's frames nearest to some times, with the skeleton; at the bottom with the legs of all views."""
    own_s, (bottom, legs_px) = times_s - view.offset.offset_s, legs_at
    source = turned(Path(view.judgement.video.path), view.judgement.video.turned_deg)
    nearest: dict[int, tuple[float, Picture]] = {}
    for frame in frames(source, start_s=max(0.0, own_s[0] - 0.1), end_s=own_s[-1] + 0.1):
        rgb: Picture | None = None
        for step, time_s in enumerate(own_s):
            if step not in nearest or abs(frame.time_s - time_s) < abs(nearest[step][0] - time_s):
                rgb = frame.rgb() if rgb is None else rgb
                nearest[step] = frame.time_s, rgb
    shown = []
    for step in range(len(own_s)):
        time_s, rgb = nearest[step]
        if step == bottom and legs_px is not None:
            drawn = _with_legs(rgb, bent_back(view, legs_px, found))
        else:
            drawn = draw_frame(rgb, view.close.image_at(time_s))
        shown.append(PictureOfView(time_s, f"{attempt}-view-{view.number + 1}-{step + 1:02d}.jpg", _jpeg(drawn)))
    return tuple(shown)


def bent_back(view: View, points_px: FloatArray, examination: TogetherExamination) -> FloatArray:
    """Where points without distortion (n, 2) are in the view's picture as it was filmed."""
    if examination.space is None:
        return points_px
    camera = examination.space.calibration.cameras[examination.views.index(view)]
    flat = cv2.undistortPoints(points_px.reshape(-1, 1, 2), camera.pinhole.K, None).reshape(-1, 2)
    rays = np.concatenate([flat, np.ones((len(flat), 1))], axis=1)
    px, _ = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), camera.pinhole.K, camera.distortion)
    return np.asarray(px, np.float64).reshape(-1, 2)


def _with_legs(rgb: Picture, legs_px: FloatArray) -> Picture:
    """Draw crease and top of the knee of each leg, as all views together have them, and the line between."""
    canvas = rgb.copy()
    width = max(1.5, 0.0025 * max(rgb.shape[:2]))
    for side, crease, knee in zip(LEGS, CREASES, KNEE_TOPS, strict=True):
        draw_line(canvas, legs_px[crease], legs_px[knee], KNEE_LINE, width)
        for point in (crease, knee):
            draw_dot(canvas, legs_px[point], 2.5 * width, SIDES[side])
    return canvas


def _jpeg(rgb: Picture) -> bytes:
    height, width = rgb.shape[:2]
    size = max(1, round(width * HEIGHT_PX / height)), HEIGHT_PX
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if height > HEIGHT_PX else rgb
    return bytes(cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])


def _own(name: str) -> str:
    return files("depthperception.report.views").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return environment(
        "depthperception.report.views",
        verdict_words=WORDS,
        interval_words=interval_words,
        camera_lights_words=camera_lights_words,
        light_words=LIGHT_WORDS,
        lift_words=LIFT_WORDS,
        as_verdicts=AS_VERDICTS,
        fault_words=FAULTS,
    )
