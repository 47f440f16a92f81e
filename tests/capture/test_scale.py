"""Scale from several sources and the stature by it: weights by hand, and words where sources contradict each other."""

import numpy as np
import pytest

from depthperception.barbell import lifter_camera_of
from depthperception.capture.camera import camera_of_landmarks
from depthperception.capture.scale import HEIGHT_SD, MODEL_SD, disagreement, measure_scale, measure_stature, together
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


@pytest.mark.parametrize(("apart", "said"), [(1.07, False), (1.09, True), (1.25, True)])
def test_more_than_eight_percent_is_said(apart: float, *, said: bool) -> None:
    sources = (ScaleEstimate("plate", 0.25, 0.02), ScaleEstimate("height", 0.25 * apart, 0.03))
    words = disagreement(Scale(0.25, "plate", height_cm=180.0, sources=sources))
    assert (words is not None) == said
    if words:
        assert f"{100 * (apart - 1):.0f} % apart" in words
        assert "Check the height" in words
