"""Everything that decides a rendered squat, as plain values: the only thing that randomness writes to.

A `Scenario` is written to and read from JSON, so that a clip's truth file is also its recipe. Left and right are
the lifter's own. Lengths in metres unless the name says cm.
"""

import dataclasses
import json
import types
import typing
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from depthperception.errors import DataError

Colour: TypeAlias = tuple[float, float, float]
"""Linear red, green, blue, 0 to 1."""

RepKind: TypeAlias = Literal["squat", "failed_ascent", "double_bounce", "downward_movement", "second_descent"]
PersonKind: TypeAlias = Literal["standing", "spotting", "squatting", "walking", "lifting", "picture"]
PropKind: TypeAlias = Literal["box", "plate", "poster", "lamp"]


@dataclass(frozen=True)
class BodyShape:
    """A point in the space spanned by the exported bodies.

    `weights` are (name, share) pairs summing to 1; a pure body has one share of 1. `girth_cm` moves the skin of
    trunk and thighs along its normal, joints kept: flesh that differs between people of one frame.
    """

    weights: tuple[tuple[str, float], ...] = (("m_avg", 1.0),)
    stature_m: float = 1.78
    thigh_scale: float = 1.0
    shank_scale: float = 1.0
    girth_cm: float = 0.0


@dataclass(frozen=True)
class Style:
    """How this lifter squats. Asymmetries and the heel lift grow with the way down; standing has none.

    `knee_out` is the knees' direction as a share of the toes'; `hip_shift_m` is towards the lifter's right;
    `pelvis_list_deg` lowers the right hip; `pelvis_twist_deg` turns the pelvis to the left;
    `balance_m` is how far the bar travels in front of mid-foot; `bar_drop_m` how far the bar lies below a high bar;
    `pelvis_share` is the share of the trunk's lean that the pelvis takes, `head_share` the head's.
    """

    stance_m: float = 0.42
    toe_out_left_deg: float = 20.0
    toe_out_right_deg: float = 20.0
    right_foot_ahead_m: float = 0.0
    knee_out: float = 1.0
    hip_shift_m: float = 0.0
    pelvis_list_deg: float = 0.0
    pelvis_twist_deg: float = 0.0
    heel_lift_m: float = 0.0
    shank_deg: float = 30.0
    balance_m: float = 0.0
    bar_drop_m: float = 0.0
    grip_out_m: float = 0.17
    pelvis_share: float = 0.9
    head_share: float = 0.35


@dataclass(frozen=True)
class FootStep:
    """The right foot is lifted and put down again elsewhere: `aside_m` to the lifter's right, `ahead_m` forward.

    `after` is when it begins, in ascents after the bottom.
    """

    aside_m: float = 0.0
    ahead_m: float = 0.0
    after: float = 0.7


@dataclass(frozen=True)
class Rep:
    """One attempt. `sharpness` 1 turns softly at the bottom, 2 turns with about four times the acceleration.

    Attributes
    ----------
    amount
        Part of the way that a bounce rises, a downward movement sinks, or a second descent goes down again; 0 is what
        the kind does by itself.
    unfinished
        Part of the way that is not climbed in the end: the knees stay bent.
    step
        None where the feet stay.
    """

    depth_cm: float = 3.0
    kind: RepKind = "squat"
    descent_s: float = 1.5
    pause_s: float = 0.0
    ascent_s: float = 1.5
    sharpness: float = 1.4
    amount: float = 0.0
    unfinished: float = 0.0
    step: FootStep | None = None


@dataclass(frozen=True)
class Attempt:
    """The clip's time axis: an optional walk-out, standing, the reps, standing at lockout."""

    reps: tuple[Rep, ...] = (Rep(),)
    walk_s: float = 0.0
    stand_s: float = 1.0
    between_s: float = 1.0
    lockout_s: float = 0.8


@dataclass(frozen=True)
class Viewpoint:
    """Where the camera stands. Azimuth 0 in front of the lifter, 90 at the lifter's left, 180 behind.

    The camera first looks level at the lifter's axis, then turns right by `yaw_deg`, up by `pitch_deg` and rolls
    clockwise by `roll_deg` (the picture's content turns anticlockwise). `fov_deg` spans the picture's longer side.
    """

    azimuth_deg: float = 40.0
    height_m: float = 1.0
    distance_m: float = 3.2
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    roll_deg: float = 0.0
    fov_deg: float = 65.0
    width_px: int = 720
    height_px: int = 1280
    shake_deg: float = 0.0


@dataclass(frozen=True)
class Clothes:
    """What a body wears. Lengths along the limb: `leg` 0 hip, 1 knee, 2 ankle; `arm` 0 shoulder, 1 elbow, 2 wrist.

    Thickness is cloth over skin; it never moves the truth, which is skin. `leg` at most 0.2 is a singlet's leg.
    """

    leg: float = 0.62
    arm: float = 0.55
    leg_thickness_m: float = 0.010
    arm_thickness_m: float = 0.010
    topless: bool = False
    shoes: bool = True
    sock: float = 0.0
    knee_sleeves: bool = False
    belt: bool = False
    hair: bool = True
    stripes: float = 0.0
    skin_colour: Colour = (0.80, 0.57, 0.45)
    top_colour: Colour = (0.15, 0.25, 0.55)
    bottom_colour: Colour = (0.05, 0.05, 0.07)
    shoe_colour: Colour = (0.6, 0.12, 0.1)
    hair_colour: Colour = (0.12, 0.08, 0.05)
    accent_colour: Colour = (0.8, 0.8, 0.8)
    gear_colour: Colour = (0.05, 0.05, 0.06)


@dataclass(frozen=True)
class Barbell:
    """Plates on each side; a radius of 0 is an empty bar. The largest legal plate has a radius of 0.225 m."""

    plate_radius_m: float = 0.225
    plates: int = 2
    plate_colour: Colour = (0.05, 0.05, 0.055)


@dataclass(frozen=True)
class Person:
    """Someone else in the gym, standing at (x_m, y_m) and facing `facing_deg` (0 = as the lifter, 90 = lifter's left).

    `squatting` and `spotting` people bend with the lifter, a spotter half as far; `lifting` is a lifter of his own,
    with a `barbell`; `picture` is no person but a print of one, flat across the way it faces.

    Attributes
    ----------
    bend
        How far down he goes with the lifter, 0 to 1; None leaves it to the kind. A picture is drawn that far down.
    lag_s
        He goes down this long after the lifter; before him when negative.
    sway_deg
        He leans about his feet by as much, as everyone does who stands still.
    walk_m
        How far he goes (x, y) from the clip's start to its end.
    raised_m, size
        Of a picture: how high its feet are, and its share of life size.
    """

    x_m: float
    y_m: float
    facing_deg: float = 0.0
    kind: PersonKind = "standing"
    body: BodyShape = BodyShape()
    clothes: Clothes = Clothes()
    bend: float | None = None
    lag_s: float = 0.0
    sway_deg: float = 0.0
    walk_m: tuple[float, float] = (0.0, 0.0)
    barbell: Barbell | None = None
    raised_m: float = 0.0
    size: float = 1.0


@dataclass(frozen=True)
class Prop:
    """A thing in the room: centre of its foot (x, y, z) and size (x, y, z) in metres; on walls for posters, lamps."""

    kind: PropKind
    centre_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    colour: Colour


@dataclass(frozen=True)
class Room:
    """Walls at x = -left, +right, y = -back, +front of the origin; a camera outside pushes its wall out."""

    left_m: float = 6.0
    right_m: float = 6.0
    back_m: float = 6.0
    front_m: float = 6.0
    ceiling_m: float = 4.0
    wall_pattern: int = 1
    floor_pattern: int = 0
    wall_colour: Colour = (0.62, 0.63, 0.66)
    floor_colour: Colour = (0.12, 0.12, 0.13)
    platform: bool = True
    rack: bool = False
    rack_colour: Colour = (0.10, 0.12, 0.16)
    props: tuple[Prop, ...] = ()


@dataclass(frozen=True)
class Mirror:
    """An upright mirror: the middle of its glass, the way that it faces (as people do), and its size."""

    centre_m: tuple[float, float, float]
    facing_deg: float = 0.0
    width_m: float = 3.0
    height_m: float = 2.0


@dataclass(frozen=True)
class Light:
    """One lamp that casts shadows, light from all around, and the camera's exposure and colour cast."""

    azimuth_deg: float = 39.0
    elevation_deg: float = 62.0
    key: float = 0.75
    ambient: float = 0.5
    fill: float = 0.22
    exposure: float = 1.0
    cast: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Finish:
    """What the phone does to the picture: defocus and motion blur (px), noise (grey levels of 255), JPEG quality."""

    defocus_px: float = 0.0
    motion_px: float = 0.0
    motion_deg: float = 90.0
    noise: float = 0.0
    jpeg_quality: int = 0


@dataclass(frozen=True)
class Scenario:
    """One rendered squat, whole. The same scenario gives the same truth on every machine."""

    seed: int = 0
    body: BodyShape = BodyShape()
    style: Style = Style()
    attempt: Attempt = Attempt()
    viewpoint: Viewpoint = Viewpoint()
    clothes: Clothes = Clothes()
    barbell: Barbell = Barbell()
    room: Room = field(default_factory=Room)
    people: tuple[Person, ...] = ()
    light: Light = Light()
    finish: Finish = Finish()
    mirror: Mirror | None = None

    def to_json(self) -> dict[str, Any]:
        """Return nested dicts, lists and numbers for `json.dump`."""
        data: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Scenario":
        """Build from what `to_json` gave.

        Raises
        ------
        DataError
            A field is unknown or has the wrong form.
        """
        try:
            return typing.cast("Scenario", _revive(cls, data))
        except (TypeError, ValueError, KeyError) as problem:
            message = (
                f"a scenario that cannot be read ({problem}); expected the fields of Scenario.to_json(); "
                "write it anew with `depthperception render`"
            )
            raise DataError(message) from problem


def _revive(kind: Any, data: Any) -> Any:
    """Turn JSON data back into the dataclass, tuple or number that `kind` names."""
    if isinstance(kind, types.UnionType):
        return None if data is None else _revive(typing.get_args(kind)[0], data)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return kind(**{name: _revive(hints[name], value) for name, value in data.items()})
    if typing.get_origin(kind) is tuple:
        args = typing.get_args(kind)
        kinds = [args[0]] * len(data) if args[-1] is types.EllipsisType or args[-1] is ... else args
        return tuple(_revive(k, value) for k, value in zip(kinds, data, strict=True))
    return float(data) if kind is float else data
