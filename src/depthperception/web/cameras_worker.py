"""The judging of one lift by several cameras, in a child process: what the command line does, then the page's."""

from typing import TYPE_CHECKING, Any

from depthperception.types import Step
from depthperception.web.folders import FRAGMENT
from depthperception.web.worker import SHARES, Job, Tell, made_ready

if TYPE_CHECKING:
    from depthperception.multiview.results import MultiviewJudgement, TogetherAttempt
    from depthperception.multiview.together import TogetherExamination
    from depthperception.report.views.content import ViewsContent

LOOKING = 0.8
"""Share of a judging's time in which each video is looked at by itself; then it is put together and drawn."""


def judge_cameras(job: Job, tell: Tell) -> dict[str, Any]:
    """Judge, write the results and the page, and give the columns of judging and attempts."""
    from depthperception.multiview.together import examine_together  # noqa: PLC0415  (the networks' runtime)
    from depthperception.options import Options  # noqa: PLC0415

    names = [name for name, _ in job.cameras]
    options = Options(height_cm=job.height_cm, method=job.method, sure=job.sure, pose=job.pose, rules=job.rules)
    with made_ready(job.results):
        found = examine_together(
            [path for _, path in job.cameras], options, names=names, on_progress=_Progress(tell, len(names))
        )
        tell.say(Step.DRAW, LOOKING)
        return keep(job, found)


def keep(job: Job, found: "TogetherExamination") -> dict[str, Any]:
    """Write what was found, and give the columns of judging and attempts."""
    from depthperception.report.views.content import views_content  # noqa: PLC0415
    from depthperception.report.views.folder import write_together  # noqa: PLC0415

    content, judgement = views_content(found), found.judgement
    write_together(found, job.results, content=content)
    _write_page(job, content)
    _write_thumbnails(job, content)
    rows = [_row(number, one, judgement) for number, one in enumerate(judgement.attempts, 1)]
    return {"status": _status(judgement), "reason": _reason(judgement), "attempts": rows}


class _Progress:
    """Each video's steps as a part of the whole."""

    def __init__(self, tell: Tell, count: int) -> None:
        self._tell, self._count = tell, count
        self._step, self._finished = "", 0.0

    def __call__(self, step: str, done: float) -> None:
        """Report a step, as `Progress`."""
        if step != self._step:
            self._finished += _share_of_looking(self._step)
            self._step = step
        whole = (self._finished + _share_of_looking(step) * done) / self._count
        self._tell.say(step, LOOKING * min(1.0, whole))


def _share_of_looking(step: str) -> float:
    """Give a step's share of the looking at one video, from its name "view 1 of 2: ..."."""
    name = step.rpartition(": ")[2]
    looking = (Step.FIND_PEOPLE, Step.FOLLOW, Step.REFINE, Step.WATCH_BAR)
    return SHARES[Step(name)] / sum(SHARES[one] for one in looking) if name in SHARES else 0.0


def _write_page(job: Job, content: "ViewsContent") -> None:
    from depthperception.report.views.content import views_sections  # noqa: PLC0415

    job.page.mkdir(exist_ok=True)
    for name, picture in content.pictures.items():
        (job.page / name).write_bytes(picture)
    fragment = views_sections(content, lambda name: f"/judgings/{job.judging_id}/pictures/{name}")
    (job.page / FRAGMENT).write_text(fragment, encoding="utf-8")


def _write_thumbnails(job: Job, content: "ViewsContent") -> None:
    """Write each attempt's picture for the library: all views at the bottom, side by side."""
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    for number, attempt in enumerate(content.attempts, 1):
        jpegs = [view.pictures[attempt.bottom_step].jpeg for view in attempt.views]
        shown = [cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_COLOR) for one in jpegs]
        height = min(len(one) for one in shown if one is not None)
        same = [cv2.resize(one, (round(one.shape[1] * height / len(one)), height)) for one in shown if one is not None]
        coded = cv2.imencode(".jpg", np.hstack(same))[1]
        (job.page / f"attempt-{number}-bottom.jpg").write_bytes(coded.tobytes())


def _row(number: int, attempt: "TogetherAttempt", judgement: "MultiviewJudgement") -> dict[str, Any]:
    """Give the columns of `tables.Attempt`; the frame is that of the first camera that shows the attempt."""
    from depthperception.report.referee import FAULTS  # noqa: PLC0415

    shown = [
        view.judgement.attempts[own]
        for view, own in zip(judgement.views, attempt.of_views, strict=True)
        if own is not None
    ]
    low_cm, high_cm = attempt.depth.interval90_cm or (None, None)
    same = ("verdict", "reason", "start_s", "bottom_s", "end_s", "lift")
    return {
        "number": number,
        "cm": attempt.depth.cm,
        "low_cm": low_cm,
        "high_cm": high_cm,
        "probability": attempt.depth.probability,
        "bottom_frame": shown[0].bottom_frame,
        "stood_up": any(one.stood_up for one in shown),
        "lights": " ".join(one.light or "missing" for one in attempt.lights),
        "cards": "; ".join(
            f"{one.position} light: {FAULTS.get(cause, cause)}" for one in attempt.lights for cause in one.causes
        ),
        "lines": [],
        **{name: getattr(attempt, name) for name in same},
    }


def _status(judgement: "MultiviewJudgement") -> str:
    """Say what comes of all videos: judged where one of them is, else as the first says."""
    each = [view.judgement.status for view in judgement.views]
    return "judged" if judgement.attempts else each[0]


def _reason(judgement: "MultiviewJudgement") -> str | None:
    if judgement.attempts:
        return None
    said = [f"{view.judgement.video.path}: {view.judgement.reason}" for view in judgement.views]
    return " ".join(said)
