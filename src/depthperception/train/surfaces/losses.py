"""What a wrong point costs: its likelihood under what the network says of its error, and where the heat should be."""

import torch
from torch import Tensor

from depthperception.surfaces import POINTS
from depthperception.surfaces.seeing import LARGEST_CORRELATION, LOG_SPREAD
from depthperception.train.surfaces.film import Batch
from depthperception.train.surfaces.network import Output

WEIGHTS = {"crease": 2.0, "fold": 2.0, "knee_top": 3.0}
"""What the judgement rests on counts more; others 1."""

HIDDEN = 0.6
"""Weight of a hidden point: where it is follows from the rest of the body, but less surely."""

SIGMA = 0.045
"""Width of the heat's target at first, in halves of the picture (3.3 cm)."""


def loss_of(said: Output, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
    """Loss of a batch, and its parts."""
    names = torch.tensor([WEIGHTS.get(name, 1.0) for name in POINTS], device=said.points.device).repeat_interleave(2)
    inside = (batch.state < 2).float() * batch.counts[:, None]
    share = torch.where(batch.state == 1, HIDDEN, 1.0) * inside * names
    share = share / share.sum().clamp_min(1.0)
    away = batch.points - said.points
    straight = (away.abs().sum(-1).clamp_max(1.0) * share).sum()
    heat = (_heat_loss(said.heat, batch.points) * share).sum()
    likely = (_likelihood(away, said.spread) * share).sum()
    states = torch.nn.functional.cross_entropy(said.states.transpose(1, 2), batch.state, reduction="none")
    state = (states * batch.counts[:, None]).mean()
    parts = {"straight": straight, "heat": heat, "likely": likely, "state": state}
    return 3.0 * straight + 0.35 * heat + 0.25 * likely + 0.2 * state, {k: v.detach() for k, v in parts.items()}


def _heat_loss(heat: Tensor, points: Tensor) -> Tensor:
    """Cross entropy (b, 16) of the heat against a Gaussian round the truth."""
    rows, columns = heat.shape[2:]
    x = (torch.arange(columns, device=heat.device) + 0.5) / columns * 2.0 - 1.0
    y = (torch.arange(rows, device=heat.device) + 0.5) / rows * 2.0 - 1.0
    across = torch.exp(-((x - points[..., :1]) ** 2) / (2.0 * SIGMA**2))
    down = torch.exp(-((y - points[..., 1:]) ** 2) / (2.0 * SIGMA**2))
    across = across / across.sum(-1, keepdim=True).clamp_min(1e-6)
    down = down / down.sum(-1, keepdim=True).clamp_min(1e-6)
    logs = heat.flatten(2).log_softmax(-1).reshape(heat.shape)
    return -(down[..., None, :] @ logs @ across[..., None])[..., 0, 0]


def _likelihood(away: Tensor, spread: Tensor) -> Tensor:
    """Negative log of a two-dimensional Laplace likelihood (b, 16), bounded against single points far off."""
    sigma = spread[..., :2].clamp(*LOG_SPREAD).exp()
    rho = LARGEST_CORRELATION * torch.tanh(spread[..., 2])
    u = away / sigma
    left = 1.0 - rho**2
    squared = (u[..., 0] ** 2 + u[..., 1] ** 2 - 2.0 * rho * u[..., 0] * u[..., 1]) / left
    distance = (squared + 1e-4).sqrt().clamp_max(30.0)
    return sigma.log().sum(-1) + 0.5 * left.log() + 1.732 * distance
