"""Clothes: zones painted on a body at rest, and cloth thickness over its skin."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from depthperception.synth.body import SIDES, Body, arm_share, rig
from depthperception.synth.scenario import Clothes
from depthperception.types import FloatArray

ZONES = ("bottoms", "top", "hair", "shoe", "sock", "sleeve", "belt", "eye")
"""Order of the zone values; a zone covers the skin where its value is above 0. An eye is 1, its pupil 2."""

OUTSIDE = -1.0


@dataclass(frozen=True, eq=False)
class Dressed:
    """Rest skin pushed out by cloth (n, 3), and the zones' signed values (n, 8)."""

    vertices: FloatArray
    zones: FloatArray


@lru_cache(maxsize=8)
def dress(body: Body, clothes: Clothes) -> Dressed:
    """Dress a body."""
    skin = body.vertices
    leg, arm = _along_leg(body), _along_arm(body)
    waist = body.head("upperleg01.L")[2] + 0.13 * body.scale
    arm_skin = arm_share()
    zones = {
        "bottoms": np.where(arm_skin < 0.25, np.minimum(waist - skin[:, 2], 0.4 * (clothes.leg - leg)), OUTSIDE),
        "top": _top(body, clothes, waist, arm),
        "hair": _hair(body),
        "shoe": _shoe(body),
        "sock": np.where(_feet_share() + (leg > 1.0) > 0.5, leg - (2.0 - clothes.sock), OUTSIDE),
        "sleeve": np.where(leg > 0.0, 0.30 - np.abs(leg - 1.0), OUTSIDE),
        "belt": np.where(arm_skin < 0.25, 0.055 - np.abs(skin[:, 2] - waist - 0.04), OUTSIDE),
        "eye": _eyes(body),
    }
    worn = {
        "top": not clothes.topless,
        "hair": clothes.hair,
        "shoe": clothes.shoes,
        "sock": clothes.sock > 0.0,
        "sleeve": clothes.knee_sleeves,
        "belt": clothes.belt,
    }
    signed = np.stack([zones[name] if worn.get(name, True) else np.full(len(skin), OUTSIDE) for name in ZONES], axis=1)
    thickness = _thickness(body, clothes, signed, waist)
    return Dressed(skin + body.normals * thickness[:, None], signed)


def _thickness(body: Body, clothes: Clothes, signed: FloatArray, waist: float) -> FloatArray:
    """Cloth over skin (m); loose legs flare towards the hem, the thickest layer wins, soles stay on the floor."""
    hem = body.head("upperleg01.L")[2] - clothes.leg * body.thigh_m
    flare = 0.7 * np.clip((waist - body.vertices[:, 2]) / max(waist - hem, 0.05), 0.0, 1.0)
    loose = clothes.leg_thickness_m > 0.006
    layers = {
        "bottoms": clothes.leg_thickness_m * (1.0 + flare * loose),
        "top": clothes.arm_thickness_m,
        "hair": 0.014 * body.scale,
        "shoe": np.where(body.normals[:, 2] < -0.7, 0.0, 0.008),
        "sock": 0.002,
        "sleeve": 0.007,
        "belt": 0.014 if not clothes.topless else 0.010,
    }
    edge = 0.02
    worn = np.clip(signed / edge + 0.5, 0.0, 1.0)
    return np.asarray(np.max([worn[:, ZONES.index(name)] * depth for name, depth in layers.items()], axis=0))


def _along_leg(body: Body) -> FloatArray:
    """Position along the leg (n,): 0 at the hip joint's level, 1 knee, 2 ankle."""
    levels = [body.head(f"{bone}.L")[2] for bone in ("foot", "lowerleg01", "upperleg01")]
    z = body.vertices[:, 2]
    above = (levels[2] - z) / body.thigh_m
    below = 2.0 + (levels[0] - z) / body.shank_m
    return np.where(z > levels[2], above, np.where(z < levels[0], below, np.interp(z, levels, [2.0, 1.0, 0.0])))


def _along_arm(body: Body) -> FloatArray:
    """Position along the arm (n,): 0 shoulder, 1 elbow, 2 wrist; each vertex on its own side's arm."""
    result = np.zeros(len(body.vertices))
    for c, left in zip(SIDES, (True, False), strict=True):
        mine = (body.vertices[:, 0] < 0.0) == left
        shoulder, elbow, wrist = (body.head(f"{bone}.{c}") for bone in ("upperarm01", "lowerarm01", "wrist"))
        upper, lower = elbow - shoulder, wrist - elbow
        first = (body.vertices - shoulder) @ upper / (upper @ upper)
        second = (body.vertices - elbow) @ lower / (lower @ lower)
        result = np.where(mine, np.where(first < 1.0, first, 1.0 + np.maximum(second, 0.0)), result)
    return result


def _top(body: Body, clothes: Clothes, waist: float, along: FloatArray) -> FloatArray:
    z, arm = body.vertices[:, 2], arm_share()
    top = np.minimum(z - (waist - 0.02), 0.1)
    trunk = 0.6 * np.maximum(0.0, 1.0 - 4.0 * arm)
    top = np.minimum(top, (clothes.arm - along) * 0.2 + trunk)
    if clothes.arm < 0.1:
        top = np.minimum(top, _neckline(body))
    return np.where((_head_share() > 0.3) | (z > body.head("neck01")[2] + 0.06 * body.scale), OUTSIDE, top)


def _neckline(body: Body) -> FloatArray:
    """A singlet: bare inside an ellipse round the neck, in front and behind."""
    x = body.vertices[:, 0] / (0.095 * body.scale)
    z = (body.vertices[:, 2] - body.head("neck01")[2]) / (0.12 * body.scale)
    return np.asarray(0.1 * (np.hypot(x, z) - 1.0))


def _hair(body: Body) -> FloatArray:
    z, y, head = body.vertices[:, 2], body.vertices[:, 1], _head_share()
    top, face = z.max(), y[head > 0.5].max()
    line = z - (top - 0.055 * body.scale) - 0.33 * np.maximum(0.0, y - (face - 0.10 * body.scale))
    back = np.where(y < face - 0.095 * body.scale, 0.10 * body.scale, 0.0)
    ears = 12.0 * (0.068 * body.scale - np.abs(body.vertices[:, 0]))
    return np.asarray(np.where(head > 0.4, np.minimum(line + back, ears), OUTSIDE))


def _shoe(body: Body) -> FloatArray:
    return np.asarray(np.minimum(_feet_share() - 0.5, 10.0 * (body.head("foot.L")[2] + 0.02 - body.vertices[:, 2])))


@lru_cache(maxsize=1)
def _feet_share() -> FloatArray:
    return np.maximum(rig().share("foot", "toe", side=".L"), rig().share("foot", "toe", side=".R"))


@lru_cache(maxsize=1)
def _head_share() -> FloatArray:
    return rig().share("head", "eye")


def _eyes(body: Body) -> FloatArray:
    zone = np.where(rig().share("eye") > 0.5, 1.0, 0.0)
    for c in SIDES:
        mine = rig().share(f"eye.{c}") > 0.5
        if mine.any():
            centre = body.vertices[mine].mean(axis=0)
            from_axis = np.hypot(*(body.vertices - centre)[:, [0, 2]].T)
            zone[mine & (from_axis < 0.0065) & (body.vertices[:, 1] > centre[1])] = 2.0
    return zone
