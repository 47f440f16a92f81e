"""The whole way from several videos of one lift to a ruling, on one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Unpack

import numpy as np

from depthperception.errors import DataError, OptionError, path_of
from depthperception.examination import Examination
from depthperception.multiview.calibration import Calibration
from depthperception.multiview.doubts import doubts, of_one_lift
from depthperception.multiview.following import follow_closely
from depthperception.multiview.fusion import disagreement, fuse
from depthperception.multiview.legs import LegsInSpace
from depthperception.multiview.referees import lights_of
from depthperception.multiview.results import MultiviewJudgement, TogetherAttempt, ViewJudgement
from depthperception.multiview.settings import Together
from depthperception.multiview.space import Space, measure_space, stature
from depthperception.multiview.views import Bottom, View, clock_notes, common_bottoms, usable_views
from depthperception.options import Asked, Options, options_of
from depthperception.pipeline import examine
from depthperception.pose.track import PoseTrack
from depthperception.provenance import provenance
from depthperception.results import AttemptJudgement
from depthperception.rules import rule_book
from depthperception.ruling.rule import rule
from depthperception.types import Progress, silent
from depthperception.video import probe


@dataclass(frozen=True, eq=False)
class TogetherExamination:
    """A judgement of several views and what it rests on, for drawing and for export.

    Attributes
    ----------
    judgement
        What is said.
    examinations
        Of each view by itself.
    views
        Those that are used, with their clocks.
    space
        What they show in space; None where fewer than two can be used.
    """

    judgement: MultiviewJudgement
    examinations: tuple[Examination, ...]
    views: tuple[View, ...]
    space: Space | None = None


def judge_together(
    paths: Sequence[str | PathLike[str]],
    options: Options | None = None,
    *,
    calibration: Calibration | None = None,
    offsets_s: Sequence[float] | None = None,
    on_progress: Progress = silent,
    **asked: Unpack[Asked],
) -> MultiviewJudgement:
    """Judge one lift by several videos of it.

    Parameters
    ----------
    paths
        Two or more video files.
    options
        What is asked of each; see `Options`.
    calibration
        Of the cameras, by the videos' names or in their order; without it the lifter calibrates them.
    offsets_s
        For each video after the first what its times need to be the first one's; without it the pictures tell.
    on_progress
        Called with the name of the step and how much of it is done, 0 to 1.
    asked
        Fields of `Options` as keywords.

    Raises
    ------
    VideoError
        When a file cannot be read as a video.
    OptionError
        When an option makes no sense, there are fewer than two videos, or one is given twice.
    DataError
        When the calibration does not belong to the videos, or no two of them show the same lift at the same time.
    """
    return examine_together(
        paths, options, calibration=calibration, offsets_s=offsets_s, on_progress=on_progress, **asked
    ).judgement


def examine_together(
    paths: Sequence[str | PathLike[str]],
    options: Options | None = None,
    *,
    calibration: Calibration | None = None,
    offsets_s: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    on_progress: Progress = silent,
    **asked: Unpack[Asked],
) -> TogetherExamination:
    """Judge one lift by several videos and keep what it rests on; parameters and errors as in `judge_together`.

    `names` are what the videos are called, where their files are called otherwise.
    """
    named = [paths] if isinstance(paths, str | PathLike) else paths
    chosen, files = options_of(options, asked), [path_of(path) for path in named]
    check_videos(files, chosen, offsets_s)
    ordered = None if calibration is None else cameras_of(calibration, files)
    examinations = [
        examine(path, chosen, on_progress=_part_of(on_progress, k, len(files))) for k, path in enumerate(files)
    ]
    return put_together(examinations, chosen, calibration=ordered, offsets_s=offsets_s, names=names)


def _part_of(on_progress: Progress, number: int, count: int) -> Progress:
    return lambda step, done: on_progress(f"view {number + 1} of {count}: {step}", done)


def check_videos(files: Sequence[Path], options: Options, offsets_s: Sequence[float] | None) -> None:
    """Refuse what cannot be judged together, before anything is.

    Raises
    ------
    OptionError
        When there are fewer than two videos, one is given twice, or options belong to one video.
    VideoError
        When a file cannot be read as a video.
    """
    if len(files) < 2:
        count = len(files) or "No"
        raise OptionError(
            f"{count} video was given; expected two or more of the same lift. Judge a single one with judge."
        )
    if options.names_somebody:
        raise OptionError(
            "A person of one video was named; expected none, because each video numbers people anew. Leave it out, or "
            "judge each video alone with judge."
        )
    if offsets_s is not None and len(offsets_s) != len(files) - 1:
        raise OptionError(
            f"{len(offsets_s)} offsets were given for {len(files)} videos; expected {len(files) - 1}, one for each "
            "after the first. Give all of them or none."
        )
    hashes = [probe(path).sha256 for path in files]
    for k, one in enumerate(hashes):
        if one in hashes[:k]:
            raise OptionError(
                f"{files[k]} and {files[hashes.index(one)]} are the same file; expected films of two cameras. "
                "Leave one of them out."
            )


def cameras_of(calibration: Calibration, files: Sequence[Path]) -> Calibration:
    """Put cameras in the order of the videos: by name where every video's is one, else as they are.

    Raises
    ------
    DataError
        When there are more or fewer.
    """
    named = {one.name: one for one in calibration.cameras}
    stems = [path.stem for path in files]
    if all(stem in named for stem in stems):
        return calibration.with_cameras([named[stem] for stem in stems])
    if len(calibration.cameras) != len(files):
        names = ", ".join(named)
        raise DataError(
            f"The calibration has {len(named)} cameras ({names}) for {len(files)} videos; expected one for each, or "
            "cameras called like the videos. Give the right calibration, or name its cameras after the videos."
        )
    return calibration


def put_together(
    examinations: Sequence[Examination],
    options: Options,
    *,
    calibration: Calibration | None = None,
    offsets_s: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    follow: Callable[[Examination], PoseTrack] = follow_closely,
) -> TogetherExamination:
    """Judge one lift by videos that have been examined one by one.

    Parameters
    ----------
    examinations
        Of the videos, in their order.
    options
        What was asked of each; `options.settings.together` are the numbers by which they are put together.
    calibration
        Their cameras in their order; without it the lifter calibrates them.
    offsets_s
        As for `judge_together`.
    names
        What the videos are called, where their files are called otherwise.
    follow
        Gives the lifter's track in every frame of a view's attempts; for who has it already.

    Raises
    ------
    DataError
        When a camera was calibrated for another shape of picture, or no two films show the same lift.
    """
    settings = options.settings.together
    views, refused = usable_views(examinations, offsets_s, names=names, follow=follow, settings=settings)
    views, contradict = of_one_lift(views, settings=settings)
    refused |= contradict
    bottoms = common_bottoms(views, settings=settings)
    space = None
    if len(views) > 1 and any(len(one.seen) > 1 for one in bottoms):
        used = None if calibration is None else _of_views(calibration, views)
        space = measure_space(views, bottoms, used, settings=settings)
    trusted = space is not None and space.facts.reason is None
    legs = space.legs if space and trusted else (None,) * len(bottoms)
    attempts = tuple(
        _attempt(views, len(examinations), bottom, one, options, settings)
        for bottom, one in zip(bottoms, legs, strict=True)
    )
    notes = [*clock_notes(views, settings=settings), *filter(None, [space.facts.reason if space else None])]
    notes += doubts(views, bottoms, space.facts if space else None, settings=settings)
    judgement = MultiviewJudgement(
        _views(examinations, names, views, refused, space),
        space.facts if space else None,
        attempts,
        tuple(notes),
        provenance(options.to_dict()),
    )
    return TogetherExamination(judgement, tuple(examinations), tuple(views), space)


def _of_views(calibration: Calibration, views: Sequence[View]) -> Calibration:
    """Keep the cameras of the views that are used, for pictures of their size."""
    videos = [view.judgement.video for view in views]
    return calibration.with_cameras(
        [
            calibration.cameras[view.number].of_size(video.width, video.height)
            for view, video in zip(views, videos, strict=True)
        ]
    )


def _views(
    examinations: Sequence[Examination],
    names: Sequence[str] | None,
    views: Sequence[View],
    refused: Mapping[int, str],
    space: Space | None,
) -> tuple[ViewJudgement, ...]:
    """Say of each view what it says, and whether and how it is used."""
    place_of = {view.number: place for place, view in enumerate(views)}
    said = []
    for number, one in enumerate(examinations):
        place = place_of.get(number)
        offset = None if place is None else views[place].offset
        off_px = None if place is None or space is None else float(np.nanmedian(space.track.misfit_px[place]))
        own = one.judgement
        if names is not None:
            own = replace(own, video=replace(own.video, path=names[number]))
        said.append(ViewJudgement(own, place is not None, refused.get(number), offset, off_px))
    return tuple(said)


def _attempt(
    views: Sequence[View],
    count: int,
    bottom: Bottom,
    legs: LegsInSpace | None,
    options: Options,
    settings: Together,
) -> TogetherAttempt:
    """Rule on one attempt: by all views together, or where that cannot be by the surest of them alone."""
    of_views: list[int | None] = [None] * count
    misfit: list[float | None] = [None] * count
    for place, one in bottom.attempts.items():
        view = views[place]
        of_views[view.number] = view.judgement.attempts.index(one)
    if legs is not None:
        for place, off in zip(sorted(bottom.seen), legs.view_misfit, strict=True):
            misfit[views[place].number] = float(off)
        reading = fuse(legs, [one.depth for one in bottom.attempts.values()], stature(views)[0], settings=settings)
        ruling = rule(reading, None, options.sure, _limit(legs, settings))
        verdict, reason, depth = ruling.verdict, ruling.reason, ruling.depth
    else:
        best = surest(list(bottom.attempts.values()))
        verdict, reason, depth = best.verdict, best.reason, best.depth
    lights, lift = lights_of(
        {view.number: view.judgement for view in views},
        {views[place].number: one for place, one in bottom.attempts.items()},
        rule_book(options.rules).whites_to_pass,
    )
    return TogetherAttempt(
        start_s=bottom.start_s,
        bottom_s=bottom.bottom_s,
        end_s=bottom.end_s,
        of_views=tuple(of_views),
        verdict=verdict,
        reason=reason,
        depth=depth,
        legs_cm=None if legs is None else legs.mean_cm,
        legs_sd_cm=None if legs is None else legs.mean_sd_cm,
        misfit_sd=tuple(misfit),
        lights=lights,
        lift=lift,
    )


def _limit(legs: LegsInSpace, settings: Together) -> str | None:
    """Say that the views do not agree well, where they do not."""
    if disagreement(legs, settings) < settings.much_disagreement:
        return None
    return "The views do not agree well: one may see the legs wrongly, or the cameras are not where they should be."


def surest(attempts: Sequence[AttemptJudgement]) -> AttemptJudgement:
    """Choose the attempt with the narrowest interval among those of several views; any where none has a number."""

    def width_cm(one: AttemptJudgement) -> float:
        return np.inf if one.depth.interval90_cm is None else float(np.ptp(one.depth.interval90_cm))

    return min(attempts, key=width_cm)
