"""Judgements of the shots of one video, put together to one of the whole."""

from collections.abc import Sequence
from dataclasses import replace

from depthperception.results import Judgement, ShotJudgement, Span, Status

RANKS: tuple[Status, ...] = ("judged", "no_squat", "no_lifter", "no_person")
"""What a shot says of a video, the most telling first."""


def join(shots_s: Sequence[Span], judgements: Sequence[Judgement]) -> Judgement:
    """Put the judgements of all shots together, in order of time, as `Judgement` says.

    What is said of every shot is said once; of the others only what is said of those with attempts.

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
        if one.status == main.status
        for note in one.notes
        if note not in of_all
    ]
    attempts = tuple(attempt for one in judgements for attempt in one.attempts)
    notes = (cuts_note(shots_s), *of_all, *of_some)
    return replace(main, attempts=attempts, notes=notes, shots=tuple(shots))


def main_shot(judgements: Sequence[Judgement]) -> int:
    """Index of the shot that tells most: with the most attempts, or the best known."""
    return max(range(len(judgements)), key=lambda k: (len(judgements[k].attempts), -RANKS.index(judgements[k].status)))


def cuts_note(shots_s: Sequence[Span]) -> str:
    """Say how many shots there are, and when they begin."""
    cuts = [f"{start_s:.2f}" for start_s, _ in shots_s[1:]]
    return (
        f"The video has {len(shots_s)} shots, cut at {', '.join(cuts)} s: each is judged as a video of its own, with "
        "its own lifter, camera and scale."
    )
