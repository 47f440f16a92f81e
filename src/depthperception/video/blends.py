"""Cross-fades: shots that turn into the next over many frames, none of which is a cut.

A picture between is a part of the one before and the rest of the one after, the same part everywhere. Two things tell
it from a camera that moves on: little is left that the two pictures do not explain, and it is paler than either, for
light and dark of two shots that have nothing to do with each other meet.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from depthperception.types import FloatArray
from depthperception.video.thumbnails import PARTS, Look, change, levels_of, showing

LENGTHS_S = (0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.4, 2.0)
"""Between the pictures that are compared: one of these is within a fifth of any cross-fade's length, or of a part of it
that is long enough to tell."""

FULL = 0.7
"""Of such a length, from which on frames so far apart stand for it: frames do not come at every time."""

EVERY_S = 0.1
"""Time between the pictures with which a cross-fade may end."""

LEAST_PARTS = 3 * PARTS**2 // 4
"""Of the picture that show anything. Before a plain wall all that changes is somebody's own way, and who fills the
picture's height is in half of its parts."""

MIXED = (0.25, 0.75)
"""Shares of the later picture in one that is surely a mixture of both."""

MOST_LEFT = 0.06
"""Of the square of the difference of two pictures, that they do not explain of a mixture of them: its shots go on
meanwhile. What moved without a cut in 46 real films left .06 and more, but for somebody before a plain wall."""

LEAST_PALER = 0.7
"""Of what a mixture loses of its contrast. What moves on keeps its contrast: of what was explained best
in each of the same films none lost more than .3 with less than .09 left, and two with that lost .6 and .9."""

PURE = 0.1
"""Share of the other shot up to which a picture is of one shot."""

BESIDE_S = 1.0
"""Findings this near to each other are of one cross-fade: no shot is as short."""


@dataclass(frozen=True)
class Blend:
    """A cross-fade: its last frame before and its first frame after in which one shot is seen, and their difference."""

    start_s: float
    end_s: float
    changed: float


@dataclass(eq=False)
class BlendWatch:
    """Looks at the thumbnails of a film's frames in order of time.

    Parameters
    ----------
    least_change
        Of the pictures before and after.
    """

    least_change: float
    _recent: deque[tuple[float, Look]] = field(default_factory=deque)
    _found: list[Blend] = field(default_factory=list)
    _last_s: float = -np.inf

    def see(self, time_s: float, look: Look) -> None:
        """Show the next frame that shows anything."""
        self._recent.append((time_s, look))
        while self._recent[0][0] < time_s - LENGTHS_S[-1]:
            self._recent.popleft()
        if time_s - self._last_s < EVERY_S:
            return
        self._last_s = time_s
        times_s = np.array([seen_s for seen_s, _ in self._recent])
        for length_s in LENGTHS_S:
            first = int(np.searchsorted(times_s, time_s - length_s))
            if len(times_s) - first > 2 and time_s - times_s[first] >= FULL * length_s:
                self._compare(times_s[first:], [seen for _, seen in list(self._recent)[first:]])

    def finish(self) -> tuple[Blend, ...]:
        """Say what was seen, in order of time: of findings beside each other that which differs most."""
        kept: list[Blend] = []
        for one in sorted(self._found, key=lambda found: -found.changed):
            if all(one.end_s + BESIDE_S < other.start_s or other.end_s + BESIDE_S < one.start_s for other in kept):
                kept.append(one)
        return tuple(sorted(kept, key=lambda found: found.start_s))

    def _compare(self, times_s: FloatArray, looks: Sequence[Look]) -> None:
        changed = change(looks[0], looks[-1])
        shares = shares_of(looks) if changed >= self.least_change else None
        if shares is not None:
            start, end = int(np.flatnonzero(shares <= PURE)[-1]), int(np.argmax(shares >= 1.0 - PURE))
            self._found.append(Blend(float(times_s[start]), float(times_s[end]), changed))


def shares_of(looks: Sequence[Look]) -> FloatArray | None:
    """Share (n,) of the last picture in each, 0 in the first and 1 in the last; None where they are no mixtures."""
    before, after = levels_of(looks[0]), levels_of(looks[-1])
    way = after - before
    squares = np.einsum("ij,ij->i", way, way)
    shown = showing(looks[0], looks[-1]) & (squares > 0.0)
    if shown.sum() < LEAST_PARTS:
        return None
    between = np.array([levels_of(look)[shown] for look in looks[1:-1]])
    before, after, way, squares = before[shown], after[shown], way[shown], squares[shown]
    shares = np.median(np.einsum("nij,ij->ni", between - before, way) / squares, axis=1)
    mixed = (shares > MIXED[0]) & (shares < MIXED[1])
    if not mixed.any():
        return None
    one_way = np.searchsorted(MIXED, shares)
    if (np.diff(one_way) < 0).any():
        return None
    share = shares[mixed, None]
    left = between[mixed] - before - share[..., None] * way
    paler = (1.0 - share) * _square(before) + share * _square(after) - _square(between[mixed])
    unexplained = np.median(_square(left) / squares, axis=1)
    loss = np.median(paler / (share * (1.0 - share) * squares), axis=1)
    if np.median(unexplained) > MOST_LEFT or np.median(loss) < LEAST_PALER:
        return None
    return np.concatenate([[0.0], shares, [1.0]])


def _square(levels: FloatArray) -> FloatArray:
    return np.asarray(np.square(levels).sum(axis=-1))
