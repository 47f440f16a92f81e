"""Caffe and darknet through OpenCV, where it still reads them, and the sentence where it does not."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.errors import ModelError
from depthperception.models.foreign import load_foreign
from depthperception.people.yolo import load_detector
from depthperception.pose.networks import load_network
from tests.support.old_formats import write_caffe, write_darknet

READS_THEM = hasattr(cv2.dnn, "readNetFromCaffe")
before_5 = pytest.mark.skipif(not READS_THEM, reason="this OpenCV reads neither Caffe nor darknet")
SIDE_PX = 368


@before_5
def test_openpose_as_caffe_is_known_by_its_maps_and_fed_as_openpose_does(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    weights, bias = rng.normal(size=(78, 3, 8, 8)), rng.normal(size=78)
    path = write_caffe(tmp_path / "pose.caffemodel", weights, bias, SIDE_PX)
    network = load_network(path)
    assert (network.layout.name, network.spec.skeleton, network.spec.input_px) == (
        "part_affinity",
        "body_25",
        (368,) * 2,
    )
    picture = rng.normal(size=(SIDE_PX, SIDE_PX, 3))
    (given,) = network.runner.look(picture)
    cells = picture.reshape(46, 8, 46, 8, 3)
    assert given[0] == pytest.approx(np.einsum("aibjc,kcij->kab", cells, weights) + bias[:, None, None], abs=1e-3)


@before_5
def test_yolov3_as_darknet_finds_who_is_there(tmp_path: Path) -> None:
    bias, red = np.full(85, -8.0), np.zeros(85)
    bias[:4], bias[5] = 0.0, 8.0  # in the middle of its cell, as large as the anchor, surely a person
    red[4] = 16.0
    path = write_darknet(tmp_path / "yolov3.weights", bias, red, 416, (90, 320))
    assert load_foreign(path).size_px == (416, 416)
    picture = np.zeros((416, 416, 3), np.uint8)
    picture[192:224, 160:192, 0] = 255
    (box,) = load_detector(path).people(picture)
    assert box == pytest.approx([176 - 45, 208 - 160, 176 + 45, 208 + 160], abs=0.5)


@pytest.mark.skipif(READS_THEM, reason="this OpenCV reads them")
@pytest.mark.parametrize("name", ["a.caffemodel", "a.weights"])
def test_where_opencv_reads_them_no_more_a_sentence_says_what_to_do(name: str, tmp_path: Path) -> None:
    for ending in (".prototxt", ".caffemodel", ".cfg", ".weights"):
        (tmp_path / f"a{ending}").write_text("")
    with pytest.raises(ModelError, match=r"does not read; expected OpenCV 4, or the network as ONNX\. Install"):
        load_foreign(tmp_path / name)
