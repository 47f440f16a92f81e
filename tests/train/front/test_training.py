"""Training: gradients, the descent as published, the front regression, and the numbers of the published data set."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception.depth.front.method import front_reading
from depthperception.depth.front.model import shipped_model
from depthperception.depth.front.published import PublishedNetwork
from depthperception.errors import DataError, MissingExtraError
from depthperception.train.front.augmentation import PERTURBATIONS, Measured, perturbed, roll, shipped_measured
from depthperception.train.front.dataset import Dataset, without_duplicates
from depthperception.train.front.evaluation import cross_predict, nested, one_lifter, robustness
from depthperception.train.front.layouts import read_dataset
from depthperception.train.front.published import (
    Gradients,
    PublishedTrainer,
    initial_network,
    loss_and_gradients,
    train_front_published,
)
from depthperception.train.front.splits import (
    leave_one_lifter_out,
    random_splits,
)
from depthperception.train.front.training import FrontTrainer, choose_features, measure, train_front
from tests.support.front_squats import clip, lifters_data
from tests.support.labelled_data import SHARED, pack, write_folder


def test_gradients_are_the_slopes_of_the_loss() -> None:
    rng = np.random.default_rng(2)
    network = replace(initial_network(rng), bias2=rng.normal(size=64), bias3=rng.normal(size=1))
    hidden, valid = rng.normal(size=(7, 32)), rng.random(7) < 0.5
    _, slope = loss_and_gradients(network, hidden, valid)
    step = 1e-6

    def loss(changed: PublishedNetwork) -> float:
        return loss_and_gradients(changed, hidden, valid)[0]

    for name in ("weights2", "bias2", "weights3", "bias3"):
        exact, numeric = getattr(slope, name), np.zeros_like(getattr(slope, name))
        for index in np.ndindex(numeric.shape):
            up = getattr(network, name).copy()
            up[index] += step
            down = getattr(network, name).copy()
            down[index] -= step
            raised, lowered = loss(replace(network, **{name: up})), loss(replace(network, **{name: down}))
            numeric[index] = (raised - lowered) / (2 * step)
        np.testing.assert_allclose(exact, numeric, atol=1e-8)
    for index in np.ndindex(3, 32):
        shifted = np.zeros_like(hidden)
        shifted[index] = step
        up_loss = loss_and_gradients(network, hidden + shifted, valid)[0]
        down_loss = loss_and_gradients(network, hidden - shifted, valid)[0]
        assert slope.hidden[index] == pytest.approx((up_loss - down_loss) / (2 * step), abs=1e-8)
    np.testing.assert_allclose(slope.bias1, slope.hidden.sum(axis=0))


def plain_descent(data: Dataset, train: np.ndarray, *, seed: int, epochs: int, batch: int) -> PublishedNetwork:
    """The textbook's loop, moving every weight of the first layer."""
    trainer = PublishedTrainer(data)
    rng = np.random.default_rng(seed)
    network = initial_network(rng)
    for _ in range(epochs):
        order = rng.permutation(train)
        for now in (order[k : k + batch] for k in range(0, len(order), batch)):
            x = trainer.inputs[now]
            _, slope = loss_and_gradients(network, x @ network.weights1 + network.bias1, data.labels[now])
            moved: dict[str, Any] = {
                name: getattr(network, name) - 0.01 * getattr(slope, name)
                for name in Gradients.__dataclass_fields__
                if name != "hidden"
            }
            network = replace(network, **moved, weights1=network.weights1 - 0.01 * x.T @ slope.hidden)
    return network


def test_training_along_the_clips_is_plain_gradient_descent() -> None:
    data = lifters_data(2)
    train, test = np.arange(2, 12), np.array([0, 1])
    plain = plain_descent(data, train, seed=3, epochs=4, batch=4)
    trainer = PublishedTrainer(data, epochs=4, batch=4)
    np.testing.assert_allclose(
        trainer.predict(train, test, seed=3), plain.probability(trainer.inputs[test]), atol=1e-10
    )
    whole = train_front_published(data, seed=3, epochs=4, batch=4)
    plain = plain_descent(data, np.arange(12), seed=3, epochs=4, batch=4)
    np.testing.assert_allclose(whole.weights1, plain.weights1, atol=1e-10)
    np.testing.assert_allclose(whole.weights2, plain.weights2, atol=1e-10)


def test_published_network_learns_and_survives_saving(tmp_path: Path) -> None:
    data = lifters_data(3)
    network = train_front_published(data)
    inputs = PublishedTrainer(data).inputs
    network.save(tmp_path / "n.npz")
    again = PublishedNetwork.load(tmp_path / "n.npz")
    np.testing.assert_allclose(again.probability(inputs), network.probability(inputs), atol=0.01)
    assert again.provenance["data"]["clips"] == 18
    assert (tmp_path / "n.npz").stat().st_size < 1_000_000


def test_front_learns_the_line_between_deep_and_high() -> None:
    model = train_front(lifters_data(3))
    for drop, deep in ((0.62, True), (0.46, False)):
        assert (model.probability(clip("x", drop=drop).features()) > 0.5) == deep
    # The two kinds lie symmetrically about .54, where the odds must be even.
    assert model.probability(clip("x", drop=0.54).features()) == pytest.approx(0.5, abs=0.15)


def test_failed_ascents_do_not_teach_depth() -> None:
    data = lifters_data(3)
    failed = tuple(clip(f"f{k}", drop=0.62, lifter="lifter 0", climbed=0.0) for k in range(6))
    with_failed = Dataset((*data.clips, *failed))
    np.testing.assert_allclose(train_front(with_failed).weights, train_front(data).weights)
    assert FrontTrainer(with_failed).predict(np.arange(18), np.array([18]))[0] == pytest.approx(0.02)


def test_features_are_chosen_without_the_lifter_left_out() -> None:
    data = lifters_data(4)
    trainer, spoilt = FrontTrainer(data, choose=True), FrontTrainer(data, choose=True)
    fold = leave_one_lifter_out(data)[0]
    spoilt.valid = spoilt.valid.copy()
    spoilt.valid[fold.test] = ~spoilt.valid[fold.test]
    with_it, without_it = trainer.fit(fold.train), spoilt.fit(fold.train)
    assert with_it.features == without_it.features
    np.testing.assert_array_equal(with_it.weights, without_it.weights)


def test_features_need_two_lifters_to_be_chosen_by() -> None:
    data = lifters_data(1)
    with pytest.raises(DataError, match="Found one lifter"):
        choose_features(measure(data), data.labels, data.groups("lifter"))


@pytest.mark.parametrize("train", [train_front, train_front_published])
def test_one_class_cannot_be_trained_on(train: Callable[[Dataset], object]) -> None:
    data = lifters_data(2)
    with pytest.raises(DataError, match="All 6 clips are valid; expected valid and invalid"):
        train(data.subset(np.flatnonzero(data.labels).tolist()))


def test_only_failed_ascents_as_invalid_cannot_be_trained_on() -> None:
    clips = [clip("a", drop=0.6), clip("b", drop=0.61), clip("c", drop=0.6, climbed=0.0)]
    with pytest.raises(DataError, match="Of 3 clips 2 are stood up again"):
        train_front(Dataset(tuple(clips)))


def test_without_scikit_learn_training_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.linear_model", None)
    with pytest.raises(MissingExtraError, match=r'pip install "depthperception\[train\]"'):
        train_front(lifters_data(2))


def test_roll_turns_in_square_pixels() -> None:
    one = replace(clip("a", drop=0.6), aspect=0.5)
    # .2 of a height below the middle becomes .2 of a height, which is .4 of a width, to the left of it.
    below = np.broadcast_to([0.5, 0.7], (len(one.times_s), 33, 2))
    turned = roll(replace(one, image=below), by_deg=90.0)
    np.testing.assert_allclose(turned.image[0, 0], [0.1, 0.5], atol=1e-12)


def test_perturbations_do_not_move_a_verdict() -> None:
    data = lifters_data(3)
    model = train_front(data)
    for name, perturbation in PERTURBATIONS.items():
        changed = perturbed(data, perturbation)
        right = [(model.probability(f) > 0.5) == v for f, v in zip(measure(changed), data.labels, strict=True)]
        assert all(right), name


def test_folder_and_packed_file_train_the_same_models(tmp_path: Path) -> None:
    made = lifters_data(3, each=4)
    folder = read_dataset(write_folder(made, tmp_path / "Squat_Data"))
    packed = read_dataset(pack(made, tmp_path / "made.npz"))
    one, other = train_front(folder), train_front(packed)
    np.testing.assert_array_equal(one.weights, other.weights)
    assert one.bias == other.bias
    networks = [train_front_published(data, epochs=2) for data in (folder, packed)]
    np.testing.assert_array_equal(networks[0].weights1, networks[1].weights1)


@pytest.fixture(scope="module")
def published_data() -> Dataset:
    return without_duplicates(read_dataset(SHARED))


@pytest.mark.shared
@pytest.mark.parametrize("rendered", [None, shipped_measured()], ids=["real only", "with rendered"])
def test_front_holds_on_lifters_left_out(published_data: Dataset, rendered: Measured | None) -> None:
    folds = leave_one_lifter_out(published_data)
    found = cross_predict(FrontTrainer(published_data, rendered=rendered), folds)
    right = (found.probability > 0.5) == published_data.labels[found.clip]
    assert len(right) == 239
    assert right.mean() >= 0.99
    single = one_lifter(published_data, rendered)
    assert single is not None
    assert single["mean_accuracy"] >= 0.98


@pytest.mark.shared
def test_front_holds_when_its_features_are_chosen_without_the_lifter(published_data: Dataset) -> None:
    chosen = nested(published_data)
    assert chosen is not None
    assert chosen["accuracy"] >= 0.985


@pytest.mark.shared
def test_rendered_attempts_alone_teach_the_line_of_real_lifts(published_data: Dataset) -> None:
    nothing_real = lifters_data(1).subset([0, 3])
    model = train_front(nothing_real, rendered=shipped_measured())
    guess = np.array([model.probability(one) for one in measure(published_data)])
    assert ((guess > 0.5) == published_data.labels).mean() >= 0.98


@pytest.mark.shared
def test_front_is_unmoved_by_framing_and_frame_rate(published_data: Dataset) -> None:
    found = robustness(published_data, shipped_measured())
    assert found.keys() == {"unchanged", *PERTURBATIONS}
    for name, value in found.items():
        assert value == pytest.approx(0.996, abs=0.01), name


@pytest.mark.shared
def test_published_network_flatters_itself_on_random_splits(published_data: Dataset) -> None:
    trainer = PublishedTrainer(published_data)
    means = []
    for folds, repeats in ((random_splits(published_data), 1), (leave_one_lifter_out(published_data), 6)):
        found = cross_predict(trainer, folds, repeats=repeats)
        means.append(((found.probability > 0.5) == published_data.labels[found.clip]).mean())
    # The audit's .84 +- .10 and .674 +- .05 with another network library and other seeds.
    assert means[0] == pytest.approx(0.84, abs=0.10)
    assert means[1] == pytest.approx(0.674, abs=0.05)


@pytest.mark.shared
def test_shipped_model_is_the_one_that_the_data_gives(published_data: Dataset) -> None:
    model = train_front(published_data, rendered=shipped_measured())
    np.testing.assert_allclose(model.weights, shipped_model().weights, atol=1e-5)
    assert published_data.sha256 == shipped_model().provenance["data"]["sha256"]


@pytest.mark.shared
def test_failed_ascents_of_the_data_are_not_stood_up(published_data: Dataset) -> None:
    readings = [front_reading(c.times_s, c.image[..., :2] * [9, 16]) for c in published_data.clips]
    assert all((r.stood_up is False) == c.failed_ascent for r, c in zip(readings, published_data.clips, strict=True))
    assert Counter(r.depth_verdict for r in readings if r.stood_up is False) == {"depth": 18}
