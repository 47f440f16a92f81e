"""What was found in the shots, turns and pieces of one film, put together; who made each attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

import numpy as np

from depthperception.capture.footage import feet_stay
from depthperception.capture.pace import is_slow
from depthperception.capture.replays import Shown, replay_notes
from depthperception.case import Case
from depthperception.examination import Examination
from depthperception.geometry.roi import box_iou
from depthperception.people import PersonTrack, colours_apart
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement, AttemptLifter, Judgement, Lifter
from depthperception.shots import AT_CUT_S, cuts_note, join, main_shot, turns_note
from depthperception.video_facts import Part, Span, VideoFacts

SEAM_S, SEAM_IOU = 1.0, 0.3
"""Two people are one where a film was divided without a cut: seen this soon before and after, with boxes that overlap
as much; a man who walks across is another box a second later, and then he is another lifter."""

SAME_CLOTHES, SAME_HEIGHT = 0.03, 0.04
"""Two people are one across a cut when their clothes differ by this part of black and white and their heights in the
picture by this share. Half of 2741 sightings on renders are within .01 of their track's own colours; of 148 pairs of
people in one picture half differ by .14 or more, and people's statures by 4 % (sd). Whom a camera shows from elsewhere
after a cut is taken for somebody else."""


@dataclass(frozen=True)
class Found:
    """What was found in one shot, or turn, of one piece of a film.

    Attributes
    ----------
    examination
        As if it were a whole video.
    span_s
        From its first frame to its last.
    repeated
        Part of its frames that only repeat the one before.
    piece
        Which of the film's pieces it is in; the people of a piece have their numbers together.
    after_cut
        Whether it begins with a cut: not where another lifter's turn begins, or the next piece.
    """

    examination: Examination
    span_s: Span
    repeated: float
    piece: int
    after_cut: bool

    @property
    def person(self) -> PersonTrack | None:
        """The one who was judged."""
        found = self.examination
        return None if found.chosen is None else found.people[found.chosen]


def found_in(case: Case, examination: Examination, piece: int = 0) -> Found:
    """Keep of a shot's case what the film needs of it, and not its pictures."""
    after_cut = case.span_s[0] in case.seen.editing.cuts_s
    return Found(of_lifter(examination, 1), case.span_s, case.repeated, piece, after_cut)


def of_lifter(found: Examination, number: int) -> Examination:
    """Say of the attempts of somebody who was judged by himself which of the film's lifters made them."""
    if found.chosen is None:
        return found
    person = found.people[found.chosen]
    attempts = tuple(
        replace(one, lifter=AttemptLifter(number, found.chosen + 1, _box_at(person, one.start_s)))
        for one in found.judgement.attempts
    )
    return replace(found, judgement=replace(found.judgement, attempts=attempts))


def squats_on_feet(found: Examination) -> bool:
    """Whether there is an attempt in which the feet stay while the hips come down, as none of somebody lying has."""
    return any(feet_stay(found.track.between(one.start_s, one.end_s)) for one in found.judgement.attempts)


def together(parts: Sequence[Found], *, asked_part: bool = False) -> Examination:
    """Put the shots of a film together; one that is not divided is as it was.

    Parameters
    ----------
    parts
        In order of time.
    asked_part
        Whether somebody asked for a part of the film.
    """
    if len(parts) == 1:
        return parts[0].examination
    before, numbers = _people_before(parts), _lifters(parts)
    judgements = [_renumbered(*one) for one in zip(parts, before, numbers, strict=True)]
    joined = join([one.span_s for one in parts], judgements)
    divided = cuts_note([one.span_s[0] for one in parts if one.after_cut]), turns_note(_turns(parts))
    replays = replay_notes([_shown(parts, attempt) for attempt in joined.attempts])
    pieces = _by_piece(parts)
    main = main_shot(judgements)
    chosen = parts[main].examination.chosen
    return Examination(
        replace(
            joined,
            video=_facts([one[-1].examination.judgement.video for one in pieces], asked_part=asked_part),
            notes=(*filter(None, divided), *joined.notes, *replays),
        ),
        reduce(PoseTrack.with_finer, [one.examination.track for one in parts]),
        np.concatenate([one[0].examination.frame_times_s for one in pieces]),
        tuple(person for one in pieces for person in _people(one)),
        None if chosen is None else chosen + before[main],
        tuple(
            plates
            for one, judgement in zip(parts, judgements, strict=True)
            for attempt, plates in zip(judgement.attempts, one.examination.plates, strict=True)
            if attempt in joined.attempts
        ),
        reduce(PoseTrack.with_finer, [one.examination.close for one in parts]),
    )


def _by_piece(parts: Sequence[Found]) -> list[list[Found]]:
    return [[one for one in parts if one.piece == piece] for piece in sorted({one.piece for one in parts})]


def _people_before(parts: Sequence[Found]) -> list[int]:
    """How many people there are in the pieces before that of each."""
    counts = [len(pieces[0].examination.people) for pieces in _by_piece(parts)]
    order = sorted({one.piece for one in parts})
    return [sum(counts[: order.index(one.piece)]) for one in parts]


def _renumbered(one: Found, before: int, number: int) -> Judgement:
    """Count the people of a piece on from those of the pieces before it, and say which lifter made its attempts."""
    judgement = one.examination.judgement
    lifter = None if judgement.lifter is None else _counted_on(judgement.lifter, before)
    attempts = tuple(
        replace(attempt, lifter=replace(by, number=number, person=by.person + before))
        if (by := attempt.lifter)
        else attempt
        for attempt in judgement.attempts
    )
    return replace(judgement, lifter=lifter, attempts=attempts)


def _counted_on(lifter: Lifter, before: int) -> Lifter:
    others = tuple(replace(other, number=other.number + before) for other in lifter.others)
    return replace(lifter, number=lifter.number + before, others=others)


def _people(parts: Sequence[Found]) -> list[PersonTrack]:
    """Everyone in a piece: those who were judged as they are known then."""
    judged = {one.examination.chosen: one.person for one in parts if one.person is not None}
    return [judged.get(number) or person for number, person in enumerate(parts[0].examination.people)]


def _lifters(parts: Sequence[Found]) -> list[int]:
    """Number the lifter of each part from 1, in the order of first attempts; 0 where it has none."""
    known: list[tuple[int, Found]] = []
    numbers = []
    for one in parts:
        if one.person is None or not one.examination.judgement.attempts:
            numbers.append(0)
            continue
        same = next((number for number, other in reversed(known) if _is_same(other, one)), None)
        number = same or 1 + max((number for number, _ in known), default=0)
        known.append((number, one))
        numbers.append(number)
    return numbers


def _is_same(before: Found, after: Found) -> bool:
    """Whether two parts show one lifter: where no cut is between them by place, else by clothes and size."""
    one, other = before.person, after.person
    if one is None or other is None:
        return False
    gap_s = float(other.times_s[0] - one.times_s[-1])
    if not after.after_cut and gap_s <= SEAM_S:
        return box_iou(one.boxes_px[-1], other.boxes_px[0]) >= SEAM_IOU
    clothes = colours_apart(one.colours, other.colours, unknown=1.0)
    size = abs(float(np.log(one.height_px / other.height_px)))
    return clothes <= SAME_CLOTHES and size <= SAME_HEIGHT


def _turns(parts: Sequence[Found]) -> list[float]:
    """When lifters' turns begin that no cut begins."""
    return [one.span_s[0] for before, one in pairwise(parts) if not one.after_cut and one.piece == before.piece]


def _facts(pieces: Sequence[VideoFacts], *, asked_part: bool) -> VideoFacts:
    """Say what film it is, from what each piece of it is."""
    if len(pieces) == 1:
        return pieces[0]
    first, last = pieces[0], pieces[-1]
    part = None
    if asked_part and first.part and last.part:
        part = Part(first.part.start_s, last.part.end_s, first.part.first_frame)
    return replace(
        last,
        frames=sum(one.frames for one in pieces),
        complete=all(one.complete for one in pieces),
        gaps_s=tuple(gap for one in pieces for gap in one.gaps_s),
        part=part,
    )


def _shown(parts: Sequence[Found], attempt: AttemptJudgement) -> Shown:
    """Say how a film of several shots shows an attempt."""
    number = max(k for k, one in enumerate(parts) if one.span_s[0] <= attempt.bottom_s)
    one, found = parts[number], parts[number].examination
    track, scale = found.track.between(attempt.start_s, attempt.end_s), found.judgement.scale
    whole = attempt.stood_up and attempt.start_s - one.span_s[0] >= AT_CUT_S
    slowed = one.repeated > 0.0 or (scale is not None and is_slow(track, scale.cm_per_px))
    return Shown(number, track, whole, slowed)


def _box_at(person: PersonTrack, time_s: float) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(value) for value in person.box_at(time_s))
    return x0, y0, x1, y1
