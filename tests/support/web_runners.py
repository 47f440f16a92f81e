"""What stands in for a judging in tests: functions for the child process that take no time, hang, or crash."""

import json
import os
import signal
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from depthperception.proof import Sighted
from depthperception.results import AttemptJudgement, Camera, Judgement, Reading, Scale
from depthperception.video_facts import VideoFacts
from depthperception.web.folders import FRAGMENT, FRAMES, LANDMARKS, PEOPLE
from depthperception.web.worker import Job

CM_PER_PX = 0.5
UP = (0.6, -0.8, 0.0)
CAMERA = Camera("side", "left", 90.0, 0.0, -36.87, UP)
"""A camera turned anticlockwise by 37 degrees, so that along gravity and down the picture are not the same."""

KNEE_PX, CREASE_PX = (40.0, 30.0), (90.0, 80.0)
"""Of a lifter who faces left, seen from his left: the crease 36 cm behind the knee and, along gravity, 5 cm lower."""

SIGHTED = Sighted(((0.0, 0.0),) * 16, ((1e6, 0.0, 1e6),) * 16, standing_hips_px=(110.0, -13.0))
"""Nothing of the legs is seen but where he stood: his hips 43 cm higher and 20 cm further to the front."""

ATTEMPT: dict[str, Any] = {
    "number": 1, "verdict": "depth", "reason": "Made for a test.", "cm": 3.0, "low_cm": 1.0, "high_cm": 5.0,
    "probability": 0.99, "start_s": 0.0, "bottom_s": 0.1, "end_s": 0.2, "bottom_frame": 3, "stood_up": True,
    "lines": [],
}  # fmt: skip


def judged_attempt(depth: Reading) -> AttemptJudgement:
    """Give one attempt, that of `ATTEMPT`."""
    same = ("start_s", "bottom_s", "end_s", "bottom_frame", "stood_up", "verdict", "reason")
    return AttemptJudgement(**{name: ATTEMPT[name] for name in same}, depth=depth, measurements={}, sighted=SIGHTED)


def _leave(job: Job, connection: Connection, attempts: list[AttemptJudgement], report: str | None = None) -> None:
    """Write small results of these attempts at once, `report` as what is shown of them, or else the real one."""
    from depthperception.video import frames, probe  # noqa: PLC0415  (the others need no decoder)

    info = probe(job.video)
    job.page.mkdir(parents=True)
    facts = VideoFacts(job.name, "0" * 64, info.width, info.height, 0, 0.32, 6)
    judgement = Judgement(facts, "judged", None, CAMERA, Scale(CM_PER_PX, "height"), attempts=tuple(attempts))
    (job.results / "judgement.json").write_text(json.dumps(judgement.to_dict()))
    times = [round(frame.time_s, 6) for frame in frames(job.video)]
    page = {
        FRAMES: {"times_s": times, "width": info.width, "height": info.height},
        PEOPLE: [{"number": 1, "chosen": True, "times_s": [0.0], "boxes_px": [[1, 2, 3, 4]]}],
        LANDMARKS: {"times_s": [], "image_px": [], "bones": []},
    }
    for name, content in page.items():
        (job.page / name).write_text(json.dumps(content))
    (job.page / FRAGMENT).write_text(report or _report(job, judgement, times))
    rows = [{**ATTEMPT, "number": number, "bottom_s": one.bottom_s} for number, one in enumerate(attempts, 1)]
    for row in rows:
        (job.page / f"attempt-{row['number']}-bottom.jpg").write_bytes(b"\xff\xd8")
    connection.send(("progress", {"step": "looking", "done": 0.5}))
    connection.send(("done", {"status": "judged", "reason": None, "attempts": rows}))


def _report(job: Job, judgement: Judgement, times_s: list[float]) -> str:
    from depthperception.report.page.content import attempt_sections, page_content  # noqa: PLC0415
    from tests.support.report_examples import track  # noqa: PLC0415

    content = page_content(job.video, track(times_s), judgement)
    for name, picture in content.pictures.items():
        (job.page / name).write_bytes(picture)
    return attempt_sections(content, lambda name: f"/judgings/{job.judging_id}/pictures/{name}")


def judged(job: Job, connection: Connection) -> None:
    """Write small results at once and say that there was one attempt."""
    _leave(job, connection, [judged_attempt(Reading("calibrated"))], "<p>proof</p>")


def judged_set(job: Job, connection: Connection) -> None:
    """Say that there were two attempts, and leave the real report of both."""
    first = judged_attempt(Reading("calibrated", 3.0, (1.0, 5.0), 0.99))
    _leave(job, connection, [first, replace(first, start_s=0.2, bottom_s=0.3, end_s=0.4, bottom_frame=6)])


def too_close(job: Job, connection: Connection) -> None:
    """Find one attempt that is too close to call."""
    close = {"verdict": "too_close", "cm": 0.4, "low_cm": -2.9, "high_cm": 3.7, "probability": 0.58}
    connection.send(("done", {"status": "judged", "reason": None, "attempts": [{**ATTEMPT, **close}]}))


def in_the_folder(job: Job, connection: Connection) -> None:
    """Leave a file in the results that says when it began and ended; the first ends after the second has begun."""
    job.results.mkdir()
    began_s = time.monotonic()
    videos = job.video.parents[1]
    (videos / f"began-{job.judging_id}").touch()
    while len(list(videos.glob("began-*"))) < 2:
        time.sleep(0.02)
    time.sleep(0.5)
    (job.results / "span").write_text(json.dumps([began_s, time.monotonic()]))
    connection.send(("done", {"status": "no_squat", "reason": "Nobody squats.", "attempts": []}))


def hangs(job: Job, connection: Connection) -> None:
    """Work for ever, having written something."""
    job.results.mkdir(exist_ok=True)
    (job.results / "pid").write_text(str(os.getpid()))
    connection.send(("progress", {"step": "hanging", "done": 0.1}))
    time.sleep(600)


def is_killed(job: Job, connection: Connection) -> None:
    """End as when the system runs out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def crashes_on_bad(job: Job, connection: Connection) -> None:
    """End without a word for a video called bad, judge any other."""
    if job.name.startswith("bad"):
        os._exit(3)
    judged(job, connection)


def hangs_until_told(job: Job, connection: Connection) -> None:
    """Judge at once when there is a file `go` beside the videos, else hang."""
    if (job.video.parents[1] / "go").exists():
        judged(job, connection)
    else:
        hangs(job, connection)


def judged_cameras(job: Job, connection: Connection) -> None:
    """Judge a lift by several cameras as figures in space say it, whatever their videos show; any other as `judged`."""
    if not job.cameras:
        judged(job, connection)
        return
    from depthperception.multiview.together import put_together  # noqa: PLC0415
    from depthperception.options import Options  # noqa: PLC0415
    from depthperception.video import probe  # noqa: PLC0415
    from depthperception.web.cameras_worker import keep  # noqa: PLC0415
    from tests.support.several_views import Filmed, examination_of  # noqa: PLC0415

    films = [
        Filmed(azimuth_deg, path, starts_s)
        for (_, path), azimuth_deg, starts_s in zip(job.cameras, (45.0, 315.0, 0.0), (0.0, 0.25, 0.1), strict=False)
    ]
    names = [name for name, _ in job.cameras]
    job.results.mkdir(parents=True)
    seen = [examination_of(one, probe(one.path).sha256) for one in films]
    found = put_together(seen, Options(), names=names, follow=lambda one: one.track)
    connection.send(("done", keep(job, found)))
