"""Feet stay where they are through a squat: looks above them find the lifter, and looks without them are not at him."""

from dataclasses import dataclass

import numpy as np

from depthperception.geometry.roi import Region, cut_out
from depthperception.geometry.skeletons import ANKLES
from depthperception.people import PersonTrack
from depthperception.pose.blazepose import SIZE_PX, PoseEstimate, estimate_pose, px_per_m
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import Pose, PoseTrack
from depthperception.pose.tracking import LEAST_PRESENCE, pose_of
from depthperception.types import FloatArray
from depthperception.video import Still

AROUND_S = 3.0
"""Feet are where they were, or will be, within this time: a squat lasts two to five seconds, and its middle may be
hidden."""

FEET_STAY = 0.1
"""Spread of the ankles, and their distance from where they stood, over the standing height: a foot is .15 long, and a
spotter's feet are further off."""

LEAST_KNOWN = 4
"""Looks that are surely at him, from which on feet and size are known: half a second's."""

SURELY = 0.9
"""Presence from which on the heavy network sees a body: of the looks that took legs from two people half had more, so
that feet and size decide; with less it guesses those too."""

SAME_SIZE = 1.25
"""Most by which a look's px a metre differ from the standing lifter's: sizes echo the region by .7, and the regions
differ from his by 1.4 at most."""

ABOVE, SIDES = (0.25, 0.35, 0.45), (1.1, 0.95)
"""Centres of the regions above the ankles and their sides, in standing heights: hips are .26 above them at parallel and
.5 standing; a lifter in the hole is .6 high, and 1.3, the region of one who stands, holds the legs of those beside
him."""


@dataclass(frozen=True)
class Footing:
    """What does not move through a squat: ankles (2, 2) in px, standing height in px, and px a metre."""

    ankles_px: FloatArray
    height_px: float
    px_per_m: float

    def regions(self) -> list[Region]:
        """Where he may be above his feet."""
        x, y = self.ankles_px.mean(axis=0)
        height = self.height_px
        return [Region(float(x), float(y) - up * height, side * height) for side in SIDES for up in ABOVE]

    def away(self, seen: PoseEstimate) -> float:
        """Distance of a look's ankles from the standing ones, in standing heights; endless where it is not his."""
        size = px_per_m(seen.image_px, seen.world_m) / self.px_per_m
        if seen.presence < SURELY or not 1.0 / SAME_SIZE <= size <= SAME_SIZE:
            return np.inf
        away = self._apart(seen.image_px[ANKLES])
        return away if away <= FEET_STAY else np.inf

    def off(self, looks: PoseSamples) -> float:
        """Distance of the ankles in looks from where they stay, in standing heights; left and right may be swapped."""
        found = looks.median_px[ANKLES]
        return min(self._apart(found), self._apart(found[::-1]))

    def _apart(self, ankles_px: FloatArray) -> float:
        return float(np.linalg.norm(ankles_px - self.ankles_px, axis=1).mean() / self.height_px)


def footing(track: PoseTrack, person: PersonTrack, time_s: float) -> Footing | None:
    """Feet and size of somebody about a time, from the looks that are surely at him; None where he goes about."""
    sure = (np.abs(track.times_s - time_s) <= AROUND_S) & (track.presence >= LEAST_PRESENCE)
    if sure.sum() < LEAST_KNOWN:
        return None
    ankles = track.image_px[sure][:, ANKLES]
    middle = np.median(ankles, axis=0)
    spread = np.median(np.linalg.norm(ankles - middle, axis=-1).mean(axis=1)) / person.height_px
    sizes = [px_per_m(*look) for look in zip(track.image_px[sure], track.world_m[sure], strict=True)]
    return Footing(middle, person.height_px, float(np.median(sizes))) if spread <= FEET_STAY else None


def look_above(still: Still, feet: Footing) -> Pose | None:
    """Look with the heavy network above the feet; the look whose feet are nearest to his, None where none is his."""
    nearest, best = np.inf, None
    for region in feet.regions():
        part = cut_out(still.rgb, region, SIZE_PX, scale=still.scale)
        seen = estimate_pose(part, region, threads=1)
        if feet.away(seen) < nearest:
            nearest, best = feet.away(seen), pose_of(still.time_s, seen, region)
        if nearest <= FEET_STAY / 2:
            break
    return best
