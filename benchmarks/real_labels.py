"""The labels of ../shared/clips, and what was read off the films beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEAR_S = 0.25
"""A bottom is found when an attempt's is so near."""

LEAST_CONFIDENCE = 0.65
"""From here on a label is a verdict (the clips' README): chance that a panel of referees would agree."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Rep:
    """A labelled rep: its bottom from `bottom_s` to `until_s` (a hold), "deep", "high" or "borderline"."""

    bottom_s: float
    until_s: float
    verdict: str
    confidence: float

    def off_s(self, time_s: float) -> float:
        """How far a time is from the bottom."""
        return max(self.bottom_s - time_s, time_s - self.until_s, 0.0)

    @property
    def truth(self) -> str | None:
        """The verdict that is right, "depth" or "no_depth"; None where one rater could not tell."""
        if self.confidence < LEAST_CONFIDENCE:
            return None
        return {"deep": "depth", "high": "no_depth"}.get(self.verdict)


@dataclass(frozen=True)
class Clip:
    """A film and what was seen in it by eye; boxes are x0, y0, x1, y1 in px of the upright picture."""

    name: str
    path: Path
    exercise: str
    reps: tuple[Rep, ...]
    abstain_ok: bool
    lifter_box: Box | None
    other_boxes: tuple[Box, ...]
    plates: tuple[Box, ...]
    plates_t_s: float
    cut_off_s: float | None
    may_be: str | None


def read_clips(folder: Path, only: Sequence[str] = ()) -> list[Clip]:
    """The labelled clips, all or those whose names begin with one of the given words."""
    entries = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    films = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix not in (".json", ".md")}
    clips = [_clip(entry, films[entry["name"]]) for entry in entries]
    return [clip for clip in clips if not only or clip.name.startswith(tuple(only))]


def _clip(entry: Mapping[str, Any], path: Path) -> Clip:
    name, box = entry["name"], entry.get("lifter_box")
    labelled = (entry.get("plates_t_s", 0.0), entry.get("plates", ()))
    plates_t_s, plates = PLATES.get(name, labelled)
    return Clip(
        name=name,
        path=path,
        exercise=entry["exercise"],
        reps=tuple(_rep(rep) for rep in entry["reps"]),
        abstain_ok=bool(entry.get("abstain_ok")),
        lifter_box=_box(box) if box else None,
        other_boxes=tuple(_box(one) for one in entry.get("other_people_boxes_at_bottom", ())),
        plates=tuple(_box(one) for one in plates),
        plates_t_s=float(plates_t_s),
        cut_off_s=CUT_OFF_S.get(name),
        may_be=MAY_BE.get(name),
    )


def _rep(rep: Mapping[str, Any]) -> Rep:
    bottom_s = rep["t_bottom_s"]
    start_s, until_s = rep.get("hold_s", (bottom_s, bottom_s))
    return Rep(min(bottom_s, start_s), max(bottom_s, until_s), rep["verdict"], rep["confidence"])


def _box(corners: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in corners)
    return x0, y0, x1, y1


CUT_OFF_S = {"kavya_squats": 25.3}
"""A descent that the end of the film cuts off, by its notes: no rep, and an attempt there is none too many if it is
refused."""

MAY_BE = {"spot_ezgif-814d51f1cc895c01": "no_depth"}
"""A still picture of a squat in the last frame: no movement to judge, and this verdict would be right too."""

PLATES: dict[str, tuple[float, tuple[Box, ...]]] = {
    "y03_squat1": (1.0, ((846, 409, 966, 720),)),
    "y03_squat2_side": (1.2, ((138, 397, 330, 642), (510, 0, 850, 95))),
    "y03_squat_fail": (1.0, ((3, 30, 131, 469), (1260, 30, 1440, 493))),
    "bryce_squat1t": (4.8, ((195, 79, 361, 247), (169, 58, 253, 151))),
    "gymai_squat": (17.0, ((43, 90, 212, 284),)),
    "gymai_white": (0.3, ((267, 82, 321, 213), (503, 111, 555, 176))),
    "gymai_quarter": (1.77, ((144, 181, 290, 333),)),
    "formfit_squat1": (0.5, ((104, 148, 151, 250), (183, 0, 368, 72))),
    "dc_mike": (0.2, ((164, 199, 310, 353),)),
    "dc_rishi2": (0.5, ((480, 194, 686, 443), (1029, 0, 1457, 297))),
    "dc_rishibb": (0.3, ((242, 336, 427, 509), (132, 487, 195, 598))),
    "dc_mansquat3out": (0.8, ((331, 143, 429, 339), (829, 139, 921, 303))),
}
"""Time and boxes of what is seen of the plates on the lifter's bar, of squats whose labels have none: read once, with
this benchmark, off a frame under a grid, to about 3 % of a plate, before any plate was drawn into it. A plate that the
picture's edge or the lifter cuts counts as shown."""

LIFTERS = {
    "oc_sq_cam1": "oc_sq_cam0",
    "y03_squat2_side": "y03_squat1",
    "y03_squat_fail": "y03_squat1",
    "dc_rishi2": "dc_rishibb",
}
"""Clips that show a lifter of another clip, to the eye: they are not independent."""
