"""Reading boxes off the detector's maps, whatever the picture's size."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from depthperception.barbell.plate_detector import detect_plates
from depthperception.types import FloatArray


@dataclass
class Network:
    """Stands for the network: says the same of every picture, and keeps what it was shown."""

    scores: FloatArray
    boxes: FloatArray
    shown: list[tuple[int, ...]] = field(default_factory=list)

    def run(self, _: None, fed: dict[str, Any]) -> list[FloatArray]:
        self.shown.append(fed["rgb"].shape)
        return [self.scores[None], self.boxes[None]]


def maps(*finds: tuple[int, int, float, tuple[float, float, float, float]]) -> tuple[FloatArray, FloatArray]:
    """Maps of 30 x 52 cells that are empty but for some finds: row, column, score and box."""
    scores, boxes = np.zeros((30, 52)), np.zeros((30, 52, 4))
    for row, column, score, box in finds:
        scores[row, column], boxes[row, column] = score, box
    return scores, boxes


def detect(network: Network, shape: tuple[int, int, int], least_score: float = 0.3) -> list[tuple[list[float], float]]:
    found = detect_plates(np.zeros(shape, np.uint8), network=network, least_score=least_score)
    return [(np.round(each.box_px, 3).tolist(), each.score) for each in found]


def test_boxes_are_in_the_pixels_of_the_picture() -> None:
    network = Network(*maps((4, 6, 0.9, (10.0, 20.0, 50.0, 60.0))))
    assert detect(network, (468, 832, 3)) == [([20.0, 40.0, 100.0, 120.0], 0.9)]
    assert network.shown == [(1, 256, 416, 3)]


def test_neighbours_of_a_peak_and_weak_finds_are_left_out() -> None:
    box = (10.0, 20.0, 50.0, 60.0)
    network = Network(*maps((4, 6, 0.9, box), (4, 7, 0.8, box), (20, 40, 0.2, (300.0, 150.0, 340.0, 190.0))))
    assert len(detect(network, (234, 416, 3))) == 1
    assert len(detect(network, (234, 416, 3), least_score=0.1)) == 2


@pytest.mark.parametrize(("shift_px", "plates"), [(5.0, 1), (20.0, 2)])
def test_one_plate_found_twice_is_one_and_two_that_overlap_are_two(shift_px: float, plates: int) -> None:
    first, second = np.array([100.0, 50.0, 160.0, 110.0]), np.array([100.0, 50.0, 160.0, 110.0])
    second[[0, 2]] += shift_px
    network = Network(*maps((10, 16, 0.9, tuple(first)), (10, 19, 0.7, tuple(second))))
    assert len(detect(network, (234, 416, 3))) == plates


def test_the_ellipse_fills_the_box() -> None:
    network = Network(*maps((4, 6, 0.9, (10.0, 20.0, 50.0, 40.0))))
    (plate,) = detect_plates(np.zeros((234, 416, 3), np.uint8), network=network)
    middle, halves = plate.ellipse
    assert middle.tolist() == [30.0, 30.0]
    assert halves.tolist() == [20.0, 10.0]
