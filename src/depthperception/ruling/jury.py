"""What several people who read one attempt independently say together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from depthperception.results import Verdict


@dataclass(frozen=True)
class Tally:
    """The readings of one attempt together.

    Attributes
    ----------
    count
        How many there are.
    mean_cm
        Positive when the crease is below the top of the knee.
    spread_cm
        From the shallowest to the deepest.
    majority
        The verdict of more than half of them; None where no verdict has so many.
    """

    count: int
    mean_cm: float
    spread_cm: float
    majority: Verdict | None


def tally(readings: Sequence[tuple[float, Verdict]]) -> Tally | None:
    """Put depths (cm) and verdicts together; None where there are fewer than two."""
    if len(readings) < 2:
        return None
    depths = [cm for cm, _ in readings]
    verdict, votes = Counter(verdict for _, verdict in readings).most_common(1)[0]
    majority = verdict if 2 * votes > len(readings) else None
    return Tally(len(readings), round(fmean(depths), 4), round(max(depths) - min(depths), 4), majority)
