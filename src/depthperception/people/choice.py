"""Who was chosen, from whom, and how that is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from depthperception.people.lifting_cues import LiftingCues
from depthperception.people.settings import SELECTION
from depthperception.people.tracking import PersonTrack
from depthperception.results import ChosenBy, Kind

CLEARLY = 0.6
"""A mark is named as a reason from here on."""

BUT_FOR_A_MOMENT = "Somebody is seen, but for a moment only: film the whole lift, from standing to standing."
"""Where nobody can be seen to lift, as in a film of one picture."""

CENTRE_WORDS = "This box is the centremost in the first picture that shows anybody, as the report has it."


@dataclass(frozen=True)
class Candidate:
    """One of the people: the number that the overlay shows, what he is, and what speaks for him.

    The score of a reflection or a picture counts `no_person` times.
    """

    number: int
    kind: Kind
    lifting_cues: LiftingCues
    lasts: bool = True
    bar: float = 1.0
    no_person: float = SELECTION.no_person

    @property
    def score(self) -> float:
        """How surely this one lifts, 0 to 1: a ghost never, what is no person only where there is nobody else."""
        counts = 1.0 if self.kind == "person" else self.no_person
        return float(self.lasts) * self.lifting_cues.score * self.bar * counts


@dataclass(frozen=True)
class Choice:
    """Who is judged.

    Attributes
    ----------
    number
        Of the lifter, from 1; None where there is nobody, or nobody stands out.
    chosen_by
        The rule that chose.
    why
        In one sentence.
    candidates
        Everyone, in order of their numbers.
    lifters
        Numbers of all who seem to lift, the surest first.
    sure
        Score of the lifter below which the choice is said to be unsure.
    beside
        Whether anybody else is there while the lifter is: who is alone is chosen however unsure he is.
    """

    number: int | None
    chosen_by: ChosenBy
    why: str
    candidates: tuple[Candidate, ...]
    lifters: tuple[int, ...] = ()
    sure: float = SELECTION.sure
    beside: bool = True

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody should know who did not say whom to judge."""
        if self.number is None or self.chosen_by != "auto":
            return ()
        notes = []
        if self.unsure(self.sure):
            notes.append(
                f"It is not clear who lifts: person {self.number} was judged, with little that speaks for it. Choose "
                "with --lifter if the overlay shows somebody else."
            )
        also = [f"{number}" for number in self.lifters if number != self.number]
        if also:
            who = f"Person {also[0]} seems" if len(also) == 1 else f"People {', '.join(also)} seem"
            notes.append(
                f"{who} to lift as well; person {self.number} was judged. Choose with --lifter, or --all-lifters."
            )
        return tuple(notes)

    @property
    def passing(self) -> bool:
        """Whether somebody is there, though for too short a time to lift."""
        return not self.lifters and any(one.lasts for one in self.candidates)

    def unsure(self, score: float) -> bool:
        """Whether he who lifts most surely has a lower score, and somebody else is there."""
        there = sum(one.lasts for one in self.candidates)
        return self.beside and there > 1 and max(one.score for one in self.candidates) < score

    def rivals(self, tracks: Sequence[PersonTrack], least: float) -> tuple[int, ...]:
        """Numbers of the surest one and of all beside him at least that part as tall; none where he is alone.

        Parameters
        ----------
        tracks
            Those that were chosen from.
        least
            Part of his height.
        """
        if not self.lifters or not self.beside:
            return ()
        tall_px = least * tracks[self.lifters[0] - 1].height_px
        there = (one for one in self.candidates if one.lasts)
        found = tuple(one.number for one in there if tracks[one.number - 1].height_px >= tall_px)
        return found if len(found) > 1 else ()

    def others(self, tracks: Sequence[PersonTrack]) -> tuple[PersonTrack, ...]:
        """Everyone but the lifter and ghosts, of the tracks that were chosen from; and whoever was taken for him."""
        there = [tracks[one.number - 1] for one in self.candidates if one.lasts and one.number != self.number]
        astray = None if self.number is None else tracks[self.number - 1].astray
        return (*there, astray) if astray else tuple(there)

    def each_lifter(self) -> tuple["Choice", ...]:
        """One choice for each who seems to lift."""
        return tuple(
            replace(self, number=number, why=why_of(self.candidates, number), lifters=(number,))
            for number in self.lifters
        )


def undecided(equals: tuple[int, ...]) -> str:
    """Say that some are as likely as each other."""
    named = ", ".join(f"{number}" for number in sorted(equals))
    return (
        f"{len(equals)} people look alike as lifters (persons {named}); expected one who stands out. Choose one with "
        "--lifter, or film nearer."
    )


def went_before(number: int, hidden: int) -> str:
    """Say that somebody went before another and hides him."""
    return (
        f"Person {number} seems to be a spotter: person {hidden} went in front and is hidden meanwhile. "
        "Film from where nobody hides the lifter, or choose with --lifter."
    )


def unclear(surest: Candidate) -> str:
    """Say that nobody stands out."""
    return (
        f"Nobody is clearly seen to lift: most speaks for person {surest.number}, and that is little. "
        "Choose one with --lifter, or film from where nobody hides the lifter."
    )


def why_of(candidates: tuple[Candidate, ...], number: int) -> str:
    """Say in a sentence what speaks for him, and who comes next."""
    chosen = candidates[number - 1]
    others = sorted((one for one in candidates if one is not chosen and one.lasts), key=lambda one: -one.score)
    if not others:
        return "There is nobody else."
    lifting_cues = chosen.lifting_cues
    said = [f"Hips fall by {100 * lifting_cues.travel:.0f} % of the height"]
    said += ["hands at the shoulders"] if lifting_cues.hands >= CLEARLY else []
    said += ["what is beside the shoulders goes with them"] if (lifting_cues.carries or 0.0) >= CLEARLY else []
    said += ["stands between the plates"] if (lifting_cues.between or 0.0) >= CLEARLY else []
    said += ["in the middle of the picture"] if lifting_cues.central >= CLEARLY else []
    said += ["the tallest"] if lifting_cues.large >= 1.0 else []
    return f"{', '.join(said)}. {_next_words(chosen, others[0])}"


def _next_words(chosen: Candidate, best: Candidate) -> str:
    """Say how far behind the next one is."""
    if best.score > chosen.score:
        return f"More speaks for person {best.number}."
    share = "More" if best.score > 0.5 * chosen.score else "Less"
    return f"{share} than half as much speaks for person {best.number}, who comes next."
