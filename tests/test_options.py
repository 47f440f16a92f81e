"""What is asked of a video is checked when it is said."""

import inspect
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception import (
    Options,
    PoseTrack,
    judge,
    judge_all,
    judge_landmarks,
    judge_together,
    read_calibration,
    verify_packet,
)
from depthperception.cli import app
from depthperception.errors import DataError, OptionError, PacketError
from depthperception.options import options_of
from depthperception.people import Pick
from tests.support.figures import track


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
        ({"height_cm": "180"}, "height_cm was given as '180'; expected a number"),
        ({"height_cm": True}, "height_cm was given as True; expected a number"),
        ({"height_cm": 10**400}, "height_cm was given as 1000.*; expected a number"),
        ({"plate_cm": [45]}, r"plate_cm was given as \[45\]; expected a number"),
        ({"speed": None}, "speed was given as None; expected a number"),
        ({"start_s": "0:10"}, "start_s was given as '0:10'; expected a number"),
        ({"method": ["side"]}, r"method was given as \['side'\]; expected text"),
        ({"pose": None}, "pose was given as None; expected text"),
        ({"rotate_deg": "90"}, "turned by '90' degrees"),
        ({"pick": (1.0, 1.0, 1.0)}, r"pick was given as \(1.0, 1.0, 1.0\); expected a Pick\(x_px, y_px, time_s\)"),
        ({"settings": {}}, "settings was given as {}; expected Settings"),
        ({"heigth_cm": 180}, "no option heigth_cm; expected height_cm, method,"),
        ({"lifter": 2, "pick": Pick(1.0, 1.0, 1.0)}, "the person at a point and lifter 2 were asked for"),
    ],
)
def test_what_makes_no_sense_is_refused_before_a_video_is_opened(asked: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        judge("no such file.mp4", **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("named", [None, 5, b"squat.mp4", ["squat.mp4"], ""])
def test_what_is_no_path_is_refused_in_a_sentence(named: Any) -> None:
    for asks in (judge, judge_all, judge_landmarks, read_calibration, PoseTrack.load, partial(verify_packet, "a.zip")):
        with pytest.raises(OptionError, match=r"A file was given as .*; expected its path"):
            asks(named)


def test_files_of_every_kind_are_named_by_text_as_well_as_by_a_path(tmp_path: Path) -> None:
    written = str(tmp_path / "figure.npz")
    film = track(np.array([0.0, 0.1]), np.zeros(2))
    film.save(written)
    assert len(PoseTrack.load(written)) == len(film)
    with pytest.raises(DataError, match=r"cannot be read .No such file"):
        read_calibration(str(tmp_path / "cameras.toml"))
    with pytest.raises(PacketError, match="is no appeal packet"):
        verify_packet(written, written)


def test_one_path_for_several_cameras_is_one_video_and_not_its_letters() -> None:
    with pytest.raises(OptionError, match="1 video was given; expected two or more"):
        judge_together("squat.mp4")


def test_a_point_that_is_no_numbers_is_refused_in_a_sentence() -> None:
    with pytest.raises(OptionError, match=r"picked at \('1', 2, 3\); expected three numbers"):
        Pick("1", 2, 3)  # type: ignore[arg-type]


def test_options_that_are_a_dictionary_are_refused_in_a_sentence() -> None:
    with pytest.raises(OptionError, match=r"Options were given as {'height_cm': 180}; expected Options, or keywords"):
        judge("no such file.mp4", {"height_cm": 180})  # type: ignore[arg-type]


def test_numbers_out_of_a_table_are_written_as_any_others() -> None:
    row = Options(height_cm=np.int64(180), sure=np.float32(0.75), lifter=np.int64(2), rotate_deg=np.int64(90))  # type: ignore[arg-type]
    assert json.dumps(row.to_dict()) == json.dumps(Options(height_cm=180, sure=0.75, lifter=2, rotate_deg=90).to_dict())


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
