"""What was done to a film after it was taken: cuts, pictures that are repeated, pictures that stand still.

All of it is told from a thumbnail of every frame. A cut is a change of most of the picture at once, out of proportion
to those before and after it, that is not undone at once as a flash or a passer-by is; or a cross-fade.
"""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from depthperception.types import BoolArray, FloatArray, Picture
from depthperception.video.blends import BlendWatch
from depthperception.video.thumbnails import Look, change, look_at

LEAST_CHANGE = 0.55
"""Of a cut. Of 729 pairs of pictures of one rendered gym from other sides 12 in a thousand differ by less, of 1035
pairs of different real films 5; a picture and the same 1.3 times nearer differ by .8 (median of 46), by 1.2 times .56:
every other such cut is passed over. Subtitles that appear, players' controls and insets change a film by .2 at most, a
still of somebody who fills the picture another still of him by .53."""

STANDS_OUT = 1.4
"""Times by which a cut differs more than its neighbours. A camera that whips round changes all of the picture too, and
goes on: its largest change is 1.2 times the next."""

NEIGHBOURS_S = 0.25
"""So far before and after a cut others are looked at: a film of five pictures a second has one there."""

UNDONE_S = 0.2
"""What is as before within this time was a flash or a hand before the lens."""

LEAST_MOTION = 0.1
"""Mean change of grey levels from frame to frame from which on something moves."""

REPEATS = 0.1
"""A picture that differs from the one before by less than this part of the changes on either side is repeated: nobody
stops from one frame to the next. Of 46 films 2 have a fifth of their pictures repeated so (24 a second in a file of
30), the others none, or up to a fourteenth, where a recorder dropped some."""

FREEZES_S = 0.5
"""Pictures repeated for so long are a still: no camera is as slow."""

STILL = 0.02
"""Grey levels by which a still changes at most: it is one picture, coded again and again."""

LEAST_SHARE, LEAST_REPEATS = 0.125, 8
"""Of the pictures that move, from which on the film has fewer a second than its frames: 25 in a file of 30 are a
sixth."""


@dataclass(frozen=True)
class Editing:
    """What was done to a film.

    Attributes
    ----------
    cuts_s
        Times of the first frames after cuts and cross-fades.
    repeated
        Of each shot the part of the pictures, where something moves, that only repeat the one before; 0 where none do
        but for chance.
    stills_s
        From and to which the picture stands still, between pictures that move.
    fades_s
        Of each cross-fade the last frame before and the first after in which one shot is seen; the latter is a cut.
    """

    cuts_s: tuple[float, ...] = ()
    repeated: tuple[float, ...] = (0.0,)
    stills_s: tuple[tuple[float, float], ...] = ()
    fades_s: tuple[tuple[float, float], ...] = ()

    def shot_ends(self, cut_s: float) -> float:
        """Time before which the shot before a cut ends: that of the cut, or when the cross-fade begins."""
        return next((float(np.nextafter(start_s, cut_s)) for start_s, end_s in self.fades_s if end_s == cut_s), cut_s)


@dataclass
class _Jump:
    """A change that may be a cut: which it is in the order of changes, what was seen before, and how much is undone."""

    number: int
    time_s: float
    before: tuple[Look, ...]
    least_across: float


@dataclass(eq=False)
class EditingWatch:
    """Looks at the thumbnails of a film's frames in order of time."""

    _times_s: list[float] = field(default_factory=list)
    _motions: list[float] = field(default_factory=list)
    _seen_s: list[float] = field(default_factory=list)
    _changes: list[float] = field(default_factory=list)
    _jumps: list[_Jump] = field(default_factory=list)
    _recent: deque[tuple[float, Look]] = field(default_factory=deque)
    _blends: BlendWatch = field(default_factory=lambda: BlendWatch(LEAST_CHANGE))
    _last: Picture | None = None

    def offer(self, time_s: float, thumbnail: Picture) -> None:
        """Show the next frame's thumbnail. Frames of one colour are passed over where cuts are sought."""
        last, self._last = self._last, thumbnail
        self._times_s.append(time_s)
        self._motions.append(0.0 if last is None else cv2.norm(thumbnail, last, cv2.NORM_L1) / last.size)
        look = look_at(thumbnail)
        if look.shows:
            self._see(time_s, look)

    def finish(self) -> Editing:
        """Say what was seen, once all frames were shown."""
        fades_s = tuple((one.start_s, one.end_s) for one in self._blends.finish())
        jumps_s = (jump.time_s for jump in self._jumps if self._is_cut(jump))
        at_once_s = (one for one in jumps_s if not any(start_s <= one <= end_s for start_s, end_s in fades_s))
        cuts_s = tuple(sorted((*at_once_s, *(end_s for _, end_s in fades_s))))
        times_s, motions = np.array(self._times_s), np.array(self._motions)
        motions[np.isin(times_s, cuts_s)] = np.inf  # beside a cut everything seems to stand still
        repeats, stills = np.zeros(len(times_s), bool), []
        for first, last in _repeated(motions):
            if times_s[last] - times_s[first - 1] < FREEZES_S:
                repeats[first:last] = True
            elif motions[first:last].max() <= STILL:
                stills.append((float(times_s[first - 1]), float(times_s[last])))
        shots = np.split(np.arange(len(times_s)), np.searchsorted(times_s, cuts_s))
        shares = tuple(_share(repeats[shot], motions[shot] >= LEAST_MOTION) for shot in shots)
        return Editing(cuts_s, shares, tuple(stills), fades_s)

    def _see(self, time_s: float, look: Look) -> None:
        self._blends.see(time_s, look)
        for jump in reversed(self._jumps):
            if time_s - jump.time_s > UNDONE_S:
                break
            jump.least_across = min(jump.least_across, *(change(one, look) for one in jump.before))
        if self._recent:
            last_s, last = self._recent[-1]
            changed = change(last, look)
            if changed >= LEAST_CHANGE:
                before = tuple(one for seen_s, one in self._recent if seen_s >= last_s - UNDONE_S)
                across = min(change(one, look) for one in before)
                self._jumps.append(_Jump(len(self._changes), time_s, before, across))
            self._changes.append(changed)
            self._seen_s.append(time_s)
        self._recent.append((time_s, look))
        while self._recent[0][0] < time_s - UNDONE_S and len(self._recent) > 1:
            self._recent.popleft()

    def _is_cut(self, jump: _Jump) -> bool:
        if jump.least_across < LEAST_CHANGE:
            return False
        near = np.searchsorted(self._seen_s, [jump.time_s - NEIGHBOURS_S, jump.time_s + NEIGHBOURS_S]).tolist()
        others = (self._changes[number] for number in range(*near) if number != jump.number)
        return self._changes[jump.number] >= STANDS_OUT * max(others, default=0.0)


def _share(repeats: BoolArray, moves: BoolArray) -> float:
    """Part of the pictures of a shot that are repeated, where it is more than chance."""
    count = int(repeats.sum())
    share = count / max(1, count + int(moves.sum()))
    return share if share >= LEAST_SHARE and count >= LEAST_REPEATS else 0.0


def _repeated(motions: FloatArray) -> list[tuple[int, int]]:
    """Runs (first, one past the last) of frames that hardly change between two that do."""
    moves = np.flatnonzero(motions >= LEAST_MOTION)
    return [
        (int(before) + 1, int(after))
        for before, after in pairwise(moves)
        if after > before + 1
        and np.isfinite(motions[[before, after]]).all()
        and motions[before + 1 : after].max() < REPEATS * min(motions[before], motions[after])
    ]
