"""Several views become one judgement, with errors that say what is wrong, and the usable views where others are not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from depthperception.errors import DataError, OptionError
from depthperception.examination import Examination
from depthperception.json_types import schema_of
from depthperception.multiview.results import SCHEMA, MultiviewJudgement
from depthperception.multiview.settings import Together
from depthperception.multiview.together import TogetherExamination, cameras_of, examine_together, put_together
from depthperception.multiview.trc import write_trc
from depthperception.multiview.triangulation import HIP, NAMES
from depthperception.options import Options
from depthperception.pose.track import PoseTrack
from depthperception.report.views.content import sentences, views_content, write_views_page
from depthperception.results import Reading
from depthperception.settings import Settings
from tests.support.rendered_clips import DATA
from tests.support.several_views import (
    DOWN_S,
    Filmed,
    calibration_of,
    camera_at,
    examination_of,
    track_of,
    true_depth_cm,
    without_attempt,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLIPS = DATA / "front_deep.mp4", DATA / "side_high.mp4"
VIEWS = [
    examination_of(Filmed(45.0, CLIPS[0])),
    examination_of(Filmed(315.0, CLIPS[1], starts_s=0.25, rate_hz=24.0)),
]
KNOWN = calibration_of(camera_at(45.0), camera_at(315.0))


def _together(examinations: list[Examination], **known: Any) -> TogetherExamination:
    """The figures are in no video: the track through it is the close one, too."""
    return put_together(examinations, Options(), follow=lambda one: one.track, **known)


def test_two_calibrated_views_give_one_depth_on_one_clock() -> None:
    found = _together(VIEWS, calibration=KNOWN)

    attempt = found.judgement.attempts[0]
    assert attempt.of_views == (0, 0)
    assert attempt.bottom_s == pytest.approx(DOWN_S, abs=0.01)
    assert attempt.legs_cm == pytest.approx(true_depth_cm(), abs=0.2)
    assert attempt.depth.method == "multiview"
    offset = found.judgement.views[1].offset
    assert offset is not None
    assert offset.offset_s == pytest.approx(0.25, abs=0.005)
    assert found.space is not None
    standing = np.nanmedian(found.space.track.points_m[:10, HIP], axis=(0, 1))
    assert standing[2] == pytest.approx(0.94, abs=0.01)
    assert MultiviewJudgement.from_dict(found.judgement.to_dict()).attempts[0].verdict == attempt.verdict


def test_a_clock_that_is_not_known_well_is_said_to_be() -> None:
    def trembling(one: Examination) -> PoseTrack:
        noise_px = 60.0 * np.random.default_rng(5).normal(size=one.track.image_px.shape)
        return replace(one.track, image_px=one.track.image_px + noise_px)

    unsure = put_together(VIEWS, Options(), calibration=KNOWN, follow=trembling).judgement

    offset = unsure.views[1].offset
    assert offset is not None
    assert offset.sd_s > 0.017
    assert any("clock of side_high.mp4" in note and "--offset" in note for note in unsure.notes)
    assert not any("clock" in note for note in _together(VIEWS, calibration=KNOWN).judgement.notes)


def test_the_schema_beside_the_code_is_that_of_the_types() -> None:
    kept = json.loads((Path(__file__).parents[2] / "docs" / "multiview.schema.json").read_text())
    assert schema_of(MultiviewJudgement, SCHEMA) == kept, "run: python tools/write_schema.py"


def test_without_a_board_the_lifter_calibrates() -> None:
    found = _together(VIEWS)

    facts = found.judgement.calibration
    assert facts is not None
    assert facts.source == facts.gravity == "lifter"
    assert facts.reprojection_px is not None
    assert facts.baselines_m[0] == pytest.approx(2.0 * 3.5 * np.sin(np.radians(45.0)), rel=0.05)


def test_given_offsets_are_taken() -> None:
    found = _together(VIEWS, calibration=KNOWN, offsets_s=[0.21])

    offset = found.judgement.views[1].offset
    assert offset is not None
    assert (offset.source, offset.offset_s) == ("given", 0.21)


def test_one_view_without_a_person_leaves_the_other() -> None:
    found = _together([VIEWS[0], without_attempt(VIEWS[1], "Nobody is in the video.")], calibration=KNOWN)

    attempt = found.judgement.attempts[0]
    assert attempt.depth.method == "calibrated"
    assert (attempt.verdict, attempt.of_views) == ("no_depth", (0, None))
    assert not found.judgement.views[1].used
    assert found.judgement.views[1].reason == "Nobody is in the video."


def test_a_view_that_does_not_show_the_attempt_gives_no_legs() -> None:
    one = VIEWS[1].judgement
    hidden = replace(one.attempts[0], verdict="not_judgeable", reason="Somebody stands in front of both legs.")
    found = _together([VIEWS[0], replace(VIEWS[1], judgement=replace(one, attempts=(hidden,)))], calibration=KNOWN)

    attempt = found.judgement.attempts[0]
    assert attempt.legs_cm is None
    assert (attempt.verdict, attempt.depth.method) == ("no_depth", "calibrated")


def test_two_different_attempts_are_refused() -> None:
    other = VIEWS[1]
    standing = replace(other, track=track_of(camera_at(315.0), slow=0.0))

    with pytest.raises(DataError, match=r"front_deep\.mp4 and side_high\.mp4 do not show the same lift"):
        _together([VIEWS[0], standing])


def test_a_calibration_that_does_not_belong_to_the_films_is_said_and_not_used() -> None:
    wrong = calibration_of(camera_at(45.0), camera_at(45.0, 4.0))

    found = _together(VIEWS, calibration=wrong)

    assert found.judgement.calibration is not None
    assert found.judgement.calibration.reason is not None
    assert "does not fit together" in found.judgement.calibration.reason
    assert found.judgement.attempts[0].depth.method == "calibrated"


def test_a_mirrored_picture_does_not_fit_a_calibration() -> None:
    one = VIEWS[1].judgement
    sighted = one.attempts[0].sighted
    assert sighted is not None
    order = np.arange(16).reshape(-1, 2)[:, ::-1].ravel()
    px = np.array(sighted.points_px)[order] * [-1.0, 1.0] + [720.0, 0.0]
    flipped = replace(sighted, points_px=tuple((float(x), float(y)) for x, y in px))
    attempt = replace(one.attempts[0], sighted=flipped)
    mirrored = replace(VIEWS[1], judgement=replace(one, attempts=(attempt,)))

    found = _together([VIEWS[0], mirrored], calibration=KNOWN)

    assert found.judgement.calibration is not None
    assert "mirrored" in (found.judgement.calibration.reason or "")


def test_a_calibration_whose_world_lies_is_set_upright_by_the_lifter() -> None:
    lying = replace(KNOWN, up=np.array([0.0, -1.0, 0.0]))

    found = _together(VIEWS, calibration=lying)

    assert found.judgement.calibration is not None
    assert found.judgement.calibration.gravity == "lifter"
    assert found.judgement.attempts[0].legs_cm == pytest.approx(true_depth_cm(), abs=1.0)


def test_cameras_are_taken_by_name_and_counted() -> None:
    files = [Path("camera 1.mp4"), Path("camera 0.mp4")]
    assert [one.name for one in cameras_of(KNOWN, files).cameras] == ["camera 1", "camera 0"]
    with pytest.raises(DataError, match=r"2 cameras .* for 3 videos"):
        cameras_of(KNOWN, [*files, Path("c.mp4")])


@pytest.mark.parametrize(
    ("videos", "offsets", "said"),
    [
        ([CLIPS[0]], None, "1 video was given; expected two"),
        ([CLIPS[0], CLIPS[0]], None, "are the same file"),
        (list(CLIPS), [0.1, 0.2], "2 offsets were given for 2 videos"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_judged(
    videos: list[Path], offsets: list[float] | None, said: str
) -> None:
    with pytest.raises(OptionError, match=said):
        examine_together(videos, offsets_s=offsets)


def test_the_joints_are_written_as_opensim_reads_them(tmp_path: Path) -> None:
    found = _together(VIEWS, calibration=KNOWN)
    assert found.space is not None
    write_trc(found.space.track.times_s, found.space.track.points_m, tmp_path / "joints.trc")

    lines = (tmp_path / "joints.trc").read_text().splitlines()

    values = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    assert (values["DataRate"], values["NumMarkers"], values["Units"]) == ("30", str(2 * len(NAMES)), "m")
    row = [float(one) for one in lines[5].split("\t")]
    hip = row[2 + 3 * HIP.start :][:3]
    assert hip[1] == pytest.approx(0.94, abs=0.02)  # y is up
    assert len(lines) == 5 + int(values["NumFrames"])


def test_the_page_shows_all_views_of_a_moment(tmp_path: Path) -> None:
    found = _together(VIEWS, calibration=KNOWN)

    write_views_page(tmp_path / "report.html", views_content(found))

    page = (tmp_path / "report.html").read_text()
    assert page.count("<figure>") == 2
    shown = [part for part in page.split("<img")[1:] if "hidden" not in part.split(">")[0]]
    assert len(shown) == 2  # each view's bottom; the others wait for the slider
    assert "+0.25" in page


def test_the_views_step_together(tmp_path: Path, chromium: "Browser") -> None:
    write_views_page(tmp_path / "report.html", views_content(_together(VIEWS, calibration=KNOWN)))
    page = chromium.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    shown = ".frames img:not([hidden])"
    bottom = [one.get_attribute("alt") for one in page.query_selector_all(shown)]

    page.click("button[data-go='1']")

    after = [one.get_attribute("alt") for one in page.query_selector_all(shown)]
    assert len(bottom) == len(after) == 2
    assert not set(bottom) & set(after)
    page.click("button[data-go='bottom']")
    assert [one.get_attribute("alt") for one in page.query_selector_all(shown)] == bottom
    page.close()


def test_the_numbers_of_several_views_can_be_varied_and_are_named() -> None:
    other = Options(settings=Settings(together=Together(offset_of_both_cm=1.92)))

    usual, varied = (
        _together(VIEWS, calibration=KNOWN),
        put_together(VIEWS, other, calibration=KNOWN, follow=lambda one: one.track),
    )

    assert varied.judgement.provenance["settings"] == {"together.offset_of_both_cm": 1.92}
    deeper_cm = (usual.judgement.attempts[0].depth.cm or 0.0) - (varied.judgement.attempts[0].depth.cm or 0.0)
    assert 0.0 < deeper_cm < 1.0 + 1e-6  # the legs' reading counts for a part


def test_offsets_by_which_films_do_not_overlap_are_refused() -> None:
    with pytest.raises(DataError, match=r"front_deep\.mp4 and side_high\.mp4 were not filmed at the same time"):
        _together(VIEWS, offsets_s=[100.0])
    third = examination_of(Filmed(0.0, CLIPS[1], starts_s=0.1))
    found = _together([*VIEWS, third], offsets_s=[0.25, -100.0]).judgement
    assert [view.used for view in found.views] == [True, True, False]
    assert "at another time than front_deep.mp4" in (found.views[2].reason or "")


def _with_depth(one: Examination, cm: float) -> Examination:
    """The view as it would be of another lift: its own depth."""
    reading = Reading("calibrated", cm, (cm - 2.5, cm + 2.5), 0.99)
    attempt = replace(one.judgement.attempts[0], depth=reading)
    return replace(one, judgement=replace(one.judgement, attempts=(attempt,)))


def test_two_lifts_whose_depths_contradict_each_other_are_doubted() -> None:
    alike = _together([_with_depth(VIEWS[0], 0.0), _with_depth(VIEWS[1], -3.0)])
    apart = _together([_with_depth(VIEWS[0], 4.0), _with_depth(VIEWS[1], -5.0)])

    assert not any("two lifts" in note for note in alike.judgement.notes)
    (said,) = (note for note in apart.judgement.notes if "two lifts" in note)
    assert "front_deep.mp4 and side_high.mp4 differ about attempt 1 (4.0 cm below and 5.0 cm above" in said


def test_two_lifts_whose_depths_contradict_each_other_are_not_ruled_on() -> None:
    (attempt,) = _together([_with_depth(VIEWS[0], 9.0), _with_depth(VIEWS[1], -5.0)]).judgement.attempts

    assert attempt.verdict == "not_judgeable"
    assert "By all views the depth may be off by" in (attempt.reason or "")


def test_the_one_of_three_that_contradicts_both_others_is_left_out() -> None:
    third = examination_of(Filmed(0.0, CLIPS[1], starts_s=0.1))
    three = [_with_depth(VIEWS[0], 0.5), _with_depth(VIEWS[1], 9.0), _with_depth(third, -0.5)]
    found = _together(three).judgement

    assert [view.used for view in found.views] == [True, False, True]
    assert (found.views[1].reason or "").startswith("By itself it is 9.0 cm below the top of the knee, ")
    assert found.attempts[0].of_views == (0, None, 0)
    alike = _together([_with_depth(one, 0.5) for one in (*VIEWS, third)]).judgement
    assert all(view.used for view in alike.views)
    assert "side_high.mp4 " in sentences(alike)[0]
    assert "front_deep.mp4" not in sentences(alike)[0]


def test_an_attempt_that_a_camera_should_have_seen_is_doubted() -> None:
    one = VIEWS[0].judgement
    later = replace(one.attempts[0], start_s=0.4, bottom_s=0.9, end_s=1.4)
    found = _together([replace(VIEWS[0], judgement=replace(one, attempts=(later, *one.attempts))), VIEWS[1]])

    assert [attempt.of_views for attempt in found.judgement.attempts] == [(0, None), (1, 0)]
    assert any(note.startswith("side_high.mp4 filmed while attempt 1 was made") for note in found.judgement.notes)


@pytest.mark.parametrize("azimuth_deg", [45.0, 58.0])
def test_a_mirrored_picture_without_a_calibration_is_doubted_by_where_its_camera_comes_to_look(
    azimuth_deg: float,
) -> None:
    mirrored = examination_of(Filmed(azimuth_deg, CLIPS[1], starts_s=0.25, rate_hz=24.0))  # of 315 or 302 degrees
    found = _together([VIEWS[0], mirrored])

    assert any("one picture is mirrored" in note for note in found.judgement.notes)
    assert not any("mirrored" in note for note in _together(VIEWS).judgement.notes)
