"""Scale from several sources: weights by hand, and words where they contradict each other."""

import numpy as np
import pytest

from depthperception.capture.camera import camera_of_landmarks
from depthperception.capture.scale import HEIGHT_SD, MODEL_SD, MODEL_SHARE, disagreement, measure_scale, together
from depthperception.results import Scale, ScaleEstimate
from tests.support.figures import axes, figure, samples

STANDING = samples(figure(0.0, trunk_deg=0.0), axes(0.0))
CAMERA = camera_of_landmarks(STANDING, 720, 1280)


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


def test_the_models_metres_are_lengthened_only_beside_a_plate() -> None:
    alone = measure_scale(STANDING, CAMERA, None)
    assert alone.cm_per_px == pytest.approx(0.25, rel=1e-6)
    assert alone.model_factor == 1.0
    longer = MODEL_SHARE * alone.cm_per_px
    both = measure_scale(STANDING, CAMERA, None, ScaleEstimate("plate", longer, MODEL_SD))
    assert both.cm_per_px == pytest.approx(longer)
    assert both.model_factor == pytest.approx(MODEL_SHARE)


@pytest.mark.parametrize(("apart", "said"), [(1.07, False), (1.09, True), (1.25, True)])
def test_more_than_eight_percent_is_said(apart: float, *, said: bool) -> None:
    sources = (ScaleEstimate("plate", 0.25, 0.02), ScaleEstimate("height", 0.25 * apart, 0.03))
    words = disagreement(Scale(0.25, "plate", height_cm=180.0, sources=sources))
    assert (words is not None) == said
    if words:
        assert f"{100 * (apart - 1):.0f} % apart" in words
        assert "Check the height" in words
