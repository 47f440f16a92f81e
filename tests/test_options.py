"""What is asked of a video is checked when it is said."""

import inspect

import pytest

from depthperception import Options, judge
from depthperception.cli import app
from depthperception.errors import OptionError
from depthperception.options import options_of
from depthperception.people import Pick


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"height_cm": 17.0}, "17 cm"),
        ({"height_cm": float("nan")}, "nan cm"),
        ({"method": "guess"}, "no method called 'guess'"),
        ({"plate_cm": 450.0}, "450 cm"),
        ({"speed": 0.0}, "given as 0; expected 0.01 to 100"),
        ({"sure": 0.3}, "0.3 sure; expected .5 to less than 1"),
        ({"sure": 1.0}, "1 sure; expected .5 to less than 1"),
        ({"sure": 80.0}, "80 sure; expected .5 to less than 1"),
        ({"sure": float("nan")}, "nan sure"),
        ({"rotate_deg": 45}, "45 degrees; expected 0, 90, 180 or 270"),
        ({"lifter": "left"}, "expected auto, centre, or a number"),
        ({"lifter": 0}, "given as '0'"),
        ({"lifter": True}, "given as 'True'"),
        ({"rules": "fifa"}, "no rule book called 'fifa'; expected ipf, gpf, usapl"),
        ({"lifter": 2, "pick": Pick(1.0, 1.0, 1.0)}, "the person at a point and lifter 2 were asked for"),
    ],
)
def test_what_makes_no_sense_is_refused_before_a_video_is_opened(asked: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        judge("no such file.mp4", **asked)  # type: ignore[arg-type]


def test_the_command_s_certainty_and_rule_book_are_those_of_python() -> None:
    for command in (app.judge, app.demo):
        for name in ("sure", "rules"):
            assert inspect.signature(command).parameters[name].default == getattr(Options(), name)


def test_keywords_count_more_than_options_that_are_there() -> None:
    joined = options_of(Options(height_cm=170.0, method="side"), {"height_cm": 180.0})
    assert (joined.height_cm, joined.method) == (180.0, "side")


@pytest.mark.parametrize("options", [Options(lifter=1), Options(lifter="centre"), Options(pick=Pick(1.0, 1.0, 0.0))])
def test_everyone_and_one_person_cannot_both_be_asked_for(options: Options) -> None:
    with pytest.raises(OptionError, match="everyone who lifts and"):
        options.for_everyone()


def test_a_person_by_number_or_point_is_of_one_video_and_the_centremost_of_any() -> None:
    assert Options(lifter=2).names_somebody
    assert Options(pick=Pick(1.0, 1.0, 0.0)).names_somebody
    assert not Options(lifter="centre").names_somebody


def test_options_as_plain_values_name_the_point() -> None:
    plain = Options(height_cm=180.0, pick=Pick(3.0, 4.0, 0.5)).to_dict()
    assert plain == {
        "height_cm": 180.0,
        "method": "calibrated",
        "lifter": "auto",
        "pick": {"x_px": 3.0, "y_px": 4.0, "time_s": 0.5},
        "plate_cm": None,
        "rotate_deg": None,
        "speed": 1.0,
        "sure": 0.65,
        "pose": "blazepose",
        "detector": None,
        "rules": "ipf",
        "start_s": None,
        "end_s": None,
        "settings": {},
    }
