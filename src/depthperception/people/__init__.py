"""Everyone in the video, and which of them lifts."""

from depthperception.people.choice import Candidate, Choice
from depthperception.people.detection import (
    Detections,
    FrameDetections,
    Sightings,
    count_people,
    detect_people,
    everyone,
)
from depthperception.people.lifting_cues import LiftingCues, hands_hang, hands_high, hip_travel, lowest_at
from depthperception.people.linking import link
from depthperception.people.picking import Pick, picked
from depthperception.people.rules import Rule, checked_rule, parse_rule
from depthperception.people.selection import checked_number, choose
from depthperception.people.tracking import BarCourse, PersonTrack, colours_apart
from depthperception.people.turns import turn_times

__all__ = [
    "BarCourse",
    "Candidate",
    "Choice",
    "Detections",
    "FrameDetections",
    "LiftingCues",
    "PersonTrack",
    "Pick",
    "Rule",
    "Sightings",
    "checked_number",
    "checked_rule",
    "choose",
    "colours_apart",
    "count_people",
    "detect_people",
    "everyone",
    "hands_hang",
    "hands_high",
    "hip_travel",
    "link",
    "lowest_at",
    "parse_rule",
    "picked",
    "turn_times",
]
