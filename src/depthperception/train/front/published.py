"""Training of the published network, exactly as published: plain SGD on binary cross-entropy.

Keras' defaults of the time fill in what the report leaves out: learning rate .01, no momentum, Glorot uniform weights,
zero biases, shuffled each epoch, the last batch smaller.

The first layer has 405,504 weights and never sees more than a few hundred clips, so every gradient step moves it along
those clips only: W = W0 + X' A. Training keeps the first layer's outputs for all clips, H = X W, and moves them by
(X X') times the step. That is the same descent, 50 times faster than moving the weights.
"""

from dataclasses import dataclass, replace

import numpy as np

from depthperception.depth.front.published import (
    HIDDEN,
    INPUTS,
    PublishedNetwork,
    network_input,
    sigmoid,
)
from depthperception.train.front.dataset import Dataset, provenance
from depthperception.types import BoolArray, FloatArray, IntArray

EPOCHS = 200
BATCH = 32
LEARNING_RATE = 0.01


@dataclass(frozen=True, eq=False)
class Gradients:
    """Slopes of the loss: by the first layer's outputs before its ReLU (m, 32), and by the later layers."""

    hidden: FloatArray
    bias1: FloatArray
    weights2: FloatArray
    bias2: FloatArray
    weights3: FloatArray
    bias3: FloatArray


def train_front_published(
    dataset: Dataset, *, seed: int = 0, epochs: int = EPOCHS, batch: int = BATCH
) -> PublishedNetwork:
    """Train the network on a whole data set.

    Raises
    ------
    DataError
        When all clips have the same label.
    """
    dataset.require_both_classes()
    trainer = PublishedTrainer(dataset, epochs=epochs, batch=batch)
    network, moved, _ = trainer.descend(np.arange(len(dataset)), seed=seed)
    return replace(
        network,
        weights1=network.weights1 + trainer.inputs.T @ moved,
        provenance=provenance(dataset, method="front_published", seed=seed, epochs=epochs, batch=batch),
    )


class PublishedTrainer:
    """Trains the network on parts of a data set and predicts the rest.

    Parameters
    ----------
    dataset
        Clips.
    epochs, batch, learning_rate
        As published.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        epochs: int = EPOCHS,
        batch: int = BATCH,
        learning_rate: float = LEARNING_RATE,
    ) -> None:
        self.inputs = np.stack([network_input(clip.image) for clip in dataset.clips])
        self.valid = dataset.labels
        self.gram = self.inputs @ self.inputs.T
        self.epochs, self.batch, self.learning_rate = epochs, batch, learning_rate

    def predict(self, train: IntArray, test: IntArray, *, seed: int) -> FloatArray:
        """Train on the clips `train`, give the probability of a valid lift for the clips `test`."""
        network, _, hidden = self.descend(train, seed=seed)
        second = np.maximum(np.maximum(hidden[test], 0) @ network.weights2 + network.bias2, 0)
        return sigmoid(second @ network.weights3 + network.bias3)[:, 0]

    def descend(self, train: IntArray, *, seed: int) -> tuple[PublishedNetwork, FloatArray, FloatArray]:
        """Run stochastic gradient descent.

        Returns
        -------
        network
            Trained, save for `weights1`, which are the initial ones.
        moved : (clips, 32)
            What each clip adds to `weights1`: trained weights1 = initial + inputs' @ moved.
        hidden : (clips, 32)
            The trained first layer's outputs before its ReLU, bias included.
        """
        rng = np.random.default_rng(seed)
        network = initial_network(rng)
        hidden = self.inputs @ network.weights1 + network.bias1
        moved = np.zeros_like(hidden)
        for _ in range(self.epochs):
            order = rng.permutation(train)
            for start in range(0, len(order), self.batch):
                now = order[start : start + self.batch]
                _, slope = loss_and_gradients(network, hidden[now], self.valid[now])
                network = _stepped(network, slope, self.learning_rate)
                moved[now] -= self.learning_rate * slope.hidden
                hidden -= self.learning_rate * (self.gram[:, now] @ slope.hidden + slope.bias1)
        return network, moved, hidden


def initial_network(rng: np.random.Generator) -> PublishedNetwork:
    """Draw Glorot uniform weights (Glorot and Bengio 2010); biases are zero."""

    def glorot(rows: int, columns: int) -> FloatArray:
        limit = np.sqrt(6 / (rows + columns))
        return rng.uniform(-limit, limit, (rows, columns))

    return PublishedNetwork(
        weights1=glorot(INPUTS, HIDDEN[0]),
        bias1=np.zeros(HIDDEN[0]),
        weights2=glorot(*HIDDEN),
        bias2=np.zeros(HIDDEN[1]),
        weights3=glorot(HIDDEN[1], 1),
        bias3=np.zeros(1),
    )


def loss_and_gradients(network: PublishedNetwork, hidden: FloatArray, valid: BoolArray) -> tuple[float, Gradients]:
    """Mean binary cross-entropy of a batch, and its slopes.

    Parameters
    ----------
    network
        Its later layers are used.
    hidden : (m, 32)
        The first layer's outputs before the ReLU.
    valid : (m,)
        Labels.
    """
    first = np.maximum(hidden, 0)
    before = first @ network.weights2 + network.bias2
    second = np.maximum(before, 0)
    logit = second @ network.weights3 + network.bias3
    target = valid[:, None].astype(float)
    loss = float(np.mean(np.logaddexp(0, logit) - target * logit))
    slope3 = (sigmoid(logit) - target) / len(target)
    slope2 = (slope3 @ network.weights3.T) * (before > 0)
    slope1 = (slope2 @ network.weights2.T) * (hidden > 0)
    return loss, Gradients(
        hidden=slope1,
        bias1=slope1.sum(axis=0),
        weights2=first.T @ slope2,
        bias2=slope2.sum(axis=0),
        weights3=second.T @ slope3,
        bias3=slope3.sum(axis=0),
    )


def _stepped(network: PublishedNetwork, slope: Gradients, rate: float) -> PublishedNetwork:
    return replace(
        network,
        **{
            name: getattr(network, name) - rate * getattr(slope, name)
            for name in ("bias1", "weights2", "bias2", "weights3", "bias3")
        },
    )
