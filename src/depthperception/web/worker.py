"""One judging, in a child process of its own: what the command line does, then what the page needs beside it."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from depthperception.errors import DepthPerceptionError, OutputError
from depthperception.types import Step
from depthperception.web.folders import FRAGMENT, FRAMES, LANDMARKS, PEOPLE

if TYPE_CHECKING:
    from depthperception.examination import Examination
    from depthperception.pose.track import PoseTrack
    from depthperception.report.page.content import PageContent
    from depthperception.results import AttemptJudgement, Judgement

AS_IT_IS_DEG = 0
"""The page plays the file itself, which a browser does not turn: of a picture that lies it says so."""

PROGRESS_EVERY_S = 0.2
"""A bar that moves five times a second looks smooth; more messages only cost."""

SHARES = {
    Step.FIND_PEOPLE: 0.2,
    Step.FOLLOW: 0.15,
    Step.REFINE: 0.3,
    Step.WATCH_BAR: 0.1,
    Step.DRAW: 0.2,
    Step.MAKE_PLAYABLE: 0.05,
}
"""How a judging's time is shared among its steps, for one bar that never stands still."""


@dataclass(frozen=True)
class Job:
    """What a child is to do, and where to put it.

    `proxy` is the file to make for browsers, None when the video plays as it is, or the proxy is there. `pick` is
    (x_px, y_px, time_s) of a point on the person to judge. `cameras` are name and file of each video of a lift by
    several.
    """

    judging_id: str
    name: str
    video: Path
    results: Path
    page: Path
    proxy: Path | None
    height_cm: float | None
    method: str
    sure: float
    pose: str
    rules: str
    pick: tuple[float, float, float] | None
    cameras: tuple[tuple[str, Path], ...] = ()


class Tell:
    """Sends progress to the server: one number for the whole judging, at most every `PROGRESS_EVERY_S`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._step: str = ""
        self._last_s = float("-inf")
        self._finished = 0.0

    def __call__(self, step: str, done: float) -> None:
        """Report a step and how much of it is done, as `Progress`."""
        if step != self._step:
            self._finished += _share(self._step)
        self.say(step, self._finished + _share(step) * done)

    def say(self, step: str, whole: float) -> None:
        """Report a step and how much of the whole is done."""
        now_s = time.monotonic()
        if step == self._step and now_s - self._last_s < PROGRESS_EVERY_S:
            return
        self._step, self._last_s = step, now_s
        say(self._connection, "progress", {"step": step, "done": round(min(0.99, whole), 3)})


def _share(step: str) -> float:
    return SHARES[Step(step)] if step in SHARES else 0.0


def run(job: Job, connection: Connection) -> None:
    """Judge, and send ("progress", {step, done}) until ("done", {...}) or ("failed", {error})."""
    from depthperception.web.cameras_worker import judge_cameras  # noqa: PLC0415  (which imports this)

    tell = Tell(connection)
    try:
        outcome: tuple[str, dict[str, Any]] = "done", judge_cameras(job, tell) if job.cameras else _judge(job, tell)
    except OutputError as error:
        outcome = "failed", {"error": _unwritten(error, job)}
    except OSError as error:
        outcome = "failed", {"error": _unwritten(error, job)}
    except DepthPerceptionError as error:
        outcome = "failed", {"error": _without_paths(str(error), job)}
    except MemoryError:
        outcome = "failed", {"error": f"{job.name} needs more memory than there is. Expected less. Export it smaller."}
    say(connection, *outcome)


def say(connection: Connection, kind: str, values: dict[str, Any]) -> None:
    """Send plain values only: the server takes nothing else from a process that decodes (`processes.received`)."""
    connection.send((kind, json.loads(json.dumps(values, default=lambda number: number.item()))))


def _judge(job: Job, on_progress: Tell) -> dict[str, Any]:
    from depthperception.options import Options  # noqa: PLC0415
    from depthperception.people import Pick  # noqa: PLC0415
    from depthperception.pipeline import examine  # noqa: PLC0415
    from depthperception.report import folder  # noqa: PLC0415  (the networks' runtime: not in the server)
    from depthperception.report.page.content import page_content  # noqa: PLC0415

    pick = None if job.pick is None else Pick(*job.pick)
    options = Options(
        height_cm=job.height_cm,
        method=job.method,
        sure=job.sure,
        pose=job.pose,
        rules=job.rules,
        pick=pick,
        rotate_deg=AS_IT_IS_DEG,
    )
    with made_ready(job.results):
        journal = job.results / folder.PIECES
        found = examine(job.video, options, on_progress=on_progress, journal=journal).called(job.name)
        named = found.judgement
        content = page_content(job.video, found.track, named, found.people)
        folder.write_all(found, job.video, job.results, on_progress, content=content)
        write_page_data(job, found, content)
    if job.proxy is not None:
        from depthperception.web.proxy import write_proxy  # noqa: PLC0415

        write_proxy(job.proxy, job.video, named.video.duration_s, on_progress)
    plain = named.to_dict()["attempts"]
    rows = [
        {**_row(number, plain[number - 1]), "lines": _lines(attempt, named, found.track)}
        for number, attempt in enumerate(named.attempts, 1)
    ]
    return {"status": named.status, "reason": named.reason, "attempts": rows}


@contextmanager
def made_ready(results: Path) -> Iterator[None]:
    """Make a judging's own folder ready, in which one that was interrupted may have left results and pieces."""
    from depthperception.report import folder  # noqa: PLC0415

    results.mkdir(parents=True, exist_ok=True)
    mark = results / folder.WRITES
    mark.touch()
    folder.prepare(results)
    yield
    shutil.rmtree(results / folder.PIECES, ignore_errors=True)
    mark.unlink()


def write_page_data(job: Job, found: "Examination", content: "PageContent") -> None:
    """Write what the page asks for beside the results: times, boxes, landmarks, the fragment and its pictures."""
    from depthperception.report.page.content import attempt_sections  # noqa: PLC0415

    facts = found.judgement.video
    job.page.mkdir(exist_ok=True)
    times = [round(float(time_s), 6) for time_s in found.frame_times_s]
    _write(job.page / FRAMES, {"times_s": times, "width": facts.width, "height": facts.height})
    chosen = {lifter.number for lifter in found.judgement.lifters if lifter}
    people = [
        {
            "number": number,
            "chosen": number in chosen,
            "times_s": person.times_s.round(6).tolist(),
            "boxes_px": person.boxes_px.round(1).tolist(),
        }
        for number, person in enumerate(found.people, 1)
    ]
    _write(job.page / PEOPLE, people)
    _write(job.page / LANDMARKS, _landmarks(found.track))
    for name, picture in content.pictures.items():
        (job.page / name).write_bytes(picture)
    fragment = attempt_sections(content, lambda name: f"/judgings/{job.judging_id}/pictures/{name}")
    (job.page / FRAGMENT).write_text(fragment, encoding="utf-8")


def _landmarks(track: "PoseTrack") -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415

    from depthperception.geometry.skeletons import BONES  # noqa: PLC0415

    rows = [[point.tolist() if np.isfinite(point).all() else None for point in row] for row in track.image_px.round(1)]
    bones = [[int(a), int(b)] for a, b in BONES]
    return {"times_s": track.times_s.round(6).tolist(), "image_px": rows, "bones": bones}


def _row(number: int, attempt: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of `tables.Attempt` that stand in the JSON contract."""
    depth = attempt["depth"]
    low_cm, high_cm = depth["interval90_cm"] or (None, None)
    same = ("verdict", "reason", "start_s", "bottom_s", "end_s", "bottom_frame", "stood_up", "lift")
    return {
        "number": number,
        "cm": depth["cm"],
        "low_cm": low_cm,
        "high_cm": high_cm,
        "probability": depth["probability"],
        "lights": " ".join(one["light"] for one in attempt["lights"]),
        "cards": "; ".join(f"{one['colour'] or 'red light'}: {one['says']}" for one in attempt["cards"]),
        **{name: attempt[name] for name in same},
    }


def _lines(attempt: "AttemptJudgement", judgement: "Judgement", track: "PoseTrack") -> list[dict[str, Any]]:
    """Place the lines that decide in the bottom frame, px; `cm` is the leg's own depth, None where it has none."""
    from depthperception.report.lines import attempt_lines  # noqa: PLC0415

    return [
        {
            "side": leg.side,
            "cm": round(leg.cm, 4) if leg.own else None,
            "knee_top_px": leg.knee_top_px.round(2).tolist(),
            "crease_px": leg.crease_px.round(2).tolist(),
            "label_px": leg.label_px.round(2).tolist(),
            "rightwards": leg.rightwards,
        }
        for leg in attempt_lines(attempt, judgement)
    ]


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, allow_nan=False, separators=(",", ":")), encoding="utf-8")


def _unwritten(error: Exception, job: Job) -> str:
    why = getattr(error.__cause__ or error, "strerror", None) or "no reason is known"
    return (
        f"The results of {job.name} could not be written ({why}). Expected room in the library's folder. Free some, "
        "and judge the video again."
    )


def _without_paths(message: str, job: Job) -> str:
    """Name the video as its owner does, not as it is stored."""
    for name, path in job.cameras or ((job.name, job.video),):
        message = message.replace(str(path), name)
    return message
