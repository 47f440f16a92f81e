"""Names and numbers of the body's landmarks, in the layouts that this project reads.

BlazePose's 33 landmarks are the project's own layout (MediaPipe Pose documentation); MoveNet's and OpenPose's
points are mapped to it where they mean the same. Left and right are the lifter's own.
"""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np


class Landmark(IntEnum):
    """BlazePose landmarks by index."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


COUNT = len(Landmark)
AUXILIARY = 6
"""Points 33 to 38 of the network's output: 33 and 34 say where the person is, the rest is unused."""

EARS = np.array([Landmark.LEFT_EAR, Landmark.RIGHT_EAR])
SHOULDERS = np.array([Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER])
WRISTS = np.array([Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST])
HIPS = np.array([Landmark.LEFT_HIP, Landmark.RIGHT_HIP])
KNEES = np.array([Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE])
ANKLES = np.array([Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE])
HEELS = np.array([Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL])
TOES = np.array([Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX])

SWAP = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9]
    + [i + 1 if i % 2 else i - 1 for i in range(11, 33)]
    + list(range(COUNT, COUNT + AUXILIARY))
)
"""Row order of the network's output for the mirror image: left rows become right ones."""

COCO_SHOULDERS, COCO_ELBOWS, COCO_WRISTS = slice(5, 7), slice(7, 9), slice(9, 11)
COCO_HIPS, COCO_KNEES, COCO_ANKLES = slice(11, 13), slice(13, 15), slice(15, 17)
COCO_NOSE, COCO_HEAD, COCO_BODY = 0, slice(0, 5), slice(5, 17)
"""Rows of COCO's 17 key points, which MoveNet gives; each pair left, then right."""

COCO_TRUNK_AND_LEGS = np.array([5, 6, 11, 12, 13, 14, 15, 16])
"""Shoulders, hips, knees and ankles."""

COCO_LIMBS = ((5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 13), (13, 15), (12, 14), (14, 16))
"""Arms, sides of the trunk, legs: pairs of key points."""

COCO_TRUNK, COCO_THIGHS = (5, 6, 12, 11), ((11, 13), (12, 14))
"""The trunk's outline, and the thighs as pairs of key points."""

COCO_TO_BLAZEPOSE = np.array([0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28])
"""BlazePose index of each of COCO's 17 key points."""

BODY_25 = {
    0: Landmark.NOSE, 2: Landmark.RIGHT_SHOULDER, 3: Landmark.RIGHT_ELBOW, 4: Landmark.RIGHT_WRIST,
    5: Landmark.LEFT_SHOULDER, 6: Landmark.LEFT_ELBOW, 7: Landmark.LEFT_WRIST, 9: Landmark.RIGHT_HIP,
    10: Landmark.RIGHT_KNEE, 11: Landmark.RIGHT_ANKLE, 12: Landmark.LEFT_HIP, 13: Landmark.LEFT_KNEE,
    14: Landmark.LEFT_ANKLE, 15: Landmark.RIGHT_EYE, 16: Landmark.LEFT_EYE, 17: Landmark.RIGHT_EAR,
    18: Landmark.LEFT_EAR, 19: Landmark.LEFT_FOOT_INDEX, 21: Landmark.LEFT_HEEL, 22: Landmark.RIGHT_FOOT_INDEX,
    24: Landmark.RIGHT_HEEL,
}  # fmt: skip
"""OpenPose BODY_25 index to landmark (OpenPose documentation, output format)."""

COCO_18 = {
    0: Landmark.NOSE, 2: Landmark.RIGHT_SHOULDER, 3: Landmark.RIGHT_ELBOW, 4: Landmark.RIGHT_WRIST,
    5: Landmark.LEFT_SHOULDER, 6: Landmark.LEFT_ELBOW, 7: Landmark.LEFT_WRIST, 8: Landmark.RIGHT_HIP,
    9: Landmark.RIGHT_KNEE, 10: Landmark.RIGHT_ANKLE, 11: Landmark.LEFT_HIP, 12: Landmark.LEFT_KNEE,
    13: Landmark.LEFT_ANKLE, 14: Landmark.RIGHT_EYE, 15: Landmark.LEFT_EYE, 16: Landmark.RIGHT_EAR,
    17: Landmark.LEFT_EAR,
}  # fmt: skip
"""OpenPose COCO index to landmark."""

COCO_17 = {index: Landmark(int(mark)) for index, mark in enumerate(COCO_TO_BLAZEPOSE)}
"""COCO key point to landmark (cocodataset.org, key point annotations)."""

HALPE_26 = COCO_17 | {
    20: Landmark.LEFT_FOOT_INDEX, 21: Landmark.RIGHT_FOOT_INDEX, 24: Landmark.LEFT_HEEL, 25: Landmark.RIGHT_HEEL,
}  # fmt: skip
"""Halpe's body with feet to landmark (rtmlib, visualization/skeleton/halpe26.py): COCO's, head, neck, middle of the
hips, big toes, small toes, heels."""

WHOLE_BODY_133 = COCO_17 | {
    17: Landmark.LEFT_FOOT_INDEX, 19: Landmark.LEFT_HEEL, 20: Landmark.RIGHT_FOOT_INDEX, 22: Landmark.RIGHT_HEEL,
}  # fmt: skip
"""COCO-WholeBody to landmark (MMPose, configs/_base_/datasets/coco_wholebody.py): COCO's, six of the feet, face and
hands."""

SKELETONS: Mapping[str, tuple[int, Mapping[int, Landmark]]] = {
    "coco_17": (17, COCO_17),
    "coco_18": (18, COCO_18),
    "body_25": (25, BODY_25),
    "halpe_26": (26, HALPE_26),
    "whole_body_133": (133, WHOLE_BODY_133),
}
"""Key point layouts of other networks by name: how many points they have, and which landmark each is."""

BONES = (
    (11, 12), (11, 23), (12, 24), (23, 24), (11, 13), (13, 15), (12, 14), (14, 16),
    (23, 25), (25, 27), (24, 26), (26, 28), (27, 29), (29, 31), (27, 31), (28, 30), (30, 32), (28, 32),
)  # fmt: skip
"""Pairs of landmarks to draw a line between."""
