"""What benchmarks/real.py counts and measures, on numbers worked out by hand."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from real_labels import Clip, Rep
from real_measure import Outcome, Person, calls, disc_box, overlap, pair
from real_points import interval, score_points
from real_report import by_film, in_all, section_kept, section_put


def _clip(*reps: Rep, cut_off_s: float | None = None) -> Clip:
    return Clip("film", Path("film.mp4"), "squat", reps, False, None, (), (), 0.0, cut_off_s, None)


def _rep(bottom_s: float, until_s: float | None = None) -> Rep:
    return Rep(bottom_s, until_s or bottom_s, "deep", 0.9)


def _record(*attempts: tuple[float, float, float], verdict: str = "depth") -> dict[str, Any]:
    spans = [{"start_s": a, "bottom_s": b, "end_s": c, "verdict": verdict} for a, b, c in attempts]
    return {"judgement": {"attempts": spans}}


def test_an_attempt_is_for_one_rep_only() -> None:
    paired = pair(_clip(_rep(2.0), _rep(2.3)), _record((1.0, 2.15, 3.0)))
    assert len(paired.found) == 1
    assert len(paired.missed) == 1
    assert not paired.extra


def test_an_attempt_over_a_rep_with_its_bottom_elsewhere_is_neither_missed_nor_too_many() -> None:
    paired = pair(_clip(_rep(2.0)), _record((1.0, 2.5, 3.0), (5.0, 6.0, 7.0)))
    assert [rep.off_s(attempt["bottom_s"]) for rep, attempt in paired.off] == [0.5]
    assert [attempt["bottom_s"] for attempt in paired.extra] == [6.0]
    assert not paired.missed


def test_a_hold_is_bottom_all_through() -> None:
    assert len(pair(_clip(_rep(6.2, 11.0)), _record((5.0, 9.0, 12.0))).found) == 1


@pytest.mark.parametrize(("verdict", "extra"), [("not_judgeable", 0), ("no_depth", 1)])
def test_a_descent_that_the_film_cuts_off_may_be_refused(verdict: str, extra: int) -> None:
    paired = pair(_clip(cut_off_s=25.3), _record((24.5, 25.3, 25.5), verdict=verdict))
    assert len(paired.extra) == extra


def test_a_clear_rep_that_is_too_close_is_not_called_and_an_unclear_one_is_counted_by_itself() -> None:
    reps = _rep(2.0), _rep(6.0), _rep(10.0), Rep(14.0, 14.0, "borderline", 0.5), Rep(18.0, 18.0, "deep", 0.55)
    film = _clip(*reps)
    record = _record(*((rep.bottom_s - 1, rep.bottom_s, rep.bottom_s + 1) for rep in reps))
    verdicts = ("depth", "too_close", "no_depth", "too_close", "depth")
    for attempt, verdict in zip(record["judgement"]["attempts"], verdicts, strict=True):
        attempt |= {"verdict": verdict, "reason": "", "depth": {"probability": 0.95}}
    record = {**record, "cpu_s": 1.0, "judgement": {**record["judgement"], "video": {"duration_s": 20.0}}, "chosen": 0}
    paired = pair(film, record)
    said = calls(film, paired)
    assert [call.said for call in said] == ["right", "too close", "wrong"]
    table = in_all([Outcome(film, record, paired, tuple(said), Person(None), None)])
    assert "| 3 clear reps of 1 films | 1 right, 1 wrong, 1 too close |" in table
    assert "| of these called, and right (aim: 90%, all) | 2 of 3, 1 of 2 |" in table
    assert "| 2 attempts at reps that the rater could not tell | 1 called, 1 too close, 0 refused |" in table
    row = by_film([Outcome(film, record, paired, tuple(said), Person(None), None)]).splitlines()[-1]
    assert row.split(" | ")[7] == "2"


def test_a_discs_box_is_that_of_its_ellipse_at_the_nearest_sighting() -> None:
    axes = [[3.0, 4.0], [-8.0, 6.0]]  # half axes 5 and 10: the box's half width is hypot(3, 8), its height hypot(4, 6)
    plate = {
        "times_s": [0.0, 1.0],
        "centre_px": [[0.0, 0.0], [100.0, 50.0]],
        "radius_px": [None, 20.0],
        "axes_px": axes,
    }
    half = 2 * np.sqrt([73.0, 52.0])
    assert disc_box(plate, 0.0) == pytest.approx((100 - half[0], 50 - half[1], 100 + half[0], 50 + half[1]))


def test_boxes_overlap_by_intersection_over_union() -> None:
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)


def test_points_are_compared_along_and_across_the_readers_thigh(tmp_path: Path) -> None:
    """The readers' thigh goes 100 px to the right and is level; the seen crease is 3 px up and 10 px beyond."""
    leg = {"crease": [200, 100], "knee_top": [100, 100]}
    other = {"crease": [200, 104], "knee_top": [100, 100]}
    nothing = {"crease": None, "knee_top": None}
    reading = {
        "name": "film",
        "t_s": 2.0,
        "thigh_px": 200.0,
        "A": {"left": leg, "right": nothing, "verdict": "deep", "azimuth": 350},
        "B": {"left": other, "right": nothing, "verdict": "deep", "azimuth": 20},
    }
    points = tmp_path / "points.json"
    points.write_text(json.dumps({"film@2.00": reading}), encoding="utf-8")
    seen = {"crease_px": {"left": [210.0, 99.0]}, "knee_top_px": {"left": [100.0, 104.0]}}
    attempt = {"bottom_s": 2.05, "seen": seen, "verdict": "no_depth"}
    record = {"judgement": {"attempts": [attempt], "camera": {"up": [0.0, -1.0, 0.0]}}}
    scored = score_points(points, {"film": record})
    (mine,), (readers,) = scored.seen, scored.readers
    assert mine.view == "front"
    assert mine.knee == pytest.approx(2.0)
    assert mine.across == pytest.approx(100 * (3 + 10 * 0.02) / np.hypot(1, 0.02) / 200)
    assert mine.along == pytest.approx(100 * (10 - 3 * 0.02) / np.hypot(1, 0.02) / 200)
    assert mine.height == pytest.approx(100 * (3 + 4) / 200)
    assert readers.height == pytest.approx(2.0)
    late = {"judgement": {**record["judgement"], "attempts": [{**attempt, "bottom_s": 2.2}]}}
    assert score_points(points, {"film": late}).left_out == (("film@2.00", "nearest bottom 0.20 s off"),)


def test_intervals_draw_whole_films() -> None:
    """Within a film all values are alike, so that a mean of three films has only ten values."""
    clips, values = ["a"] * 50 + ["b"] * 50 + ["c"] * 50, np.repeat([0.0, 3.0, 6.0], 50)
    assert interval(clips, values, lambda some: float(some.mean())) == pytest.approx((1.0, 5.0))


def test_a_part_of_a_document_is_replaced_and_the_rest_kept() -> None:
    document = "# A\n\n## Real video\nold\n\n### x\n\n## Next\nkept\n"
    assert section_put(document, "## Real video\nnew\n") == "# A\n\n## Real video\nnew\n\n## Next\nkept\n"
    assert section_put("# A\n", "## Real video\nnew\n") == "# A\n\n## Real video\nnew\n"


def test_a_document_made_anew_keeps_its_part_on_real_video() -> None:
    before = "# A\nold\n\n## Real video\nmeasured\n\n## Next\nold\n"
    assert section_kept(before, "# A\nnew\n") == "# A\nnew\n\n## Real video\nmeasured\n"
    assert section_kept("", "# A\nnew\n") == "# A\nnew\n"
