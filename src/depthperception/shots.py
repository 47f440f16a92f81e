"""Judgements of the shots of one video, put together to one of the whole."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from depthperception.results import AttemptJudgement, Judgement, ShotJudgement, Status
from depthperception.ruling.rule import MAY_HIDE_SQUATS
from depthperception.video_facts import Span

AT_CUT_S = 0.2
"""An attempt that begins or ends this near to a cut is cut off by it: a look of the coarse pass and half the next."""

RANKS: tuple[Status, ...] = ("judged", "no_squat", "no_lifter", "no_person")
"""What a shot says of a video, the most telling first."""


def join(shots_s: Sequence[Span], judgements: Sequence[Judgement]) -> Judgement:
    """Put the judgements of all shots together, in order of time, as `Judgement` says.

    What is said of every shot is said once; of the others what is said of those with attempts, and where there are
    some, why a shot without may hide one.

    Parameters
    ----------
    shots_s
        First and last frame of each.
    judgements
        One of each, as if it were the whole video.
    """
    main = judgements[main_shot(judgements)]
    shots = [
        ShotJudgement(*span_s, one.status, one.reason, one.camera, one.scale, one.lifter)
        for span_s, one in zip(shots_s, judgements, strict=True)
    ]
    of_all = [note for note in main.notes if all(note in one.notes for one in judgements)]
    of_some = [
        f"{start_s:.2f} to {end_s:.2f} s: {note}"
        for (start_s, end_s), one in zip(shots_s, judgements, strict=True)
        for note in _said(one, main.status)
        if note not in of_all
    ]
    attempts = _without_halves(shots_s, [one.attempts for one in judgements])
    return replace(main, attempts=attempts, notes=(*of_all, *of_some), shots=tuple(shots))


def _said(shot: Judgement, told: Status) -> tuple[str, ...]:
    """Say of a shot what counts beside the one that tells most, of which `told` is known."""
    if shot.status == told:
        return shot.notes
    hides = shot.status == "no_lifter" or shot.reason in MAY_HIDE_SQUATS
    return (shot.reason,) if told == "judged" and hides and shot.reason else ()


def _without_halves(
    shots_s: Sequence[Span], attempts: Sequence[tuple[AttemptJudgement, ...]]
) -> tuple[AttemptJudgement, ...]:
    """Leave out attempts that end with their shot where the next shot begins inside one: that one shows the bottom."""
    kept = [list(of_shot) for of_shot in attempts]
    for k, (before, after) in enumerate(pairwise(attempts)):
        cut_off = before and not before[-1].stood_up and shots_s[k][1] - before[-1].end_s < AT_CUT_S
        if cut_off and after and after[0].start_s - shots_s[k + 1][0] < AT_CUT_S:
            kept[k].pop()
    return tuple(one for of_shot in kept for one in of_shot)


def main_shot(judgements: Sequence[Judgement]) -> int:
    """Index of the shot that tells most: with the most attempts, or the best known."""
    return max(range(len(judgements)), key=lambda k: (len(judgements[k].attempts), -RANKS.index(judgements[k].status)))


def turns_note(turns_s: Sequence[float]) -> str | None:
    """Say when the next lifters' turns begin where nothing is cut; None where there is none."""
    if not turns_s:
        return None
    starts = ", ".join(f"{time_s:.2f}" for time_s in turns_s)
    return (
        f"Lifters take turns: the next one's begins at {starts} s. Each is judged as in a video of their own, "
        "with their own camera and scale."
    )


def cuts_note(cuts_s: Sequence[float]) -> str | None:
    """Say how many shots there are, and when they begin; None where the video is one."""
    if not cuts_s:
        return None
    cuts = [f"{time_s:.2f}" for time_s in cuts_s]
    return (
        f"The video has {len(cuts_s) + 1} shots, cut at {', '.join(cuts)} s: each is judged as a video of its own, "
        "with its own lifter, camera and scale."
    )
