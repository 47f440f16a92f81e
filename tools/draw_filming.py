"""Film one squat from many places, judge each film, and write what came of it into docs/filming.md.

    python tools/draw_filming.py

Needs the extra `synth`. The squat is the demonstration clip's, 3.0 cm deep; only camera, plates and who stands about
change. Draws docs/pictures/filming/*.jpg: each place's view at the bottom, and a map of the places. The pictures' last
bits depend on the OpenGL driver.
"""

import math
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from render_clips import DEMO, F_AVG

from depthperception import judge
from depthperception.report.drawing import draw_dot, draw_line, draw_text, text_size
from depthperception.report.text import attempt_line, no_attempt_words
from depthperception.results import AttemptJudgement, Judgement
from depthperception.synth.clip import write_clip
from depthperception.synth.scenario import Clothes, Person, Scenario, Viewpoint
from depthperception.synth.stills import Studio
from depthperception.types import Picture

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURES = DOCS / "pictures" / "filming"
PAGE = DOCS / "filming.md"

AIM_M = 0.85
"""Height at which every camera is aimed: the middle of a lifter who stands and squats."""

SIZE_PX = (540, 960)
SHOWN_PX = (180, 320)
MAP_PX = (1000, 640)
GOOD, BAD, INK, PAPER = (255, 255, 255), (190, 30, 45), (20, 20, 24), (255, 255, 255)

SMALL_PLATES_M = 0.16
BETWEEN = Person(-0.75, 0.95, 40.0, "standing", F_AVG, Clothes(leg=1.8, top_colour=(0.4, 0.08, 0.2)))
"""Somebody who stands between a camera at 40 degrees and the lifter."""


@dataclass(frozen=True)
class Place:
    """A place to film from: its letter on the map, whether we recommend it, and what is done there."""

    letter: str
    good: bool
    words: str
    scenario: Scenario
    on_map: bool = True


def seen_from(azimuth_deg: float, height_m: float, distance_m: float, aim_m: float = AIM_M, **view: float) -> Scenario:
    """Return the demonstration's squat seen from elsewhere, the camera aimed at a height of the lifter's axis."""
    width_px, height_px = SIZE_PX
    pitch_deg = math.degrees(math.atan2(aim_m - height_m, distance_m))
    viewpoint = Viewpoint(
        azimuth_deg=azimuth_deg, height_m=height_m, distance_m=distance_m, pitch_deg=pitch_deg, width_px=width_px,
        height_px=height_px, **{"fov_deg": 53.0, **view},
    )  # fmt: skip
    return replace(DEMO, viewpoint=viewpoint)


def with_small_plates(scenario: Scenario) -> Scenario:
    """Return the same with plates that hide nothing from the side."""
    return replace(scenario, barbell=replace(scenario.barbell, plate_radius_m=SMALL_PLATES_M))


PLACES = (
    Place("A", True, "45 degrees in front, at hip height, 3.6 m away", seen_from(45.0, 0.9, 3.6)),
    Place("B", True, "The same from the lifter's right", seen_from(315.0, 0.9, 3.6)),
    Place("C", True, "From the side, small plates", with_small_plates(seen_from(90.0, 0.9, 3.6))),
    Place("D", True, "Straight from the front", seen_from(4.0, 0.9, 3.6)),
    Place("E", False, "Phone on the floor", seen_from(35.0, 0.08, 2.4, fov_deg=65.0)),
    Place("F", False, "Held high, looking down", seen_from(70.0, 2.3, 2.6, fov_deg=65.0)),
    Place("G", False, "From behind", seen_from(150.0, 0.9, 3.6)),
    Place("H", False, "Too near", seen_from(40.0, 0.9, 1.4, fov_deg=95.0)),
    Place("I", False, "From the side, behind 45 cm plates", seen_from(90.0, 0.9, 3.6), on_map=False),
    Place("J", False, "From A, held askew by 12 degrees", seen_from(45.0, 0.9, 3.6, roll_deg=12.0), on_map=False),
    Place("K", False, "From A, knees out of the picture", seen_from(45.0, 0.9, 2.4, 1.75), on_map=False),
    Place("L", False, "Along A, from 14 m away", seen_from(45.0, 0.9, 14.0), on_map=False),
    Place(
        "M", False, "From A, somebody in between", replace(seen_from(45.0, 0.9, 3.6), people=(BETWEEN,)), on_map=False
    ),
)

TABLES = {"good places": True, "bad places": False}
"""Names of the page's marks between which the tables are written, and which places each holds."""


def ruling_words(attempt: AttemptJudgement) -> str:
    """Write the command line's words of an attempt, without its number and time."""
    verdict, *said = attempt_line(1, attempt).split("   ")[1:]
    return f"**{verdict}** {', '.join(one for one in said if not one.startswith('at '))}"


def words_of(judgement: Judgement) -> str:
    """Write what the tool says of a film: of each attempt, and its advice."""
    rulings = [ruling_words(one) for one in judgement.attempts]
    advice = judgement.camera.advice if judgement.camera else ()
    return "<br>".join([*(rulings or [no_attempt_words(judgement)]), *(f"*{one}*" for one in advice)])


def rows(places: Iterable[Place], studio: Studio) -> Iterable[str]:
    """Film, judge and draw each place; give a table's row for each."""
    for place in places:
        picture = studio.still(place.scenario, "bottom").picture
        name = f"{place.letter.lower()}.jpg"
        save(shrunk(picture, *SHOWN_PX), PICTURES / name)
        with tempfile.TemporaryDirectory() as folder:
            clip = Path(folder) / "squat.mp4"
            write_clip(place.scenario, clip, studio)
            said = words_of(judge(clip))
        print(f"{place.letter} {place.words}: {said}", flush=True)
        yield f"| **{place.letter}** {place.words} | ![{place.words}](pictures/filming/{name}) | {said} |"


def table(places: Iterable[Place], studio: Studio) -> str:
    """Write places as a table."""
    head = ["| place | at the bottom | what the tool says |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows(places, studio)])


def room_map(places: Iterable[Place], studio: Studio) -> Picture:
    """Draw lifter and places from above: a stem from the floor to each camera, its letter at its height."""
    width_px, height_px = MAP_PX
    view = Viewpoint(
        azimuth_deg=62.0, height_m=7.2, distance_m=6.6, pitch_deg=-49.0, fov_deg=58.0, width_px=width_px,
        height_px=height_px,
    )  # fmt: skip
    room = replace(DEMO.room, ceiling_m=14.0, props=())
    still = studio.still(replace(DEMO, viewpoint=view, room=room), "bottom")
    picture = np.ascontiguousarray(still.picture)
    for place in places:
        at = place.scenario.viewpoint
        azimuth = math.radians(at.azimuth_deg)
        x, y = -math.sin(azimuth) * at.distance_m, math.cos(azimuth) * at.distance_m
        foot, top = still.camera.project(np.array([[x, y, 0.0], [x, y, at.height_m]]))
        ink, fill = (INK, GOOD) if place.good else (PAPER, BAD)
        draw_line(picture, foot, top, fill, 3.0)
        draw_dot(picture, top, 17.0, fill)
        letter_width, letter_height = text_size(place.letter, 24, bold=True)
        corner = (round(top[0] - letter_width / 2), round(top[1] - letter_height / 2))
        draw_text(picture, corner, place.letter, 24, ink, bold=True)
    return picture


def shrunk(picture: Picture, width_px: int, height_px: int) -> Picture:
    """Return a smaller picture."""
    return np.asarray(cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)


def save(picture: Picture, path: Path) -> None:
    """Write a small JPEG."""
    path.write_bytes(cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())


def put(page: str, name: str, content: str) -> str:
    """Put content between the page's two marks of that name."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.partition(start)
    return f"{before}{start}\n{content}\n{end}{rest.partition(end)[2]}"


def main() -> None:
    """Write the pictures and the page's tables."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    studio = Studio(samples=4)
    save(room_map([place for place in PLACES if place.on_map], studio), PICTURES / "map.jpg")
    tables = {name: table([place for place in PLACES if place.good == good], studio) for name, good in TABLES.items()}
    page = PAGE.read_text(encoding="utf-8")
    for name, content in tables.items():
        page = put(page, name, content)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
