"""What is asked of a video, checked when it is said: the same from Python, the command line and the page."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypedDict

from depthperception.barbell import checked_plate
from depthperception.capture.scale import checked_height
from depthperception.depth import check_method
from depthperception.depth.calling import SURE, checked_sure
from depthperception.errors import OptionError, quoted
from depthperception.models import specs
from depthperception.models.foreign import checked_weights
from depthperception.people import Pick, Rule, checked_rule
from depthperception.pose.networks import BLAZEPOSE, check_pose
from depthperception.provenance import package_version
from depthperception.rules import DEFAULT_RULES, checked_rules
from depthperception.settings import DEFAULTS, Settings

DEFAULT_METHOD = "calibrated"

SPEEDS = (0.01, 100.0)
"""Of a film: phones take up to 960 frames a second, a thirtieth of the speed at 30; time lapses do the reverse."""

QUARTERS_DEG = (0, 90, 180, 270)
"""Turns of a picture."""


class Asked(TypedDict, total=False):
    """The fields of `Options` as keywords."""

    height_cm: float | None
    method: str
    lifter: Rule
    pick: Pick | None
    plate_cm: float | None
    rotate_deg: int | None
    speed: float
    sure: float
    pose: str
    detector: str | None
    rules: str
    start_s: float | None
    end_s: float | None
    settings: Settings


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is asked of a video.

    Attributes
    ----------
    height_cm
        The lifter's height; without it centimetres come from plates and the pose model's metres, and learnt depths take
        the stature that a plate's scale gives, or 172 cm, and a wider interval.
    method
        Name of the depth method that rules; the others measure beside it.
    lifter
        Whom to judge: "auto" is who looks most like a lifter, "centre" the centremost in the first picture that shows
        anybody, a number that of the overlay.
    pick
        A point on the person to judge, instead of `lifter`.
    plate_cm
        Diameter of the largest plate on the bar; without it plates that look like it are taken for 45 cm. It sets the
        scale, and where no height is given the lifter's stature and so the depth.
    rotate_deg
        Clockwise turn of the picture beyond what the file asks for: 0, 90, 180 or 270. Without it a picture that lies
        on its side or stands on its head is turned where somebody squats in it then.
    speed
        Of the film against that of the world: .25 in fourfold slow motion, 2 where it is twice as fast. Speeds of the
        bar are made true by it; times stay those of the film.
    sure
        How probable a side of the line has to be to be called, .5 to less than 1; less is too close to call. At .5
        nothing is.
    pose
        The pose network: "blazepose", which ships, or a network of one's own: its file, or its name in the folder that
        DEPTHPERCEPTION_NETWORKS names. It gives landmarks in the picture alone, and so the methods that need no more.
    detector
        File of a YOLOv3, whose box of the centremost person in the first picture is as high as the lifter, as in the
        report; only with a height and another network than BlazePose.
    rules
        Name of the rule book that the attempts are held against: "ipf", "usapl" or "gpf".
    start_s, end_s
        The part of the film that is looked at, both included; without them it is all of it. Times stay the film's.
    settings
        The detectors' numbers.

    Raises
    ------
    OptionError
        When one of them makes no sense, or two contradict each other.
    ModelError
        When there is no such network.
    """

    height_cm: float | None = None
    method: str = DEFAULT_METHOD
    lifter: Rule = "auto"
    pick: Pick | None = None
    plate_cm: float | None = None
    rotate_deg: int | None = None
    speed: float = 1.0
    sure: float = SURE
    pose: str = BLAZEPOSE
    detector: str | None = None
    rules: str = DEFAULT_RULES
    start_s: float | None = None
    end_s: float | None = None
    settings: Settings = DEFAULTS

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _of_its_kind(field.name, getattr(self, field.name), field.default))
        check_method(self.method)
        checked_height(self.height_cm)
        checked_plate(self.plate_cm)
        checked_rule(self.lifter)
        _checked_turn(self.rotate_deg)
        _checked_speed(self.speed)
        checked_sure(self.sure)
        check_pose(self.pose)
        _checked_detector(self.detector, self.pose, self.height_cm)
        checked_rules(self.rules)
        _checked_part(self.start_s, self.end_s)
        _one_of(self._said_of_somebody)

    @property
    def names_somebody(self) -> bool:
        """Whether a person of one video is meant, whom another video has not."""
        return self.pick is not None or isinstance(self.lifter, int)

    @property
    def part_s(self) -> tuple[float, float] | None:
        """From and to which the film is looked at; None where all of it is."""
        if self.start_s is None and self.end_s is None:
            return None
        return self.start_s or 0.0, math.inf if self.end_s is None else self.end_s

    @property
    def in_picture(self) -> bool:
        """Whether another network than BlazePose looks, which gives landmarks in the picture alone."""
        return self.pose != BLAZEPOSE

    def for_everyone(self) -> "Options":
        """Give the same, to judge everyone who lifts.

        Raises
        ------
        OptionError
            When one person is asked for.
        """
        _one_of(["everyone who lifts", *self._said_of_somebody])
        return self

    @property
    def _said_of_somebody(self) -> list[str]:
        pick = [] if self.pick is None else ["the person at a point"]
        return pick if self.lifter == "auto" else [*pick, f"lifter {self.lifter}"]

    def to_dict(self) -> dict[str, Any]:
        """Give plain values, for a result's provenance: of the settings those that differ from the defaults."""
        pick = vars(self.pick) if self.pick else None
        return {**vars(self), "pick": pick, "settings": self.settings.changed()}

    def deciding(self) -> dict[str, Any]:
        """Give what decides on a result beside the video: options, files that they name, version, networks."""
        return {
            "options": self.to_dict(),
            "files": [_content(name) for name in (self.pose, self.detector) if name],
            "version": package_version("depthperception"),
            "models": {name: spec.sha256 for name, spec in specs().items()},
        }


_NUMBERS = ("height_cm", "plate_cm", "speed", "sure", "start_s", "end_s")
_OTHERS: Mapping[str, tuple[type, str]] = {
    **dict.fromkeys(("method", "pose", "detector", "rules"), (str, "text")),
    "pick": (Pick, "a Pick(x_px, y_px, time_s)"),
    "settings": (Settings, "Settings"),
}


def _of_its_kind(name: str, value: Any, default: object) -> Any:
    """Refuse an option that is nothing of its kind; numbers of other libraries become Python's own."""
    if value is None and default is None:
        return None
    if name in _NUMBERS:
        return _number(name, value)
    kind, words = _OTHERS.get(name, (object, ""))
    if not isinstance(value, kind):
        raise OptionError(f"{name} was given as {quoted(value)}; expected {words}. Give it so, or leave it out.")
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else value


def _number(name: str, value: object) -> float:
    try:
        if isinstance(value, Real) and not isinstance(value, bool):
            return float(value)
    except OverflowError:
        pass
    raise OptionError(f"{name} was given as {quoted(value)}; expected a number. Give it so, or leave it out.")


@cache
def _content(name: str) -> str:
    """Hash a file that an option names; a name that is no file stands for itself."""
    path = Path(name)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else name


def sum_of(deciding: Mapping[str, Any]) -> str:
    """Sum up in a few letters what decides on a result, such as `Options.deciding`."""
    return hashlib.sha256(json.dumps(deciding, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _checked_part(start_s: float | None, end_s: float | None) -> None:
    first_s, last_s = start_s or 0.0, math.inf if end_s is None else end_s
    if not (0.0 <= first_s < math.inf and first_s < last_s):
        raise OptionError(
            f"The part of the film was given as {first_s:g} to {last_s:g} s; expected a start from 0 on, and an end "
            "after it. Give both in seconds from the film's first frame."
        )


def _checked_speed(speed: float) -> None:
    slowest, fastest = SPEEDS
    if not slowest <= speed <= fastest:
        raise OptionError(
            f"The film's speed was given as {speed:g}; expected {slowest:g} to {fastest:g}: 1 is as it was, .25 "
            "fourfold slow motion. Give the film's speed over the true one."
        )


def _checked_detector(detector: str | None, pose: str, height_cm: float | None) -> None:
    if detector is None:
        return
    if pose == BLAZEPOSE or height_cm is None:
        what = "without a height" if height_cm is None else "with BlazePose, which measures the lifter itself"
        raise OptionError(
            f"A detector was given {what}; expected a height and another network, whose scale its box gives. Give "
            "both, or leave it out."
        )
    checked_weights(Path(detector))


def _checked_turn(rotate_deg: int | None) -> None:
    if rotate_deg not in (None, *QUARTERS_DEG):
        raise OptionError(
            f"The picture was to be turned by {quoted(rotate_deg)} degrees; expected 0, 90, 180 or 270, clockwise. "
            "Choose one of these, or leave it out."
        )


def _one_of(asked: list[str]) -> None:
    if len(asked) > 1:
        raise OptionError(f"{' and '.join(asked)} were asked for; expected one of them. Leave the others out.")


def options_of(options: Options | None, asked: Asked) -> Options:
    """Join options that are there already with keywords, which count more.

    Raises
    ------
    OptionError
        When one makes no sense, or there is none of its name.
    """
    if not isinstance(options, Options | None):
        raise OptionError(f"Options were given as {quoted(options)}; expected Options, or keywords. Give each by name.")
    if unknown := sorted(set(asked) - {field.name for field in fields(Options)}):
        names = ", ".join(field.name for field in fields(Options))
        raise OptionError(f"There is no option {', '.join(unknown)}; expected {names}. Choose among these.")
    return replace(options, **asked) if options else Options(**asked)
