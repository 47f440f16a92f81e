"""What people say of an attempt, beside what was measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from depthperception.errors import PacketError
from depthperception.json_types import plain
from depthperception.proof import Point
from depthperception.results import Verdict


@dataclass(frozen=True, kw_only=True)
class HandReading:
    """What somebody read off one frame.

    Attributes
    ----------
    author
        The name that he gave.
    frame, time_s
        The frame's number from 0, and when it is shown.
    cm, low_cm, high_cm
        Depth, positive when the crease is below the top of the knee, with the ends of its 90 % interval.
    jury
        Whether it was read independently, as one of a jury's.
    creases_px, knees_px
        His points, by leg.
    """

    author: str
    frame: int
    time_s: float
    cm: float
    verdict: Verdict
    low_cm: float | None = None
    high_cm: float | None = None
    jury: bool = False
    creases_px: Mapping[str, Point | None] = field(default_factory=dict)
    knees_px: Mapping[str, Point | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who lifted what when, and what was read by hand."""

    lifter: str = ""
    weight_kg: float | None = None
    date: str | None = None
    notes: str = ""
    readings: tuple[HandReading, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give plain values for JSON."""
        content: dict[str, Any] = plain(self)
        return content

    @classmethod
    def from_dict(cls, content: Any) -> "Said":
        """Read them back.

        Raises
        ------
        PacketError
            When they are something else.
        """
        try:
            return msgspec.convert(content, cls)
        except msgspec.ValidationError as error:
            raise PacketError(
                f"What people said of the attempt cannot be read ({error}); expected said.json as a packet has it. "
                "Make the packet again."
            ) from error
