"""What the film itself costs, whoever is in it: frames that are damaged or few, a picture that lies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.attempts.form import knee_flexion_deg
from depthperception.geometry.skeletons import ANKLES, HIPS
from depthperception.people import Detections
from depthperception.pose.track import PoseTrack
from depthperception.video import VideoInfo
from depthperception.video_facts import Span

NEAR_BOTTOM_S = 0.2
"""Round a bottom its frames are looked at this far, and the lowest of them is judged."""

LONGEST_LOSS_S = 0.1
"""A gap that costs no more than 2 of 30 frames a second hides a bottom of 5 m/s2 by 6 mm at most."""

FEET_STAY = 0.5
"""Ankles of a squatter move by less than this part of the hips' fall: by the width of a foot at most, when his weight
shifts, where a fall to parallel is a thigh's length, four times that. Who lies and bends his knees moves the feet by
as much as he bends, and not the hips."""

FEET_MOSTLY = (10.0, 90.0)
"""Percentiles of the feet's places: single looks that are off do not count as steps."""

MOST_BENT_DEG = 60.0
"""Knees of somebody who may be standing: with hips at .8 of the standing leg (`AttemptDetection.stands`) they are bent
by 74 degrees, and the network is off by 14 (Cosoli et al. 2026)."""

MOST_NAMED = 3
"""Gaps that are written out in a sentence."""


def is_complete(info: VideoInfo, seen: Detections) -> bool:
    """Whether everything that the file promises was decoded, and no pictures are missing from it."""
    return damage_note(info, seen) is None


def missing_s(seen: Detections) -> tuple[Span, ...]:
    """From and to the frames between which some are missing: each gap of a damaged file, else those that are long."""
    return seen.gaps_s or tuple(_losses_s(seen))


def damage_note(info: VideoInfo, seen: Detections) -> str | None:
    """Say what of the video is damaged and missing; None where nothing is."""
    if seen.damaged:
        gaps = [f"{start_s:.2f} to {end_s:.2f} s" for start_s, end_s in seen.gaps_s]
        more = f" and {len(gaps) - MOST_NAMED} more gaps" if len(gaps) > MOST_NAMED else ""
        where = f"; nothing is seen from {', '.join(gaps[:MOST_NAMED])}{more}" if gaps else ""
        return (
            f"The video is damaged: {_parts(seen.damaged)} of it could not be decoded{where}. Pictures after "
            "that can be smeared. Copy it from the camera again."
        )
    if losses_s := _losses_s(seen):
        start_s, end_s = losses_s[0]
        more = f", and in {len(losses_s) - 1} more places" if len(losses_s) > 1 else ""
        return f"Pictures are missing from {start_s:.2f} to {end_s:.2f} s{more}; those after that can be smeared."
    if info.duration_s is not None and info.ends_early(seen.duration_s):
        return f"The video ends at {seen.duration_s:.2f} s; its file states {info.duration_s:.2f} s."
    return None


def damage_at(bottom_s: float, gaps_s: Sequence[Span]) -> str | None:
    """Say that frames round a bottom are missing, so that another moment may have been the lowest; None where not."""
    for start_s, end_s in gaps_s:
        near = start_s < bottom_s + NEAR_BOTTOM_S and end_s > bottom_s - NEAR_BOTTOM_S
        if near and end_s - start_s > LONGEST_LOSS_S:
            return f"Frames are missing round the bottom, from {start_s:.2f} to {end_s:.2f} s."
    return None


def _losses_s(seen: Detections) -> list[Span]:
    """From and to the frames between which more are missing than one may do without."""
    return [(start_s, end_s) for start_s, end_s in seen.unseen_s if end_s - start_s > LONGEST_LOSS_S]


@dataclass(frozen=True)
class Smear:
    """Pictures that are predicted from missing ones: though each decodes, what was lost goes on in them.

    Attributes
    ----------
    start_s, end_s
        From the first loss to the next key frame, or to the end.
    missing_s
        How long nothing is seen, all losses together.
    damaged
        Whether the file is: else they never arrived, or the camera left them out, which smears nothing.
    """

    start_s: float
    end_s: float
    missing_s: float
    damaged: bool

    @property
    def says(self) -> str:
        """Say it of a depth that is ruled on."""
        return f"{self._found} for that it is less certain."

    @property
    def hinders(self) -> str | None:
        """Say why nothing is ruled; None where no more is damaged than may be missing at a bottom."""
        if not self.damaged or self.missing_s <= LONGEST_LOSS_S:
            return None
        return f"{self._found} what they show may be smeared. Copy the video from the camera again."

    @property
    def _found(self) -> str:
        return f"Pictures at the bottom are predicted from missing ones ({self.start_s:.2f} to {self.end_s:.2f} s):"


def smear_at(bottom_s: float, seen: Detections) -> Smear | None:
    """Say which pictures round a bottom are predicted from missing ones; None where none are.

    Of a file in which nothing is damaged only gaps count in which more is missing than one may do without.
    """
    whole_s = max((key_s for key_s in seen.keys_s if key_s <= bottom_s - NEAR_BOTTOM_S), default=-math.inf)
    lost = [
        (start_s, end_s)
        for start_s, end_s in seen.unseen_s
        if whole_s <= start_s < bottom_s + NEAR_BOTTOM_S and (seen.damaged or end_s - start_s > LONGEST_LOSS_S)
    ]
    if not lost:
        return None
    end_s = next((key_s for key_s in seen.keys_s if key_s > lost[-1][0]), seen.duration_s)
    return Smear(lost[0][0], end_s, sum(end - start for start, end in lost), bool(seen.damaged))


def turn_note(info: VideoInfo, asked_deg: int | None, lies_by_deg: int) -> str | None:
    """Say that the picture was turned, or seems to need it; None where neither is so.

    Parameters
    ----------
    info
        Of the video as it was judged.
    asked_deg
        The turn that somebody asked for.
    lies_by_deg
        That after which people stand, where they do not.
    """
    if info.turned_deg and asked_deg is None:
        return (
            f"The picture {_how(info.turned_deg)}: it was turned clockwise by {info.turned_deg} degrees. --rotate 0 "
            "leaves it as it is."
        )
    if lies_by_deg:
        return f"The picture {_how(lies_by_deg)}, or people lie in it: --rotate {lies_by_deg} turns it."
    return None


def _how(turn_deg: int) -> str:
    return "stands on its head" if turn_deg == 180 else "lies on its side"


def standing_note(standing: PoseTrack) -> str | None:
    """Say that nobody stands in a shot, by the looks from which its camera and scale come; None where he does."""
    if knee_flexion_deg(standing) <= MOST_BENT_DEG:
        return None
    return "The lifter is not seen standing: camera and scale are those of the highest moment."


def feet_stay(attempt: PoseTrack) -> bool:
    """Whether the hips come down over feet that stay where they are, by the attempt's part of a track.

    Somebody who lies, in a picture that is turned until he stands, draws his feet up, or bends elsewhere.
    """
    if not len(attempt):
        return False
    fall_px = float(np.ptp(attempt.y_px(HIPS)))
    feet_px = attempt.image_px[:, ANKLES].mean(axis=1)
    low, high = np.percentile(feet_px, FEET_MOSTLY, axis=0)
    return bool((high - low).max() <= FEET_STAY * fall_px)


def _parts(count: int) -> str:
    return f"{count} part{'s' * (count > 1)}"
