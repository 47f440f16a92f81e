"""Everyone in the video, and which of them lifts."""

from depthperception.people.lifter import Candidate, Choice, Rule, choose, parse_rule
from depthperception.people.marks import Marks, hip_travel
from depthperception.people.picking import Pick, picked
from depthperception.people.sightings import Sighting, Watch, count_people, everyone, watch
from depthperception.people.tracks import PersonTrack, link

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
