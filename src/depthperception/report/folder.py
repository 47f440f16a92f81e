"""The folder of results beside a judged video: written whole, and never over what is not ours."""

import json
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from depthperception.damaged import unless_damaged
from depthperception.errors import DepthPerceptionError, JudgementError, OutputError, PoseSourceError
from depthperception.io.atomic import PARTIAL, held, whole_file, write_json
from depthperception.results import SCHEMA, Judgement
from depthperception.types import Progress, silent

if TYPE_CHECKING:
    from depthperception.examination import Examination
    from depthperception.report.page.content import PageContent
    from depthperception.series import TimeSeries

JUDGEMENT, LANDMARKS = "judgement.json", "landmarks.npz"
OVERLAY, BOTTOM, FIGURE, BAR, PAGE = "overlay.mp4", "bottom.png", "depth.png", "bar.png", "report.html"
SHARE = "share.jpg"
WRITES = ".depthperception-writes"
"""Lies in a folder of results while they are written: who finds it unlocked knows that somebody was interrupted."""

PIECES = ".depthperception-pieces"
"""Lies there as long as a long film is judged: what was found in its pieces."""

OURS = (OVERLAY, BOTTOM, SHARE, FIGURE, BAR, PAGE, LANDMARKS, JUDGEMENT)


class Film(Protocol):
    """A video, as far as folders tell one from another: a `VideoInfo` is one."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def sha256(self) -> str:
        """Of the whole file."""
        ...


def default_folder(video: Path) -> Path:
    """VIDEO.judged beside the video: squat.mp4 gives squat.judged."""
    return video.with_suffix(".judged")


def lifter_folder(folder: Path, examination: "Examination") -> Path:
    """Where the results of one of several lifters go: lifter_N, by the number in the overlay."""
    return folder if examination.chosen is None else folder / f"lifter_{examination.chosen + 1}"


def free_folder(wanted: Path, video: "Film", taken: Collection[Path] = ()) -> Path:
    """Give the first of squat.judged, squat-2.judged, ... that holds no results of another video.

    What a video was given once it is given again, in whatever order videos of one name come.

    Parameters
    ----------
    wanted
        The first of these.
    video
        Whose results they will be.
    taken
        Folders that other videos of the same run have, whatever is in them.
    """
    names = (wanted if k == 1 else wanted.with_name(f"{wanted.stem}-{k}{wanted.suffix}") for k in count(1))
    return next(folder for folder in names if folder not in taken and other_video_in(folder, video) is None)


def other_video_in(folder: Path, video: "Film") -> str | None:
    """Name another video whose results are in a folder, those of single lifters too; None where there is none."""
    for judgement in _judgements_in(folder):
        judged = _content(judgement).get("video")
        if isinstance(judged, dict) and judged.get("sha256") not in (None, video.sha256):
            return str(judged.get("path"))
    return None


def _judgements_in(folder: Path) -> tuple[Path, ...]:
    """Where judgements of a folder lie: its own, and those of single lifters."""
    return folder / JUDGEMENT, *sorted(folder.glob(f"lifter_*/{JUDGEMENT}"))


def prepare(folder: Path, video: "Film | None" = None, *, replace: bool = True) -> None:
    """Make the folder, or make sure that an existing one may take our files.

    Parameters
    ----------
    folder
        Where results are to go.
    video
        Whose results they will be; without it those of any video are replaced.
    replace
        Whether earlier results of this video may be written over.

    Raises
    ------
    OutputError
        When it cannot be written, is a file, holds files of our names that no judgement of ours wrote, the results
        of another video, or those of this one that are not to be replaced.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; expected a folder for the results. Name another with --out.")
    foreign = [name for name in OURS if (folder / name).exists()]
    interrupted = any((one / WRITES).exists() for one in (folder, folder.parent))
    if foreign and not interrupted and not _is_ours(folder / JUDGEMENT):
        raise OutputError(
            f"{folder} already holds {foreign[0]}, which was not written by depthperception; expected a new folder or "
            "one of our own. Name another with --out."
        )
    if video and (other := other_video_in(folder, video)):
        raise OutputError(
            f"{folder} holds the results of another video, {other}; expected a new folder or that of this one. Name "
            "another with --out."
        )
    if not replace and any(judgement.exists() for judgement in _judgements_in(folder)):
        raise OutputError(
            f"{folder} holds results of this video already; expected a new folder. Write over them with --force, or "
            "name another with --out."
        )
    probe = folder / f".depthperception-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        if interrupted:
            _clear(folder)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror}); expected a folder that can. Name another with --out."
        ) from error


@contextmanager
def made_ready(folder: Path, video: "Film | None" = None, *, replace: bool = True) -> Iterator[None]:
    """Prepare the folder; an empty one is not left behind by what goes wrong meanwhile. Parameters as in `prepare`."""
    is_new = not folder.exists()
    prepare(folder, video, replace=replace)
    try:
        yield
    finally:
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _clear(folder: Path) -> None:
    """Take away what an interrupted run left half written."""
    for path in (*folder.glob(f".*{PARTIAL}*"), *folder.glob(".*.part")):
        path.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold a folder that is prepared while its results are made and written, against other processes.

    Raises
    ------
    OutputError
        When another process writes to it.
    """
    try:
        with held(folder / WRITES, str(folder)):
            yield
    except DepthPerceptionError:
        if [path.name for path in folder.iterdir()] == [WRITES]:  # nothing was written yet
            (folder / WRITES).unlink(missing_ok=True)
        raise


def write_all(
    examination: "Examination",
    video: Path,
    folder: Path,
    on_progress: Progress = silent,
    *,
    content: "PageContent | None" = None,
    overlay: bool = True,
) -> list[str]:
    """Write overlay, pictures, page, landmarks and, last, the judgement; returns the names written.

    `content` is the page's, where it is there already; the overlay can be left out.

    Results of an earlier judgement in the same folder are replaced; other files in it stay.
    """
    from depthperception.report.bar import write_bar_figure  # noqa: PLC0415  (matplotlib)
    from depthperception.report.bottom import write_bottom  # noqa: PLC0415
    from depthperception.report.figures import write_depth_figure  # noqa: PLC0415
    from depthperception.report.overlay import write_overlay  # noqa: PLC0415
    from depthperception.report.page.content import write_page  # noqa: PLC0415  (jinja2)
    from depthperception.report.share import write_share  # noqa: PLC0415

    judgement, track = examination.judgement, examination.track
    # The judgement goes first and comes last: a folder that has one is whole.
    for name in reversed(OURS):
        _remove(folder / name)
    written = []
    if overlay:
        write_overlay(folder / OVERLAY, video, track, judgement, on_progress, people=examination.people)
        written.append(OVERLAY)
    if judgement.attempts:
        write_bottom(folder / BOTTOM, video, track, judgement)
        write_share(folder / SHARE, video, track, judgement)
        written += [BOTTOM, SHARE]
    if len(track):
        write_depth_figure(folder / FIGURE, track, judgement)
        with whole_file(folder / LANDMARKS) as partial:
            track.save(partial, frame_times_s=examination.frame_times_s)
        written += [FIGURE, LANDMARKS]
    if any(attempt.bar and attempt.bar.path for attempt in judgement.attempts):
        write_bar_figure(folder / BAR, judgement)
        written.append(BAR)
    write_page(folder / PAGE, video, track, judgement, examination.people, content=content)
    written.append(PAGE)
    write_json(folder / JUDGEMENT, judgement.to_dict())
    return [*written, JUDGEMENT]


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written over ({error.strerror}); expected a folder that can. Name another with --out."
        ) from error


def _is_ours(judgement: Path) -> bool:
    ours, _, _ = SCHEMA.partition("/")
    return str(_content(judgement).get("schema")).startswith(f"{ours}/")


def _content(judgement: Path) -> dict[str, Any]:
    """Read a judgement of any version; empty where it is not there, or none."""
    try:
        found = json.loads(judgement.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read_series(folder: Path) -> "TimeSeries":
    """Make the time series of what is in a folder of results, at the frames' times.

    Results from before the frames' times were kept have a row for each look instead.

    Raises
    ------
    JudgementError, PoseSourceError
        When the judgement, or the landmarks, are not there or cannot be read.
    """
    import numpy as np  # noqa: PLC0415

    from depthperception.pose.track import PoseTrack  # noqa: PLC0415
    from depthperception.series import time_series  # noqa: PLC0415

    judgement, track = read_judgement(folder), PoseTrack.load(folder / LANDMARKS)
    expected = "what `judge` wrote, judgement and landmarks of one video. Judge the video again."
    with unless_damaged(PoseSourceError, folder, expected):
        with np.load(folder / LANDMARKS, allow_pickle=False) as arrays:
            times_s = arrays.get("frame_times_s")
        if times_s is None:
            return time_series(judgement, track, track.times_s, np.full(len(track), -1))
        return time_series(judgement, track, times_s)


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
    except (OSError, ValueError, RecursionError) as error:
        raise JudgementError(
            f"There is no {JUDGEMENT} that can be read in {folder.name}; expected that of a judged video. "
            "Judge the video again."
        ) from error
    return Judgement.from_dict(content)
