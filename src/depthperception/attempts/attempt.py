"""What an attempt is: a descent, what came of it, and what may keep it from being judged."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Doubt: TypeAlias = Literal["begins", "ends", "jumps", "unseen"]
"""Why an attempt cannot be judged whatever its bottom looks like; `ruling.rule` has the sentences.

begins: the film begins inside the descent, or after it. ends: it ends before the bottom is seen to be one. jumps: it is
cut or sped up in the descent. unseen: the lifter is hidden standing or at the bottom.
"""


@dataclass(frozen=True)
class Attempt:
    """One descent and what came of it. Times in s of presentation time.

    Attributes
    ----------
    start_s, bottom_s, end_s
        When the knees unlock, when the hips are lowest, when he stands again.
    stood_up
        Whether he does.
    stood_before
        He is seen standing before the descent; else the video begins inside of it.
    doubt
        Why it cannot be judged; None where nothing speaks against it.
    """

    start_s: float
    bottom_s: float
    end_s: float
    stood_up: bool
    stood_before: bool = True
    doubt: Doubt | None = None

    @property
    def span_s(self) -> tuple[float, float]:
        """From and to when it lasts."""
        return self.start_s, self.end_s
