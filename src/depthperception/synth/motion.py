"""Kinematics: a body in a squat, from the height of its hips.

The feet are planted, the knees bend along the toes, the hips sit back until the shanks lean as wanted, and the trunk
leans until the bar is over mid-foot: the constraints that a heavy bar sets. Spine, neck, arms and hands follow.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from depthperception.synth.body import SIDES, SIGN, Body, rig
from depthperception.synth.geometry import cross, frame, rot_about, rot_x, rot_y, rot_z, two_bones, unit
from depthperception.synth.scenario import Style
from depthperception.types import FloatArray, IntArray

REACH = 0.9995
"""A leg is never straighter than this share of its length: at 1 the knee's direction is undefined."""

STANDING_REACH = 0.9985
"""Legs when standing: straight to the eye, with a knee bend of six degrees that leaves the knee a direction."""

STANDING_LEAN_DEG = 4.5
"""Lean of the straight legs when standing: brings the hips over mid-foot, as a bar on the back does."""

FURTHEST_BACK_M = 0.75
"""The hips are never looked for further behind the ankles."""

Arms: TypeAlias = Literal["standing", "spotting", "squatting", "bar", "still"]

_SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
_SPINE_SHARE = (0.25, 0.5, 0.75, 1.0, 1.0)
"""How far each spine bone has gone from the pelvis's lean to the trunk's."""


@dataclass(frozen=True, eq=False)
class Pose:
    """Where every bone is: `rotations` (104, 3, 3) relative to rest, `origins` (104, 3) in the world, the bar."""

    rotations: FloatArray
    origins: FloatArray
    bar: FloatArray
    trunk: FloatArray
    trunk_lean_rad: float

    def joint(self, name: str) -> FloatArray:
        """Where a bone starts (3,)."""
        return np.asarray(self.origins[rig().bone(name)], dtype=np.float64)


@dataclass(frozen=True)
class Feet:
    """Where the feet are in a walk-out or a step: offsets forward and to his right, lifts, and the stance's share."""

    forward_m: tuple[float, float] = (0.0, 0.0)
    lift_m: tuple[float, float] = (0.0, 0.0)
    width: float = 1.0
    aside_m: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class _Legs:
    hips: FloatArray
    ankles: FloatArray
    poles: FloatArray
    feet: FloatArray
    toes: FloatArray
    middle_y: float


def standing_hips(body: Body, style: Style, width: float = 1.0) -> tuple[float, float]:
    """Height of the hip joints, and how far they are ahead of the ankles (m), with knees all but straight.

    `width` is the share of the stance's width at which the feet are.
    """
    across = width * style.stance_m / 2.0 - abs(body.head("upperleg01.R")[0])
    leg = STANDING_REACH * (body.thigh_m + body.shank_m)
    lean, length = np.radians(STANDING_LEAN_DEG), np.sqrt(leg**2 - across**2)
    return float(body.head("foot.R")[2] + length * np.cos(lean)), float(length * np.sin(lean))


def squat_pose(
    body: Body,
    style: Style,
    hip_m: float,
    ahead_m: float | None = None,
    down: float = 1.0,
    feet: Feet = Feet(),
    arms: Arms | FloatArray = "bar",
) -> Pose:
    """Pose a body.

    Parameters
    ----------
    hip_m, ahead_m
        Height of the middle of the hip joints, and how far it is ahead of the ankles; None puts it where the shanks
        lean as the style says, which is how a bottom is found.
    down
        How far the descent has gone, 0 to 1: scales every asymmetry and the heels' lift.
    arms
        Hold a bar on the back, do as a bystander does, or stay with the trunk, which saves time where only legs count;
        or where each hand is from its shoulder (2, 3), in arm lengths in the world.
    """
    legs = _legs(body, style, (hip_m, ahead_m), down, feet)
    lean = _trunk_lean(body, style, legs)
    rotations = np.tile(np.eye(3), (len(rig().names), 1, 1))
    _turn_trunk(rotations, style, lean, down)
    _turn_legs(rotations, body, legs)
    pose = _finish(rotations, body, style, legs, lean)
    if isinstance(arms, str) and arms == "still":
        return pose
    hold = isinstance(arms, str) and arms == "bar"
    _turn_arms(rotations, body, pose, _hands(body, style, pose, arms), hold=hold)
    return _finish(rotations, body, style, legs, lean)


@lru_cache(maxsize=1)
def _posed() -> dict[str, int]:
    """Bones that are posed themselves, by name; every other bone turns with its nearest posed ancestor."""
    sided = ["upperleg01", "lowerleg01", "foot", "upperarm01", "lowerarm01", "wrist", "pelvis"]
    sided += [f"toe{k}-1" for k in range(1, 6)] + [f"finger{f}-{k}" for f in range(2, 6) for k in range(1, 4)]
    names = ["root", *_SPINE, "neck01", "neck02", "neck03", "head", *(f"{name}.{c}" for name in sided for c in SIDES)]
    return {name: rig().bone(name) for name in names}


@lru_cache(maxsize=1)
def _source() -> IntArray:
    """For each bone the posed bone that it turns with."""
    posed = set(_posed().values())
    source: list[int] = []
    for i, parent in enumerate(rig().parents):
        source.append(i if i in posed else source[parent])
    return np.array(source)


def _finish(rotations: FloatArray, body: Body, style: Style, legs: _Legs, lean: float) -> Pose:
    """Chain the bones and put the middle of the hips where the legs have it."""
    bones, full = rig(), rotations[_source()]
    parents = np.maximum(bones.parents, 0)
    steps = np.einsum("bij,bj->bi", full[parents], body.heads - body.heads[parents])
    origins = bones.ancestors @ steps
    hips = [bones.bone(f"upperleg01.{c}") for c in SIDES]
    origins += legs.hips.mean(axis=0) - origins[hips].mean(axis=0)
    top = bones.bone("spine01")
    bar = origins[top] + full[top] @ (body.bar_seat(style.bar_drop_m) - body.heads[top])
    return Pose(full, origins, bar, full[top], lean)


def _legs(body: Body, style: Style, at_m: tuple[float, float | None], down: float, feet: Feet) -> _Legs:
    ankles, poles, foot_turn, toe_turn, middles = [], [], [], [], []
    for i, sign in enumerate(SIGN):
        yaw = sign * np.radians((style.toe_out_left_deg, style.toe_out_right_deg)[i])
        flat = rot_z(body.foot_yaw_rad[i] - yaw)
        ahead = feet.forward_m[i] + (style.right_foot_ahead_m / 2.0) * sign
        across = sign * feet.width * style.stance_m / 2.0 + feet.aside_m[i]
        ankle = np.array([across, ahead, body.head(f"foot.{SIDES[i]}")[2]])
        ankle[2] += feet.lift_m[i]
        middles.append(ankle[1] + body.foot_middle_m * np.cos(yaw))
        raised, turn = _heel_lift(body, i, flat, style.heel_lift_m * down)
        ankles.append(ankle + raised)
        knee_yaw = yaw * style.knee_out
        poles.append([np.sin(knee_yaw), np.cos(knee_yaw), 0.0])
        foot_turn.append(turn)
        toe_turn.append(flat)
    ankle_points, pole = np.array(ankles), np.array(poles)
    hips = _hips(body, style, at_m, down, ankle_points, pole)
    return _Legs(hips, ankle_points, pole, np.array(foot_turn), np.array(toe_turn), float(np.mean(middles)))


def _heel_lift(body: Body, side: int, flat: FloatArray, lift_m: float) -> tuple[FloatArray, FloatArray]:
    """Turn the foot about its ball: how the ankle moves (3,), and the foot's rotation."""
    ankle, ball = body.head(f"foot.{SIDES[side]}"), body.head(f"toe3-1.{SIDES[side]}")
    heel_to_ball = float(np.linalg.norm((ball - ankle)[:2])) + 0.05 * body.scale
    turn = flat @ rot_z(-body.foot_yaw_rad[side]) @ rot_x(-np.arcsin(min(lift_m / heel_to_ball, 0.6)))
    turn = turn @ rot_z(body.foot_yaw_rad[side])
    arm = ankle - ball
    return turn @ arm - flat @ arm, turn


def _hips(
    body: Body,
    style: Style,
    at_m: tuple[float, float | None],
    down: float,
    ankles: FloatArray,
    poles: FloatArray,
) -> FloatArray:
    """Hip joints (2, 3): no higher and no further away than both legs reach."""
    half = abs(body.head("upperleg01.R")[0])
    turn = rot_z(np.radians(style.pelvis_twist_deg) * down) @ rot_y(np.radians(style.pelvis_list_deg) * down)
    offsets = np.array([turn @ [sign * half, 0.0, 0.0] for sign in SIGN])
    centre = ankles.mean(axis=0) + [style.hip_shift_m * down, at_m[1] or 0.0, 0.0]
    leg = REACH * (body.thigh_m + body.shank_m)
    flat = ankles - centre - offsets
    across = np.max(flat[:, 0] ** 2 + flat[:, 1] ** 2)
    centre[2] = min(at_m[0], float(ankles[:, 2].min() + np.sqrt(max(leg**2 - across, 1e-6))))
    drop = centre[2] + offsets[:, 2] - ankles[:, 2]
    room = np.sqrt(np.maximum(leg**2 - drop**2 - flat[:, 0] ** 2, 1e-9))
    low = float(np.max(ankles[:, 1] - offsets[:, 1] - np.minimum(room, FURTHEST_BACK_M)))
    high = max(float(np.min(ankles[:, 1] - offsets[:, 1] + room)), low + 1e-9)
    if at_m[1] is None:
        shank_rad = np.radians(style.shank_deg) * down
        level = centre * [1.0, 0.0, 1.0]
        centre[1] = _where_shanks_lean(body, shank_rad, (low, high), level + offsets, ankles, poles)
    else:
        centre[1] = np.clip(centre[1], low, high)
    return np.asarray(centre + offsets)


def _where_shanks_lean(
    body: Body,
    wanted_rad: float,
    between: tuple[float, float],
    hips: FloatArray,
    ankles: FloatArray,
    poles: FloatArray,
) -> float:
    """Position y of the hips at which the mean lean of both shanks is as wanted, or as near as it gets."""
    low, high = between
    for _ in range(3):
        y = np.linspace(low, high, 33)
        lean = np.zeros_like(y)
        for i in range(2):
            moved = hips[i] + y[:, None] * np.array([0.0, 1.0, 0.0])
            d = two_bones(moved, ankles[i], (body.thigh_m, body.shank_m), poles[i]) - ankles[i]
            lean += np.arctan2(np.hypot(d[:, 0], d[:, 1]) * np.sign(d @ poles[i]), d[:, 2]) / 2.0
        k = int(np.clip(np.searchsorted(np.maximum.accumulate(lean), wanted_rad), 1, 32))
        low, high = float(y[k - 1]), float(y[k])
    return (low + high) / 2.0


def _trunk_lean(body: Body, style: Style, legs: _Legs) -> float:
    """Lean (rad) that brings the bar over mid-foot."""
    heads = [(body.head("upperleg01.L") + body.head("upperleg01.R")) / 2.0, *map(body.head, _SPINE)]
    parts = np.diff(np.array([*heads, body.bar_seat(style.bar_drop_m)]), axis=0)
    share = style.pelvis_share + (1.0 - style.pelvis_share) * np.array([0.0, *_SPINE_SHARE])
    lean = np.linspace(-0.1, 1.4, 129)
    angle = lean[:, None] * share
    ahead = np.sum(np.cos(angle) * parts[:, 1] + np.sin(angle) * parts[:, 2], axis=1)
    wanted = legs.middle_y + style.balance_m - float(legs.hips[:, 1].mean())
    return float(np.interp(wanted, np.maximum.accumulate(ahead), lean))


def _turn_trunk(rotations: FloatArray, style: Style, lean: float, down: float) -> None:
    posed = _posed()
    list_rad, twist_rad = np.radians(style.pelvis_list_deg) * down, np.radians(style.pelvis_twist_deg) * down

    def at(share: float) -> FloatArray:
        """From the pelvis (0) to a trunk (1) that has straightened out two thirds of list and twist."""
        keep = 1.0 - 0.67 * share
        bend = lean * (style.pelvis_share + (1.0 - style.pelvis_share) * share)
        return rot_z(twist_rad * keep) @ rot_y(list_rad * keep) @ rot_x(-bend)

    for name in ("root", "pelvis.L", "pelvis.R"):
        rotations[posed[name]] = at(0.0)
    for name, share in zip(_SPINE, _SPINE_SHARE, strict=True):
        rotations[posed[name]] = at(share)
    for k, name in enumerate(("neck01", "neck02", "neck03", "head"), start=1):
        rotations[posed[name]] = rot_x(-lean * (1.0 + (style.head_share - 1.0) * k / 4.0))


def _turn_legs(rotations: FloatArray, body: Body, legs: _Legs) -> None:
    posed = _posed()
    for i, c in enumerate(SIDES):
        hip, ankle, pole = legs.hips[i], legs.ankles[i], legs.poles[i]
        knee = two_bones(hip, ankle, (body.thigh_m, body.shank_m), pole)
        across = cross(ankle - hip, pole)
        toes = np.array([np.sin(body.foot_yaw_rad[i]), np.cos(body.foot_yaw_rad[i]), 0.0])
        rest = [body.head(f"{bone}.{c}") for bone in ("upperleg01", "lowerleg01", "foot")]
        for k, (bone, start, end) in enumerate((("upperleg01", hip, knee), ("lowerleg01", knee, ankle))):
            along = rest[k + 1] - rest[k]
            turn = frame(end - start, across) @ frame(along, cross(along, toes)).T
            rotations[posed[f"{bone}.{c}"]] = turn
        rotations[posed[f"foot.{c}"]] = legs.feet[i]
        for k in range(1, 6):
            rotations[posed[f"toe{k}-1.{c}"]] = legs.toes[i]


def _hands(body: Body, style: Style, pose: Pose, arms: Arms | FloatArray) -> FloatArray:
    """Where both wrists go (2, 3), in the world."""
    hands = []
    for i, (c, sign) in enumerate(zip(SIDES, SIGN, strict=True)):
        shoulder, elbow, wrist = (body.head(f"{bone}.{c}") for bone in ("upperarm01", "lowerarm01", "wrist"))
        length = float(np.linalg.norm(elbow - shoulder)) + float(np.linalg.norm(wrist - elbow))
        at = pose.joint(f"upperarm01.{c}")
        if not isinstance(arms, str):
            hands.append(at + length * arms[i])
        elif arms == "bar":
            grip = abs(body.head("upperarm01.L")[0]) + style.grip_out_m * body.scale
            hands.append(pose.bar + pose.trunk @ np.array([sign * grip, -0.035, -0.055]))
        else:
            hands.append(at + length * (pose.trunk @ _reach(arms, sign)))
    return np.array(hands)


def _turn_arms(rotations: FloatArray, body: Body, pose: Pose, hands: FloatArray, *, hold: bool) -> None:
    posed = _posed()
    for i, (c, sign) in enumerate(zip(SIDES, SIGN, strict=True)):
        shoulder, elbow, wrist = (body.head(f"{bone}.{c}") for bone in ("upperarm01", "lowerarm01", "wrist"))
        lengths = (float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow)))
        at, hand = pose.joint(f"upperarm01.{c}"), hands[i]
        pole = pose.trunk @ np.array([sign * 0.35, -0.35, -1.0])
        bend = two_bones(at, hand, lengths, pole)
        bone_axis, hand_axis = cross(elbow - shoulder, wrist - elbow), cross(bend - at, hand - bend)
        upper = frame(bend - at, hand_axis) @ frame(elbow - shoulder, bone_axis).T
        lower = frame(hand - bend, hand_axis) @ frame(wrist - elbow, bone_axis).T
        rotations[posed[f"upperarm01.{c}"]], rotations[posed[f"lowerarm01.{c}"]] = upper, lower
        _turn_hand(rotations, body, pose.trunk, c, None if hold else lower)


def _reach(arms: Arms, sign: float) -> FloatArray:
    """Where a bystander's hand is from the shoulder, as a share of the arm's length, in the trunk's frame."""
    if arms == "standing":
        return np.array([sign * 0.20, 0.06, -0.94])
    if arms == "spotting":
        return np.array([sign * 0.08, 0.72, -0.35])
    return np.array([-sign * 0.12, 0.45, -0.1])


def _turn_hand(rotations: FloatArray, body: Body, trunk: FloatArray, side: str, forearm: FloatArray | None) -> None:
    """Close the hand round the bar, palm forward, or leave it straight on the forearm."""
    posed, sign = _posed(), SIGN[SIDES.index(side)]
    turn = forearm
    if turn is None:
        wrist = body.head(f"wrist.{side}")
        fingers = body.head(f"finger3-1.{side}") - wrist
        across = body.head(f"finger2-1.{side}") - body.head(f"finger5-1.{side}")
        up = trunk @ unit(np.array([0.0, 0.35, 1.0]))
        turn = frame(up, trunk @ np.array([-sign, 0.0, 0.0])) @ frame(fingers, across).T
    rotations[posed[f"wrist.{side}"]] = turn
    bends = (0.0, 0.0, 0.0) if forearm is not None else (55.0, 120.0, 170.0)
    for k, bend_deg in enumerate(bends, start=1):
        curled = rot_about(trunk @ np.array([1.0, 0.0, 0.0]), -np.radians(bend_deg)) @ turn
        for finger in range(2, 6):
            rotations[posed[f"finger{finger}-{k}.{side}"]] = curled
