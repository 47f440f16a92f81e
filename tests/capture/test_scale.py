"""Scale from several sources and the stature by it: weights by hand, and words where sources contradict each other."""

import numpy as np
import pytest

from depthperception.capture.camera import camera_of_landmarks
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.rulers import ruler_notes
from depthperception.capture.scale import HEIGHT_SD, MODEL_SD, measure_scale, measure_stature, together
from depthperception.results import Scale, ScaleEstimate
from tests.support.figures import axes, figure, samples

STANDING = samples(figure(0.0, trunk_deg=0.0), axes(0.0))
CAMERA = camera_of_landmarks(STANDING, 720, 1280, lean_deg=(0.0, 0.0))

STATURE_PX = 400.0 * 1.67 * 1.075 / 0.988
"""Of the figure, 400 px a metre: eyes 1.67 m above its soles, the head's top 1.075 times that, .988 of a stature."""


def test_sources_weigh_by_the_inverse_of_their_variances() -> None:
    # 1 / .02 squared is four times 1 / .04 squared: a fifth of the way, on a logarithmic scale.
    both = together([ScaleEstimate("plate", 0.25, 0.02), ScaleEstimate("height", 0.275, 0.04)])
    assert both == pytest.approx(0.25 * (0.275 / 0.25) ** 0.2)


def test_a_plate_beside_the_height_moves_the_scale_towards_it() -> None:
    alone = measure_scale(STANDING, CAMERA, 180.0)
    plate = ScaleEstimate("plate", 1.05 * alone.cm_per_px, HEIGHT_SD)
    both = measure_scale(STANDING, CAMERA, 180.0, plate)
    assert both.cm_per_px == pytest.approx(alone.cm_per_px * np.sqrt(1.05))
    assert both.model_factor == pytest.approx(alone.model_factor * np.sqrt(1.05))
    assert {source.source for source in both.sources} == {"height", "plate"}
    assert both.height_cm == 180.0


def test_the_surest_source_gives_its_name() -> None:
    assert measure_scale(STANDING, CAMERA, 180.0, ScaleEstimate("plate", 0.25, 0.02)).source == "plate"
    assert measure_scale(STANDING, CAMERA, 180.0, ScaleEstimate("plate", 0.25, 0.09)).source == "height"


def test_the_models_metres_are_lengthened_alike_alone_beside_a_plate_and_at_the_bar() -> None:
    # The figure is drawn 400 of the model's metres a pixel: .25 cm, 1.085 times as long in truth.
    alone = measure_scale(STANDING, CAMERA, None)
    assert alone.cm_per_px == pytest.approx(0.25 * 1.085)
    assert alone.model_factor == pytest.approx(1.085)
    both = measure_scale(STANDING, CAMERA, None, ScaleEstimate("plate", 0.25 * 1.085, MODEL_SD))
    assert both.cm_per_px == pytest.approx(0.25 * 1.085)
    assert both.model_factor == pytest.approx(1.085)
    assert lifter_camera_of(STANDING, CAMERA, alone, (720, 1280)).px_per_m == pytest.approx(400.0 / 1.085)


def test_a_measured_stature_and_that_of_adults_meet_by_their_errors() -> None:
    # 3 % of scale and 4 % of height in the picture are 5 %, as much as adults differ: half way between the logarithms.
    stature_cm, sd_share = measure_stature(760.0, ScaleEstimate("plate", 0.25, 0.03))
    assert stature_cm == pytest.approx(np.sqrt(190.0 * 172.0))
    assert sd_share == pytest.approx(0.05 / np.sqrt(2.0))


def test_the_plate_alone_measures_the_stature_not_the_model_beside_it() -> None:
    # The model says .27125 cm a pixel and draws the scale to itself, but would make everybody as tall.
    scale = measure_scale(STANDING, CAMERA, None, ScaleEstimate("plate", 0.25, 0.03))
    assert 0.25 < scale.cm_per_px < 0.27125
    assert scale.stature_cm == pytest.approx(np.sqrt(0.25 * STATURE_PX * 172.0), rel=1e-3)
    assert scale.stature_sd_share == pytest.approx(0.05 / np.sqrt(2.0))


def test_a_height_that_is_given_is_the_stature() -> None:
    scale = measure_scale(STANDING, CAMERA, 180.0, ScaleEstimate("plate", 0.27, 0.02))
    assert (scale.stature_cm, scale.stature_sd_share) == (180.0, 0.0)


@pytest.mark.parametrize("plate", [None, ScaleEstimate("plate", 0.32, 0.02), ScaleEstimate("plate", 0.18, 0.02)])
def test_no_stature_is_measured_without_a_plate_or_where_it_is_no_adults(plate: ScaleEstimate | None) -> None:
    # The figure would be 2.3 m or 1.35 m tall: it does not stand upright, or not wholly in the picture.
    scale = measure_scale(STANDING, CAMERA, None, plate)
    assert (scale.stature_cm, scale.stature_sd_share) == (None, None)


MODEL_CM, HEIGHT_CM = 0.25 * 1.085, 180.0 / STATURE_PX
"""What the model's metres say of the figure (cm a pixel), and a height of 180 cm."""


def plate(times: float, *, sd_share: float = 0.02) -> ScaleEstimate:
    """A plate that says so many times what a height of 180 cm says."""
    return ScaleEstimate("plate", times * HEIGHT_CM, sd_share)


def test_a_plate_that_contradicts_a_given_height_counts_for_nothing() -> None:
    # sd of the difference .0447: 1.25 is 5 sd off. The model says 1.095 times the height, 1.1 sd off.
    scale = measure_scale(STANDING, CAMERA, 180.0, plate(1.25))
    assert scale.cm_per_px == pytest.approx(HEIGHT_CM)
    assert scale.source == "height"
    assert [one.source for one in scale.sources] == ["height"]
    assert scale.dropped == (plate(1.25),)
    assert (scale.stature_cm, scale.stature_sd_share) == (180.0, 0.0)
    (note,) = ruler_notes(scale)
    assert "25 % apart, 5 times the sd of their errors: the plate was left out" in note
    assert "--plate-cm" in note


def test_a_height_that_contradicts_plate_and_model_is_the_odd_one_out() -> None:
    # 140 cm were given of somebody who is 180: both others are within their errors of each other and 3 sd from it.
    scale = measure_scale(STANDING, CAMERA, 140.0, plate(1.05))
    assert [one.source for one in scale.sources] == ["plate", "model"]
    assert [one.source for one in scale.dropped] == ["height"]
    assert scale.cm_per_px == pytest.approx(together([plate(1.05), ScaleEstimate("model", MODEL_CM, MODEL_SD)]))
    assert scale.stature_cm == measure_stature(STATURE_PX, plate(1.05))[0]
    assert any("the lifter's height was left out. Check --height" in note for note in ruler_notes(scale))


def test_the_model_is_dropped_before_a_plate_that_makes_the_lifter_an_adult() -> None:
    # .8 of 180 cm are 144 cm, the model says 1.37 times that: 4 sd.
    scale = measure_scale(STANDING, CAMERA, None, plate(0.8))
    assert [one.source for one in scale.sources] == ["plate"]
    assert [one.source for one in scale.dropped] == ["model"]
    assert any("the pose model was left out" in note for note in ruler_notes(scale))


def test_a_plate_that_makes_a_dwarf_of_the_lifter_is_dropped_before_the_model() -> None:
    scale = measure_scale(STANDING, CAMERA, None, plate(0.7))
    assert [one.source for one in scale.sources] == ["model"]
    assert [one.source for one in scale.dropped] == ["plate"]
    assert scale.stature_cm is None


def test_what_the_model_says_beside_a_height_and_a_plate_that_agree_is_not_worth_a_word() -> None:
    scale = measure_scale(STANDING, CAMERA, 135.0, plate(0.75))
    assert {one.source for one in scale.sources} == {"height", "plate"}
    assert [one.source for one in scale.dropped] == ["model"]
    assert not ruler_notes(scale)


def test_the_height_of_a_lifter_whose_feet_are_cut_off_measures_nothing_in_the_picture() -> None:
    # Soles at 1000 px: the picture ends 40 px, 10 cm, above them.
    scale = measure_scale(STANDING, CAMERA, 180.0, picture_px=(720, 960))
    assert [one.source for one in scale.sources] == ["model"]
    assert (scale.stature_cm, scale.stature_sd_share) == (180.0, 0.0)
    assert any("not wholly in the picture" in note for note in ruler_notes(scale))
    assert measure_scale(STANDING, CAMERA, 180.0, picture_px=(720, 1280)).source == "height"
    assert measure_scale(STANDING, CAMERA, None, plate(1.0), picture_px=(720, 960)).stature_cm is None


@pytest.mark.parametrize(("apart", "said"), [(1.05, False), (1.07, True), (1.12, True)])
def test_who_is_outside_of_the_others_ninety_percent_is_said(apart: float, *, said: bool) -> None:
    # sd of the difference .036, 1.645 times that .059: a factor of 1.061.
    sources = (ScaleEstimate("plate", 0.25, 0.02), ScaleEstimate("height", 0.25 * apart, 0.03))
    words = ruler_notes(Scale(0.25, "plate", height_cm=180.0, sources=sources))
    assert bool(words) == said
    if words:
        assert f"{100 * (apart - 1):.0f} % apart" in words[0]
        assert "Check the height" in words[0]
