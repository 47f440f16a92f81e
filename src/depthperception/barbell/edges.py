"""Edges that run along an outline: what tells a plate from everything else in the picture.

The picture round a plate is squeezed so that its ellipse becomes a circle. Each pixel then votes, for each of sixteen
directions, whether an edge runs across that direction there: for, against, or (in flat parts) hardly at all.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.barbell.projection import PlateView
from depthperception.barbell.settings import EDGES, EdgeVotes
from depthperception.types import BoolArray, FloatArray, IntArray, Picture

DIRECTIONS = 16

ACROSS = 0.5
"""A gradient votes for an outline when more than this part of its energy is across it: chance gives one half."""

LEAST_SQUEEZE = 0.5
"""Ellipses thinner than this are not stretched further: there is nothing more to see in them."""

POINTS = 48
"""Along an outline: a step of 3 cm round a big plate."""


LEAST_SHOWN = 0.5
"""Part of an outline that the picture shows, as for the fit of the camera: with less, the mean is of so much all the
same, or any short edge at the picture's border would be a plate."""

BORDER_PX = 6.0
"""A patch whose corners are further inside the picture is nowhere cut off by its edge."""

KEPT = 64
"""Outlines whose points are kept: the fit of one tries five at a time, at seven moments."""


BAND_PX, REACH_PX = 192, 5
"""Rows whose slopes are computed at a time, which fit the processor's cache, and how far smoothing and slope reach."""


@dataclass(frozen=True, eq=False)
class Patch:
    """The surroundings of a plate, squeezed across.

    Attributes
    ----------
    votes : (16, h, w)
        For an edge across each direction, -1 to 1.
    to_picture : (2, 3)
        Affine from patch px to picture px.
    px_per_m
        Of the patch, along the plate's major axis.
    shown : (h, w)
        What of it is in the picture; None where all is. What the picture's edge cuts off says nothing of an outline.
    """

    votes: FloatArray
    to_picture: FloatArray
    px_per_m: float
    shown: BoolArray | None = None

    @property
    def middle_px(self) -> tuple[float, float]:
        """Of the patch, x and y."""
        _, height, width = self.votes.shape
        return width / 2, height / 2

    def in_picture(self, at_px: tuple[float, float]) -> FloatArray:
        """Point of the patch in px of the picture (2,)."""
        return np.asarray(self.to_picture @ [*at_px, 1.0])


@dataclass(frozen=True)
class Outline:
    """A stack of plates in a patch: two half ellipses, apart by the stack's width, joined by straight lines.

    Attributes
    ----------
    radius_m
        Half of the major axis.
    squash
        Minor over major axis in the squeezed patch.
    width_m
        Of the stack, across, in the squeezed patch.
    turn_rad
        Of the major axis against the patch's y axis.
    """

    radius_m: float
    squash: float = 1.0
    width_m: float = 0.0
    turn_rad: float = 0.0

    @lru_cache(maxsize=KEPT)  # noqa: B019  (outlines are values, and the same few are asked for at every moment)
    def points_m(self, count: int = POINTS) -> tuple[FloatArray, IntArray]:
        """Even points (n, 2) round the centre, and the number of each one's direction (n,)."""
        angle = np.linspace(-np.pi / 2, np.pi / 2, 61)
        half = np.column_stack(
            [self.width_m / 2 + self.squash * self.radius_m * np.cos(angle), self.radius_m * np.sin(angle)]
        )
        ring = np.vstack([half, -half, half[:1]])
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        ring = ring @ np.array([[cos, sin], [-sin, cos]])
        points, step = evenly_round(ring, count)
        normal = np.arctan2(-step[:, 0], step[:, 1]) % np.pi
        direction = np.rint(normal / np.pi * DIRECTIONS).astype(np.int64) % DIRECTIONS
        for shared in (points, direction):
            shared.setflags(write=False)
        return points, direction

    @lru_cache(maxsize=KEPT)  # noqa: B019
    def sides_last(self) -> tuple[FloatArray, IntArray, int]:
        """As `points_m`, those of top and bottom first, and how many these are."""
        points, direction = self.points_m()
        upright = _upright(direction)
        order = np.argsort(upright, kind="stable")
        return points[order], direction[order], int((~upright).sum())


def evenly_round(ring: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Go evenly round a line (m, 2) that ends where it begins: points (n, 2), and the step (n, 2) that each is on."""
    points, along, wanted = spread_round(ring, count)
    steps = np.diff(ring, axis=0)
    return points, steps[np.clip(np.searchsorted(along, wanted) - 1, 0, len(steps) - 1)]


def spread_round(ring: FloatArray, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Spread points (n, 2) evenly on a closed line (m, 2); with how far along it its own (m,) and these (n,) are."""
    x, y = (ring[1:] - ring[:-1]).T
    along = np.concatenate([[0.0], np.cumsum(np.sqrt(x * x + y * y))])
    wanted = (np.arange(count) + 0.5) * along[-1] / count
    points = np.column_stack([np.interp(wanted, along, ring[:, 0]), np.interp(wanted, along, ring[:, 1])])
    return points, along, wanted


def patch_axes(view: PlateView, squeeze: float) -> FloatArray:
    """Matrix (2, 2) from metres of a squeezed patch to px of the picture."""
    return np.column_stack([view.minor * squeeze, [-view.minor[1], view.minor[0]]]) * view.px_per_m


def cut_patch(
    rgb: Picture,
    view: PlateView,
    squeeze: float,
    half_m: tuple[float, float],
    px_per_m: float,
    *,
    reach_px: int = 0,
    settings: EdgeVotes = EDGES,
) -> Patch:
    """Cut out the surroundings of a plate.

    Parameters
    ----------
    squeeze
        Minor over major axis of what becomes a circle.
    half_m
        Half width and height of the patch; the width is after squeezing.
    px_per_m
        Of the patch.
    reach_px
        Votes for an edge spread this far, for outlines that are only nearly right.
    settings
        How pixels vote.
    """
    width, height = (2 * round(half * px_per_m) + 1 for half in half_m)
    linear = patch_axes(view, squeeze) / px_per_m
    # cv2 counts from pixel centres, everything else here from pixel corners.
    corner = view.centre_px - linear @ [width / 2, height / 2]
    to_picture = np.column_stack([linear, corner])
    to_centres = np.column_stack([linear, corner + linear @ [0.5, 0.5] - 0.5])
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    squeezed = np.asarray(cv2.warpAffine(rgb, to_centres, (width, height), flags=flags), np.uint8)
    slopes = steepest_slopes(squeezed)
    ends = to_picture @ [[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]]
    far_ends = np.array(rgb.shape[1::-1])[:, None] - ends
    if np.minimum(ends, far_ends).min() > BORDER_PX:
        return Patch(_votes(slopes, reach_px, settings), to_picture, px_per_m)
    whole = cv2.warpAffine(np.ones(rgb.shape[:2], np.uint8), to_centres, (width, height), flags=flags)
    inside = np.asarray(cv2.erode(whole, np.ones((5, 5))), np.uint8)
    votes = _votes(slopes * inside, reach_px, settings)
    if inside.all():
        return Patch(votes, to_picture, px_per_m)
    return Patch(votes * inside, to_picture, px_per_m, inside > 0)


def steepest_slopes(picture: Picture) -> NDArray[np.float32]:
    """Slopes (2, h, w) of the smoothed picture, x and y, grey levels a px, of the colour that changes most."""
    height, width = picture.shape[:2]
    found = np.empty((2, height, width), np.float32)
    for top in range(0, height, BAND_PX):
        first, foot = max(0, top - REACH_PX), top + BAND_PX
        found[:, top:foot] = _slopes_in(picture[first : foot + REACH_PX])[:, top - first : foot - first]
    return found


def _slopes_in(band: Picture) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(band.astype(np.float32), (0, 0), 1.0)
    gx, gy = (cv2.split(cv2.Sobel(smooth, cv2.CV_32F, *order)) for order in ((1, 0), (0, 1)))
    red, green, blue = (x * x + y * y for x, y in zip(gx, gy, strict=True))
    by_green, by_blue = ((one > other).view(np.uint8) for one, other in ((green, red), (blue, np.maximum(red, green))))
    found = np.empty((2, *band.shape[:2]), np.float32)
    for steepest, parts in zip(found, (gx, gy), strict=True):
        steepest[:] = parts[0]
        cv2.copyTo(parts[1], by_green, steepest)
        cv2.copyTo(parts[2], by_blue, steepest)
    found /= 8.0
    return found


def _votes(slopes: NDArray[np.float32], reach_px: int, settings: EdgeVotes) -> FloatArray:
    gx, gy = slopes
    squares = np.stack([gx * gx, gx * gy, gy * gy])
    surely = 1.0 / (squares[0] + squares[2] + settings.noise**2)
    flat = settings.flat_vote * settings.noise**2 * surely
    # Not by a matrix product: BLAS would keep every core busy over so little.
    votes = np.einsum("da,ayx->dyx", _SHARES, np.stack([*(squares * surely), flat]))
    spread = np.ones((2 * reach_px + 1, 2 * reach_px + 1))
    return np.stack([cv2.dilate(vote, spread) for vote in votes]) if reach_px else np.asarray(votes)


def _shares() -> NDArray[np.float32]:
    """What the squared slopes (xx, xy, yy) and the absence of edges add to the vote for each direction: (16, 4)."""
    cos, sin = (f(np.arange(DIRECTIONS) * np.pi / DIRECTIONS) for f in (np.cos, np.sin))
    across = np.column_stack([cos**2 - ACROSS, 2.0 * cos * sin, sin**2 - ACROSS]) / (1.0 - ACROSS)
    return np.column_stack([across, np.ones(DIRECTIONS)]).astype(np.float32)


_SHARES = _shares()


def support(patch: Patch, outline: Outline, *, settings: EdgeVotes = EDGES) -> FloatArray:
    """Mean vote (h, w) round an outline centred at each px of a patch; outside of the patch nothing votes."""
    points, directions = outline.points_m(POINTS // 2)
    steps = np.rint(points * patch.px_per_m).astype(int)
    _, height, width = patch.votes.shape
    pad = int(np.abs(steps).max()) + 1
    votes = np.pad(patch.votes, ((0, 0), (pad, pad), (pad, pad)))
    total = np.zeros((2, height, width), np.float32)
    upright = _upright(directions)
    count = np.array([max(1, (~upright).sum()), max(1, upright.sum())], np.float32)[:, None, None]
    cut = np.zeros_like(total)
    gone = None if patch.shown is None else np.pad(~patch.shown, pad).astype(np.float32)
    for (x, y), direction, part in zip(steps, directions, upright.astype(int), strict=True):
        there = slice(pad + y, pad + y + height), slice(pad + x, pad + x + width)
        total[part] += votes[(direction, *there)]
        if gone is not None:
            cut[part] += gone[there]
    top, sides = total / np.maximum(count - cut, LEAST_SHOWN * count)
    return _both(top, sides, settings.hidden)


def best_near(
    patch: Patch, outline: Outline, at_px: tuple[float, float], reach_px: int, *, settings: EdgeVotes = EDGES
) -> tuple[float, tuple[float, float]]:
    """Best mean vote of an outline whose centre is within `reach_px` of a point of the patch, and where (x, y)."""
    points, directions, ends = outline.sides_last()
    _, height, width = patch.votes.shape
    grid = np.arange(-reach_px, reach_px + 1)
    x, y = np.rint(np.add(at_px, -0.5) + points * patch.px_per_m).astype(np.int64).T
    whole = min(x.min(), y.min()) >= reach_px and x.max() < width - reach_px and y.max() < height - reach_px
    if whole and patch.shown is None:
        # One flat index and no mask where nothing is outside: most of the time of a search goes by here.
        place = ((directions * height + y) * width + x)[:, None, None] + (grid[:, None] * width + grid)
        votes, cut = np.take(patch.votes, place), None
    else:
        votes, cut = _cut_votes(patch, directions, x[:, None] + grid, y[:, None] + grid)
    top, sides = (_mean(votes[part], None if cut is None else cut[part]) for part in (slice(ends), slice(ends, None)))
    total = _both(top, sides, settings.hidden)
    row, column = np.unravel_index(int(np.argmax(total)), total.shape)
    dx, dy = _between(total[row], int(column)), _between(total[:, column], int(row))
    return float(total[row, column]), (at_px[0] + grid[column] + dx, at_px[1] + grid[row] + dy)


def _cut_votes(patch: Patch, directions: IntArray, xs: IntArray, ys: IntArray) -> tuple[FloatArray, BoolArray | None]:
    """Votes (n, rows, columns) of points at some columns and rows of a patch, and which the picture's edge cuts off."""
    _, height, width = patch.votes.shape
    in_x, in_y = (xs >= 0) & (xs < width), (ys >= 0) & (ys < height)
    inside = in_y[:, :, None] & in_x[:, None, :]
    place = (directions[:, None] * height + ys * in_y)[:, :, None] * width + (xs * in_x)[:, None, :]
    votes = np.take(patch.votes, place) * inside
    return votes, None if patch.shown is None else ~np.take(patch.shown, place % (height * width)) & inside


def _mean(votes: FloatArray, cut: BoolArray | None) -> FloatArray:
    """Mean vote (...) of an outline's points (n, ...), without those that the picture's edge cuts off."""
    count = max(1, len(votes))
    shown = count if cut is None else np.maximum(count - cut.sum(axis=0), LEAST_SHOWN * count)
    return np.asarray(votes.sum(axis=0) / shown)


def _upright(directions: IntArray) -> BoolArray:
    """Whether the outline runs more up than across: the sides of a plate, not its top and bottom."""
    return np.asarray(np.abs(directions - DIRECTIONS / 2) > DIRECTIONS / 4)


def _both(top: FloatArray, sides: FloatArray, hidden: float) -> FloatArray:
    """Vote of an outline whose top and bottom must be there as well as its sides: a rack's post has no top."""
    return np.minimum(np.minimum(top, sides) + hidden, (top + sides) / 2)


def _between(values: FloatArray, peak: int) -> float:
    """Offset of a peak between samples, by a parabola through its neighbours; 0 at the ends."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, top, after = values[peak - 1 : peak + 2]
    bend = before - 2 * top + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0
