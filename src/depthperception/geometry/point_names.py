"""Which landmark a point's name means: "RHip", "right_hip", "hip.R", "Right Ankle" of files that name their points."""

import re

from depthperception.geometry.skeletons import Landmark

PARTS = {
    "eye": "EYE", "ear": "EAR", "shoulder": "SHOULDER", "elbow": "ELBOW", "wrist": "WRIST", "hip": "HIP",
    "hipjoint": "HIP", "knee": "KNEE", "ankle": "ANKLE", "heel": "HEEL", "calcaneus": "HEEL", "toe": "FOOT_INDEX",
    "bigtoe": "FOOT_INDEX", "footindex": "FOOT_INDEX",
}  # fmt: skip
"""A part's name, without its side and in small letters, to the end of the landmark's."""

SIDES = {"l": "LEFT", "left": "LEFT", "r": "RIGHT", "right": "RIGHT"}

WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
"""Words of a name in CamelCase, with underscores, points or blanks between them; numbers say nothing."""


def landmark_named(name: str) -> Landmark | None:
    """Find the landmark that a name means; None where it is another point, or one without a side."""
    words = [word.lower() for word in WORDS.findall(name)]
    if words == ["nose"]:
        return Landmark.NOSE
    if len(words) == 1 and words[0][1:] in PARTS:
        words = [words[0][0], words[0][1:]]  # "rhip"
    sides = [SIDES[word] for word in words if word in SIDES]
    part = PARTS.get("".join(word for word in words if word not in SIDES))
    return Landmark[f"{sides[0]}_{part}"] if part and len(sides) == 1 else None
