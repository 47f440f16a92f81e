"""Which views can be used, how their clocks stand to each other, and which attempts of theirs are one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from depthperception.errors import DataError
from depthperception.examination import Examination
from depthperception.multiview.following import follow_closely
from depthperception.multiview.legs import SeenLegs, seen_legs
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.multiview.sound import offset_by_sound
from depthperception.multiview.synchronisation import Film, Offset, find_offset
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement, Judgement

LEAST_DRIFT_S = 0.02
"""Clocks that run apart by this through a film are said to: two thirds of a frame."""

SOUND_AGREES_S = 0.1
"""Sound counts where it says what the pictures say within this."""


@dataclass(frozen=True, eq=False)
class View:
    """A view that is used.

    Attributes
    ----------
    number
        Which of the videos, from 0.
    name
        What the video is called.
    examination
        By itself.
    close
        Its lifter in every frame of his attempts.
    offset
        Of its clock.
    """

    number: int
    name: str
    examination: Examination
    close: PoseTrack
    offset: Offset

    @property
    def judgement(self) -> Judgement:
        """What it says by itself."""
        return self.examination.judgement

    def attempt_at(self, bottom_s: float, within_s: float) -> int | None:
        """Which of its attempts has its bottom at a time of the first view's clock."""
        away = [abs(one.bottom_s + self.offset.offset_s - bottom_s) for one in self.judgement.attempts]
        return int(np.argmin(away)) if away and min(away) <= within_s else None


@dataclass(frozen=True, eq=False)
class Bottom:
    """One attempt, as all views that show it have it.

    Attributes
    ----------
    start_s, bottom_s, end_s
        On the first view's clock: means.
    attempts
        By the view's place among those used: which of its attempts.
    seen
        Likewise, what it sees of the legs.
    """

    start_s: float
    bottom_s: float
    end_s: float
    attempts: dict[int, AttemptJudgement]
    seen: dict[int, SeenLegs]


def usable_views(
    examinations: Sequence[Examination],
    offsets_s: Sequence[float] | None,
    *,
    names: Sequence[str] | None = None,
    follow: Callable[[Examination], PoseTrack] = follow_closely,
    settings: Together = TOGETHER,
) -> tuple[list[View], dict[int, str]]:
    """Follow the lifter closely in each view that shows him squat, and find its clock.

    Gives the views, and by number why others cannot be used. `names` are what the videos are called, where their
    files are called otherwise.

    Raises
    ------
    DataError
        When several show somebody squat, but no two of them the same lift.
    """
    called = names or [_path(one).name for one in examinations]
    refused = {
        k: one.judgement.reason or "It shows no attempt."
        for k, one in enumerate(examinations)
        if not one.judgement.attempts
    }
    shown = [k for k in range(len(examinations)) if k not in refused]
    close = {k: follow(examinations[k]) for k in shown}
    views: list[View] = []
    for k in shown:
        one = examinations[k]
        if offsets_s is not None or not views:
            given = 0.0 if not k or offsets_s is None else offsets_s[k - 1]
            view = View(k, called[k], one, close[k], Offset(given, "given", 0.0))
            if views and not _overlap(views[0], view):
                refused[k] = f"By the offsets that were given it was filmed at another time than {views[0].name}."
            else:
                views.append(view)
            continue
        first = views[0]
        found = find_offset(_film(first.examination, first.close), _film(one, close[k]), settings=settings)
        if found is None:
            refused[k] = f"It does not show the lift of {first.name} at the same time: the lifter moves otherwise."
            continue
        heard = offset_by_sound(_path(first.examination), _path(one), settings=settings)
        if heard and abs(heard.offset_s - found.offset_s) < SOUND_AGREES_S and heard.sd_s < found.sd_s:
            found = heard
        views.append(View(k, called[k], one, close[k], _from_start(found, first.offset)))
    if len(shown) > 1 and len(views) == 1 and offsets_s is not None:
        raise DataError(
            f"{called[shown[0]]} and {called[shown[1]]} were not filmed at the same time by the offsets that were "
            "given. Expected, for each video after the first, what its times need to be the first one's, in seconds. "
            "Correct --offset, or leave it out."
        )
    if len(shown) > 1 and len(views) == 1:
        raise DataError(
            f"{called[shown[0]]} and {called[shown[1]]} do not show the same lift at the "
            "same time: their lifters move differently, or the films do not overlap. Expected films of one lift by two "
            "cameras. Give such a pair, or say with --offset how the clocks stand."
        )
    return views, refused


def _overlap(first: View, other: View) -> bool:
    """Whether two films show something at the same time."""
    a, b = (one.examination.frame_times_s + one.offset.offset_s for one in (first, other))
    return bool(max(a[0], b[0]) < min(a[-1], b[-1]))


def _from_start(offset: Offset, of_first: Offset) -> Offset:
    """Count from the first video's clock where the first used one is another."""
    return Offset(
        offset.offset_s + of_first.offset_s, offset.source, offset.sd_s, offset.correlation, offset.drift_s,
        offset.residual,
    )  # fmt: skip


def _film(one: Examination, close: PoseTrack) -> Film:
    return Film(one.track, close, one.plates)


def _path(one: Examination) -> Path:
    return Path(one.judgement.video.path)


def clock_notes(views: Sequence[View], *, settings: Together = TOGETHER) -> list[str]:
    """Say which clocks are not known well, and which run apart."""
    unsure = [
        f"How the clock of {view.name} stands to the first one's is known to {1000.0 * view.offset.sd_s:.0f} ms only: "
        "the lifter moves too little, or too little of the lifter is seen. Say with --offset how it stands."
        for view in views
        if view.offset.sd_s > settings.unsure_offset_s
    ]
    return unsure + [
        f"The clock of {view.name} runs apart from the first one's by {1000.0 * view.offset.drift_s:.0f} "
        "ms from the first attempt to the last: a frame rate that is not what its file says, or frames left out."
        for view in views
        if view.offset.drift_s is not None and abs(view.offset.drift_s) > LEAST_DRIFT_S
    ]


def common_bottoms(views: Sequence[View], *, settings: Together = TOGETHER) -> list[Bottom]:
    """Find the attempts of all views, each once, in order of time."""
    times_s = sorted(one.bottom_s + view.offset.offset_s for view in views for one in view.judgement.attempts)
    groups: list[list[float]] = []
    for time_s in times_s:
        if groups and time_s - groups[-1][0] <= settings.same_bottom_s:
            groups[-1].append(time_s)
        else:
            groups.append([time_s])
    return [_bottom(views, float(np.mean(one)), settings) for one in groups]


def _bottom(views: Sequence[View], bottom_s: float, settings: Together) -> Bottom:
    attempts: dict[int, AttemptJudgement] = {}
    seen: dict[int, SeenLegs] = {}
    for place, view in enumerate(views):
        number = view.attempt_at(bottom_s, settings.same_bottom_s)
        if number is None:
            continue
        one = attempts[place] = view.judgement.attempts[number]
        if one.sighted is not None and not is_hindered(one):
            seen[place] = seen_legs(one.sighted)
    moments = np.array(
        [
            np.array([one.start_s, one.bottom_s, one.end_s]) + views[place].offset.offset_s
            for place, one in attempts.items()
        ]
    )
    start_s, at_s, end_s = (float(one) for one in moments.mean(axis=0))
    return Bottom(start_s, at_s, end_s, attempts, seen)


def is_hindered(one: AttemptJudgement) -> bool:
    """Whether a view says that it does not show the attempt, although its method has a number: legs are not its own."""
    measured = one.measurements.get(one.depth.method)
    return one.verdict == "not_judgeable" and measured is not None and measured.cm is not None
