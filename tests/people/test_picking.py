"""Somebody who is pointed at is judged, whoever else lifts."""

import numpy as np
import pytest

from depthperception.errors import OptionError
from depthperception.people import PersonTrack, Pick, link
from tests.support.people_tracks import choose_lifter
from tests.support.sightings import video

TRACKS = link(video((200, 95, 1.0), (360, 0, 1.0), (560, 5, 1.1)))


def middle_px(track: PersonTrack | None) -> float:
    assert track is not None
    return float(np.median([person.points_px[:, 0].mean() for person in track.people]))


def box_at_once(x_px: float) -> tuple[float, float, float, float]:
    """The first box of the person who stands nearest to `x_px`."""
    return min(TRACKS, key=lambda track: abs(middle_px(track) - x_px)).first_box_px


@pytest.mark.parametrize("x_px", [200.0, 360.0, 560.0])
def test_the_person_whose_box_holds_the_point_is_chosen(x_px: float) -> None:
    x0, y0, x1, y1 = box_at_once(x_px)
    chosen = choose_lifter(TRACKS, (720, 1280), 3.5, Pick((x0 + x1) / 2, (y0 + y1) / 2, 0.0))
    assert middle_px(chosen) == pytest.approx(x_px, abs=25)


def test_a_point_a_little_beside_somebody_means_the_nearest() -> None:
    x0, y0, _, y1 = box_at_once(560.0)
    chosen = choose_lifter(TRACKS, (720, 1280), 3.5, Pick(x0 - 0.1 * (y1 - y0), (y0 + y1) / 2, 0.0))
    assert middle_px(chosen) > 500


def test_in_two_boxes_the_point_means_the_person_whose_middle_is_nearer() -> None:
    tracks = link(video((300, 0, 1.0), (380, 0, 1.0)))
    x0, y0, x1, y1 = tracks[0].first_box_px
    for share, leftmost in ((0.5, True), (1.0, False)):
        chosen = choose_lifter(tracks, (720, 1280), 3.5, Pick(x0 + share * (x1 - x0), (y0 + y1) / 2, 0.0))
        assert (chosen is tracks[0]) == leftmost


@pytest.mark.parametrize(("x_px", "y_px", "time_s", "found"), [(360, 5000, 1.0, "away"), (360, 300, 60.0, "nobody")])
def test_a_point_on_nobody_is_refused_with_what_was_found(x_px: float, y_px: float, time_s: float, found: str) -> None:
    with pytest.raises(OptionError, match=found):
        choose_lifter(TRACKS, (720, 1280), 3.5, Pick(x_px, y_px, time_s))


@pytest.mark.parametrize("values", [(float("nan"), 0, 0), (0, float("inf"), 0), (0, 0, -1)])
def test_a_point_that_is_none_is_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(OptionError, match="Pick a point"):
        Pick(*values)
