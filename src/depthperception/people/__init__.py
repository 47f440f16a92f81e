"""Everyone in the video, and which of them lifts."""

from depthperception.people.detection import Sighting, Watch, count_people, everyone, watch
from depthperception.people.lifting_cues import Marks, hip_travel
from depthperception.people.picking import Pick, picked
from depthperception.people.selection import Candidate, Choice, Rule, choose, parse_rule
from depthperception.people.tracking import PersonTrack, link

__all__ = [
    "Candidate",
    "Choice",
    "Marks",
    "PersonTrack",
    "Pick",
    "Rule",
    "Sighting",
    "Watch",
    "choose",
    "count_people",
    "everyone",
    "hip_travel",
    "link",
    "parse_rule",
    "picked",
    "watch",
]
