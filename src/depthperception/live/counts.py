"""What became of the pictures of a feed."""

from dataclasses import dataclass


@dataclass
class Counts:
    """What became of the pictures.

    Attributes
    ----------
    frames, looked
        That came, and in which everyone was looked for.
    missed
        That were due to be looked at and came while earlier ones still were; the film has them all the same.
    gaps
        Places where the camera left pictures out, or the film was damaged.
    squats, attempts, not_judged
        How often somebody went down and stood again, how many attempts were ruled on, and how many squats had to be
        given up, because too many waited or their film cannot be read.
    without_bar
        Attempts whose bar was left out, because others waited.
    """

    frames: int = 0
    looked: int = 0
    missed: int = 0
    gaps: int = 0
    squats: int = 0
    attempts: int = 0
    not_judged: int = 0
    without_bar: int = 0

    def sentence(self) -> str:
        """Say it in words: nothing is left out silently."""
        return (
            f"{self.frames} frames came, everyone was looked for in {self.looked}; {self.missed} frames that were due "
            f"could not be looked at, {self.gaps} gaps in what the camera sent. Somebody went down and up "
            f"{self.squats} times, {self.attempts} attempts were judged, {self.not_judged} had to be given up."
            + (
                f" Judging fell behind: {self.without_bar} of them were judged without their bar, to catch up; "
                "judge measures it from the kept film."
                if self.without_bar
                else ""
            )
        )
