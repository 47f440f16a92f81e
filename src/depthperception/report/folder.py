"""The folder of results beside a judged video: written whole, and never over what is not ours."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from depthperception.errors import JudgementError, OutputError
from depthperception.io.atomic import write_json
from depthperception.results import SCHEMA, Judgement
from depthperception.types import Progress, silent

if TYPE_CHECKING:
    from depthperception.pipeline import Examination
    from depthperception.report.page.content import PageContent

JUDGEMENT, LANDMARKS = "judgement.json", "landmarks.npz"
OVERLAY, BOTTOM, FIGURE, BAR, PAGE = "overlay.mp4", "bottom.png", "depth.png", "bar.png", "report.html"
OURS = (OVERLAY, BOTTOM, FIGURE, BAR, PAGE, LANDMARKS, JUDGEMENT)


def default_folder(video: Path) -> Path:
    """VIDEO.judged beside the video: squat.mp4 gives squat.judged."""
    return video.with_suffix(".judged")


def lifter_folder(folder: Path, examination: "Examination") -> Path:
    """Where the results of one of several lifters go: lifter_N, by the number in the overlay."""
    return folder if examination.chosen is None else folder / f"lifter_{examination.chosen + 1}"


def prepare(folder: Path) -> None:
    """Make the folder, or make sure that an existing one may take our files.

    Raises
    ------
    OutputError
        When it cannot be written, is a file, or holds files of our names that no judgement of ours wrote.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; expected a folder for the results. Name another with --out.")
    foreign = [name for name in OURS if (folder / name).exists()]
    if foreign and not _is_ours(folder / JUDGEMENT):
        raise OutputError(
            f"{folder} already holds {foreign[0]}, which was not written by depthperception; expected a new folder or "
            "one of our own. Name another with --out."
        )
    probe = folder / ".depthperception-writes"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror}); expected a folder that can. Name another with --out."
        ) from error


def write_all(
    examination: "Examination",
    video: Path,
    folder: Path,
    on_progress: Progress = silent,
    *,
    content: "PageContent | None" = None,
) -> list[str]:
    """Write overlay, pictures, page, landmarks and, last, the judgement; returns the names written.

    `content` is the page's, where it is there already.

    Results of an earlier judgement in the same folder are replaced; other files in it stay.
    """
    from depthperception.report.bar import write_bar_figure  # noqa: PLC0415  (matplotlib)
    from depthperception.report.bottom import write_bottom  # noqa: PLC0415
    from depthperception.report.figures import write_depth_figure  # noqa: PLC0415
    from depthperception.report.overlay import write_overlay  # noqa: PLC0415
    from depthperception.report.page.content import write_page  # noqa: PLC0415  (jinja2)

    judgement, track = examination.judgement, examination.track
    for name in OURS:
        (folder / name).unlink(missing_ok=True)
    written = [OVERLAY]
    write_overlay(folder / OVERLAY, video, track, judgement, on_progress, people=examination.people)
    if judgement.attempts:
        write_bottom(folder / BOTTOM, video, track, judgement)
        written.append(BOTTOM)
    if len(track):
        write_depth_figure(folder / FIGURE, track, judgement)
        track.save(folder / LANDMARKS)
        written += [FIGURE, LANDMARKS]
    if any(attempt.bar and attempt.bar.path for attempt in judgement.attempts):
        write_bar_figure(folder / BAR, judgement)
        written.append(BAR)
    write_page(folder / PAGE, video, track, judgement, examination.people, content=content)
    written.append(PAGE)
    write_json(folder / JUDGEMENT, judgement.to_dict())
    return [*written, JUDGEMENT]


def _is_ours(judgement: Path) -> bool:
    try:
        found = json.loads(judgement.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    any_version = SCHEMA.rpartition("/")[0]
    return isinstance(found, dict) and str(found.get("schema")).startswith(any_version)


def read_judgement(folder: Path) -> Judgement:
    """Read the judgement in a folder of results.

    Raises
    ------
    JudgementError
        When it is not there, or cannot be read by this version.
    """
    path = folder / JUDGEMENT
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JudgementError(
            f"There is no {JUDGEMENT} that can be read in {folder.name}; expected that of a judged video. "
            "Judge the video again."
        ) from error
    return Judgement.from_dict(content)
