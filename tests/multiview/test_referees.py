"""Each camera is a referee: it sits where it stands best for, its light is its own, and an empty seat stays empty."""

from dataclasses import replace

import pytest

from depthperception.cli.several import lines_of
from depthperception.decision import Check, RefereeLight
from depthperception.multiview.referees import lights_of, seats_of
from depthperception.multiview.results import MultiviewJudgement, ViewJudgement
from depthperception.multiview.together import put_together
from depthperception.options import Options
from depthperception.results import AttemptJudgement, Camera, Judgement, Verdict
from depthperception.ruling.lights import SEATS_DEG
from tests.support.several_views import Filmed, examination_of


def _camera(azimuth_deg: float) -> Camera:
    camera = examination_of(Filmed(azimuth_deg)).judgement.camera
    assert camera is not None
    return camera


def _view(azimuth_deg: float, verdict: Verdict) -> tuple[Judgement, AttemptJudgement]:
    judgement = examination_of(Filmed(azimuth_deg)).judgement
    attempt = replace(judgement.attempts[0], verdict=verdict)
    return replace(judgement, attempts=(attempt,)), attempt


def _lights(*views: tuple[float, Verdict]) -> tuple[list[str | None], str]:
    both = [_view(*one) for one in views]
    lights, lift = lights_of(
        {k: one for k, (one, _) in enumerate(both)}, {k: one for k, (_, one) in enumerate(both)}, 2
    )
    return [one.light for one in lights], lift


@pytest.mark.parametrize(
    ("azimuths_deg", "seats"),
    [
        ((45.0, 315.0), {"left": 0, "right": 1}),
        ((315.0, 45.0, 0.0), {"left": 1, "chief": 2, "right": 0}),
        ((0.0, 90.0), {"chief": 0, "left": 1}),
        ((80.0, 60.0), {"left": 0, "chief": 1}),
        ((80.0, 60.0, 10.0, 280.0), {"left": 0, "chief": 2, "right": 3}),
    ],
)
def test_cameras_sit_where_they_are_least_degrees_from_their_seats(
    azimuths_deg: tuple[float, ...], seats: dict[str, int]
) -> None:
    assert seats_of({k: _camera(one) for k, one in enumerate(azimuths_deg)}) == seats


def test_two_whites_pass_whatever_the_third_says() -> None:
    assert _lights((90.0, "depth"), (0.0, "no_depth"), (270.0, "depth")) == (["white", "red", "white"], "good_lift")
    assert _lights((90.0, "no_depth"), (0.0, "depth"), (270.0, "no_depth")) == (["red", "white", "red"], "no_lift")


def test_with_two_cameras_the_third_light_is_missing() -> None:
    assert _lights((45.0, "depth"), (315.0, "depth")) == (["white", None, "white"], "good_lift")
    assert _lights((45.0, "depth"), (315.0, "no_depth")) == (["white", None, "red"], "not_judgeable")
    assert _lights((45.0, "depth"), (315.0, "too_close")) == (["white", None, "too_close"], "too_close")


def test_a_camera_shows_the_light_of_its_own_seat_and_why() -> None:
    judgement, attempt = _view(90.0, "depth")
    of_left = RefereeLight("left", "red", ("finish_position",), "")
    of_right = RefereeLight("right", "white", (), "")
    lights, _ = lights_of({0: judgement}, {0: replace(attempt, lights=(of_left, of_right))}, 2)

    assert (lights[0].light, lights[0].causes, lights[0].view) == ("red", ("finish_position",), 0)
    assert "0 degrees from this seat" in lights[0].says


def test_a_camera_that_does_not_show_the_attempt_is_open() -> None:
    judgement, _ = _view(90.0, "depth")
    lights, lift = lights_of({0: judgement}, {}, 2)
    assert (lights[0].light, lift) == ("not_judgeable", "not_judgeable")


def test_lights_are_kept_and_said_with_words_and_discs() -> None:
    views = [examination_of(Filmed(45.0)), examination_of(Filmed(315.0, starts_s=0.25))]
    found = put_together(views, Options(), follow=lambda one: one.track).judgement

    assert MultiviewJudgement.from_dict(found.to_dict()).attempts[0].lights == found.attempts[0].lights
    discs, words = lines_of(found)[1]
    assert discs == ("red", "red")
    assert words.strip() == "left red (squat.mp4), chief missing, right red (squat.mp4): NO LIFT"


def test_results_of_earlier_versions_have_no_lights() -> None:
    one = examination_of(Filmed(45.0)).judgement
    kept = MultiviewJudgement((ViewJudgement(one, True),)).to_dict()
    assert MultiviewJudgement.from_dict(kept).attempts == ()


def test_a_camera_whose_light_is_open_says_why() -> None:
    (judgement, attempt), other = _view(45.0, "depth"), _view(315.0, "depth")
    ends = Check("not_completed", "not_checked", "The film ends before the lockout.")
    lights = tuple(RefereeLight(seat, "not_judgeable", (), "") for seat in SEATS_DEG)
    opened = replace(attempt, checks=(ends,), lights=lights)
    views = {0: replace(judgement, attempts=(opened,)), 1: other[0]}
    found, _ = lights_of(views, {0: opened, 1: other[1]}, 2)
    assert found[0].says.endswith(" Open: The film ends before the lockout.")
    assert "Open" not in found[2].says
