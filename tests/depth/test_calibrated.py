"""The measurement model: its arithmetic, its symmetry, its promise, and when it refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from depthperception.appearance.features import HeadPrediction
from depthperception.depth.calibrated import (
    Features,
    calibrated,
    describe,
    feet_cut,
    fit,
    load_features,
)
from depthperception.depth.gaussian_process import GaussianProcess
from depthperception.depth.reading import learnt_reading
from depthperception.errors import DataError
from depthperception.models import checked_bytes
from depthperception.results import Scale
from depthperception.surfaces import index_of
from depthperception.train.calibrated import (
    HeldOut,
    as_stored,
    conformal_factor,
    groups_of,
    held_out_factor,
    predict_held_out,
    read_features,
    save_model,
)
from depthperception.train.rendered_squats import BODY_GROUPS
from depthperception.types import BoolArray
from tests.support.evidence import LEGS, SEEN, evidence
from tests.support.figures import axes, figure, samples


def made_up(count: int = 80) -> Features:
    """Rows whose depth is what the head says and a smooth function of a feature, with 0.5 cm of noise."""
    rng = np.random.default_rng(0)
    described = rng.normal(size=(count, 2, 146))
    described[:, 1] = described[:, 0]
    described[:, :, :60] = described[:, :, :1]
    seen = np.zeros((count, 9))
    seen[:, 0] = rng.normal(0.0, 3.0, count)
    seen[:, 1] = -2.0
    depth = seen[:, 0] + 4.0 * np.tanh(described[:, 0, 0]) + rng.normal(0.0, 0.5, count)
    unknown = np.tile([0.0, 50.0, 0.5], (count, 1))
    return Features(np.arange(count), described, seen, unknown, np.zeros(count), depth)


def test_a_gaussian_process_is_the_textbook_formula() -> None:
    rng = np.random.default_rng(1)
    inputs, targets, noise = rng.normal(size=(6, 2)), rng.normal(size=6), np.full(6, 0.1)
    process = GaussianProcess(inputs, targets, noise, signal=2.0)
    asked = rng.normal(size=(3, 2))

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.asarray(2.0 * np.exp(-0.5 * ((a[:, None] - b[None]) ** 2).sum(axis=-1)))

    inverse = np.linalg.inv(kernel(inputs, inputs) + 0.1 * np.eye(6))
    standard = (targets - targets.mean()) / targets.std()
    cm, sd = process.predict(asked, np.full(3, 0.1))
    expected = kernel(asked, inputs) @ inverse @ standard * targets.std() + targets.mean()
    assert cm == pytest.approx(expected, rel=1e-4)
    known = np.einsum("ij,jk,ik->i", kernel(asked, inputs), inverse, kernel(asked, inputs))
    assert sd == pytest.approx(np.sqrt(2.0 - known + 0.1) * targets.std(), rel=1e-4)


def test_far_from_everything_it_says_the_mean_and_admits_it() -> None:
    process = GaussianProcess(np.zeros((5, 2)), np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.full(5, 0.1), signal=1.0)
    cm, sd = process.predict(np.array([[50.0, 50.0]]), np.zeros(1))
    assert cm[0] == pytest.approx(3.0)
    assert sd[0] == pytest.approx(process.spread)


def test_a_description_does_not_depend_on_place_or_size_in_the_picture() -> None:
    bottom, standing = samples(figure(95.0), axes(40.0)), samples(figure(0.0), axes(40.0))
    moved = [type(c)(**{**vars(c), "image_px": 1.7 * c.image_px + [120.0, -40.0]}) for c in (bottom, standing)]
    here, there = (describe(*pair, mirror=False) for pair in ((bottom, standing), moved))
    assert there == pytest.approx(here)


def test_the_mirror_image_is_the_lifter_seen_from_the_other_side() -> None:
    left = [samples(figure(angle), axes(40.0)) for angle in (95.0, 0.0)]
    right = [samples(figure(angle), axes(320.0)) for angle in (95.0, 0.0)]
    mirrored, seen = describe(*left, mirror=True), describe(*right, mirror=False)
    assert mirrored == pytest.approx(seen, abs=1e-6)


def test_the_conformal_factor_makes_nine_in_ten_intervals_hold() -> None:
    rng = np.random.default_rng(3)
    sd = rng.uniform(0.5, 3.0, 4000)
    error = rng.standard_t(4, 4000) * sd * 0.6
    factor = conformal_factor(error[:2000], sd[:2000])
    assert np.mean(np.abs(error[2000:]) <= 1.645 * factor * sd[2000:]) == pytest.approx(0.9, abs=0.02)


def test_a_trained_model_measures_bodies_left_out_and_survives_its_file(tmp_path: Path) -> None:
    features = as_stored(made_up())
    held_out = predict_held_out(features)
    left = features.depth_cm - features.seen[:, 0]
    assert np.std(held_out.cm - features.depth_cm) < 0.7 * np.std(left)
    save_model(tmp_path / "model.npz", features, 1.25)
    read, conformal = load_features((tmp_path / "model.npz").read_bytes())
    assert conformal == 1.25
    for kept, again in zip(fit(features).predict(features), fit(read).predict(read), strict=True):
        assert np.array_equal(again, kept)


@pytest.fixture(scope="module")
def shipped() -> tuple[Features, float, HeldOut]:
    """The features and the factor that ship, and what is said of each body by a model that never saw it."""
    features, conformal = load_features(checked_bytes("calibrated"))
    return features, conformal, predict_held_out(features)


def test_what_ships_follows_from_its_features(shipped: tuple[Features, float, HeldOut]) -> None:
    """The factor on the intervals, and with it the whole model, is what training makes of the features beside it."""
    features, conformal, held_out = shipped
    assert held_out_factor(features, held_out) == conformal
    assert np.median(np.abs(held_out.cm - features.depth_cm)) < 2.0


def test_nine_in_ten_intervals_hold_on_bodies_that_did_not_set_their_width(
    shipped: tuple[Features, float, HeldOut],
) -> None:
    """Over all bodies; groups of them differ by more than chance, within what docs/limits.md says."""
    features, _, held_out = shipped
    error, sd, group = held_out.cm - features.depth_cm, held_out.sd_cm, groups_of(features)
    groups, held = np.unique(group), np.zeros(len(group), bool)
    assert len(groups) == len(BODY_GROUPS)
    for one in groups:
        out = group == one
        held[out] = np.abs(error[out]) <= 1.645 * conformal_factor(error[~out], sd[~out]) * sd[out]
        assert 0.85 <= held[out].mean() <= 0.95, (one, held[out].mean())
    assert is_likely(held, 0.9, 0.95), held.mean()


def test_intervals_hold_where_a_foot_lies_beyond_the_picture(shipped: tuple[Features, float, HeldOut]) -> None:
    features, conformal, held_out = shipped
    held = np.abs(held_out.cm - features.depth_cm) <= 1.645 * conformal * held_out.sd_cm
    cut = features.cut > 0
    assert cut.sum() > 100
    assert is_likely(held[cut], 0.9, 0.95), held[cut].mean()
    assert is_likely(held[~cut], 0.9, 0.95), held[~cut].mean()


def test_a_foot_beyond_the_picture_is_cut_and_makes_what_is_said_less_sure() -> None:
    points_px = np.full((16, 2), 300.0)
    points_px[index_of("toe", "left")] = [300.0, 1290.0]
    legs = replace(LEGS, points_px=points_px)
    assert feet_cut(legs, (720, 1280))
    assert not feet_cut(legs, (720, 1300))
    assert not feet_cut(legs, (0, 0)), "of a picture that is not known nothing is"
    features = made_up()
    model = fit(features)
    (_, whole_cm), (_, cut_cm) = (model.predict(replace(features, cut=np.full(80, float(cut)))) for cut in (0, 1))
    assert (cut_cm > whole_cm).all()


def is_likely(held: BoolArray, share: float, level: float) -> bool:
    """Whether so many of the rows hold as the middle `level` of a binomial distribution of that share says."""
    fewest, most = binom.interval(level, len(held), share)
    return bool(fewest <= held.sum() <= most)


def test_a_folder_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected rows of all four"):
        read_features(tmp_path)


def tall_as(stature_cm: float, sd_share: float = 0.0) -> Scale:
    return Scale(0.25, "height", stature_cm=stature_cm, stature_sd_share=sd_share)


def test_centimetres_grow_with_the_lifter() -> None:
    short, tall = (learnt_reading("calibrated", 3.0, 1.0, tall_as(cm)) for cm in (150.0, 200.0))
    assert short.cm == pytest.approx(3.0 * 150 / 175)
    assert tall.cm == pytest.approx(3.0 * 200 / 175)
    middle, half = 3.0 * 200 / 175, 1.645 * 200 / 175
    assert tall.interval90_cm == pytest.approx((middle - half, middle + half), abs=1e-3)
    guessed = learnt_reading("calibrated", 10.0, 1.0, Scale(0.25, "model"))
    # 5 % of stature is 5 % of depth: 10 * 172 / 175 * .05 beside 172 / 175.
    middle, half = 10.0 * 172 / 175, 1.645 * np.hypot(0.9829, 0.4914)
    assert guessed.interval90_cm == pytest.approx((middle - half, middle + half), abs=1e-3)
    # A measured stature takes the place of 172 cm, and its error that of 5 %.
    measured = learnt_reading("calibrated", 10.0, 1.0, tall_as(189.0, 0.03))
    half = 1.645 * np.hypot(1.08, 0.324)
    assert measured.interval90_cm == pytest.approx((10.8 - half, 10.8 + half), abs=1e-3)


def test_legs_that_are_measured_together_have_no_number_of_their_own() -> None:
    both = learnt_reading("calibrated", 3.0, 1.0, tall_as(175.0))
    assert both.cm == pytest.approx(3.0)
    assert (both.left, both.right) == (None, None)


def test_too_wide_an_interval_is_a_refusal_without_a_number() -> None:
    refused = learnt_reading("calibrated", 3.0, 6.0, tall_as(175.0))
    assert refused.cm is None
    assert refused.probability is None
    assert refused.reason is not None
    assert "not seen well enough" in refused.reason


def test_the_shipped_model_doubts_what_it_never_saw() -> None:
    shown = evidence(95.0, axes(40.0))
    lost = HeadPrediction(np.where(np.arange(9) == 1, 0.8, 50.0 * SEEN.outputs), 0.3)
    strange = replace(shown, scale=Scale(0.25, "model"), prediction=lost)
    assert calibrated(strange).cm is None
