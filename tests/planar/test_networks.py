"""Networks that a user brings: every layout places what it paints, and judges the demo clip as deep as its truth."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from depthperception.case import Case, facts_of, find_people
from depthperception.errors import DepthPerceptionError, ModelError
from depthperception.options import Options
from depthperception.people.yolo import load_detector
from depthperception.planar.judging import judge_in_picture
from depthperception.pose.networks import check_pose, load_network, part_affinity
from depthperception.pose.networks.network import FOLDER
from depthperception.results import AttemptJudgement, Judgement
from depthperception.types import FloatArray, Picture, silent
from depthperception.video import frames
from tests.support import painted_networks
from tests.support.command_line import run
from tests.support.judged_once import once, shared_folder
from tests.support.painted_networks import KINDS, SKELETON_OF, dotted, truth_px, write_constant, write_network

HEIGHT_CM = 178.0
FRONT = Path(__file__).parents[1] / "data" / "front_deep.mp4"
ONE_OF_EACH = ("simcc_halpe", "heatmaps", "yolo_pose", "rtmo", "movenet", "movenet_multipose", "body_25")
"""Of the layouts; what differs within one is seen where the joints are."""

DEMO = Path(painted_networks.__file__).parents[2] / "src" / "depthperception" / "demo" / "squat.mp4"


class Dotted(NamedTuple):
    """The demo clip with dots at its joints: the film, everybody in it, and where the joints are."""

    film: Path
    case: Case
    times_s: FloatArray
    joints_px: FloatArray

    @property
    def lowest(self) -> int:
        """Frame with the lowest hips."""
        return int(self.joints_px[:, [23, 24], 1].mean(axis=1).argmax())

    @property
    def depth_cm(self) -> FloatArray:
        """Hip under knee (2,) in the picture, left and right, by the stature that eyes and ankles show."""
        px = self.joints_px
        tall_px = (px[:, [27, 28], 1].mean(axis=1) - px[:, [0, 2, 5], 1].min(axis=1)).max() / 0.89
        return np.asarray((px[self.lowest, [23, 24], 1] - px[self.lowest, [25, 26], 1]) * HEIGHT_CM / tall_px)

    def judge(self, network: Path, **asked: Any) -> tuple[Judgement, AttemptJudgement]:
        """Judge the only one in it by a network."""
        case = replace(self.case, options=Options(pose=str(network), **asked))
        found = Judgement(facts_of(case), "judged")
        judgement, _ = judge_in_picture(case, found, case.people[0], (), silent)
        (attempt,) = judgement.attempts
        return judgement, attempt


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Dotted:
    path = once(shared_folder(tmp_path_factory) / "dotted.mp4", partial(dotted, DEMO))
    truth = json.loads(DEMO.with_suffix(".json").read_text())
    return Dotted(path, find_people(path, Options(), silent), *truth_px(truth))


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("networks")
    return {name: write_network(folder / f"{name}.onnx", name) for name in KINDS}


@pytest.fixture(scope="module")
def bottom(film: Dotted) -> Picture:
    return next(frame.rgb() for frame in frames(film.film, start_s=2.4, end_s=2.6) if frame.time_s >= 2.499)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("mirror", [False, True])
def test_each_layout_places_the_joints_that_it_paints(
    name: str, mirror: bool, film: Dotted, networks: dict[str, Path], bottom: Picture
) -> None:
    network = load_network(networks[name])
    joints = film.joints_px[film.lowest]
    box = np.array([*np.nanmin(joints, axis=0), *np.nanmax(joints, axis=0)])
    found = network.look(bottom, box, mirror=mirror)
    seen = np.isfinite(found.image_px[0]).all(axis=1)
    assert len(found.image_px) == 1
    assert network.spec.skeleton == SKELETON_OF.get(name, "coco_17")
    assert seen.tolist() == np.isfinite(joints).all(axis=1).tolist()
    assert np.abs(found.image_px[0] - joints)[seen].max() < 1.5  # px: .4 cm


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_the_demo_clip_is_as_deep_by_each_network_as_its_truth(
    name: str, film: Dotted, networks: dict[str, Path]
) -> None:
    judgement, attempt = film.judge(networks[name], height_cm=HEIGHT_CM)
    side = attempt.measurements["side"]
    assert side.left is not None
    assert side.right is not None
    assert attempt.bottom_s == pytest.approx(film.times_s[film.lowest], abs=0.03)
    assert [side.cm, side.left.cm, side.right.cm] == pytest.approx([film.depth_cm.mean(), *film.depth_cm], abs=1.0)
    assert attempt.depth == side
    assert judgement.provenance["network"]["skeleton"] == SKELETON_OF.get(name, "coco_17")
    assert judgement.camera is None
    for other in ("calibrated", "surfaces", "appearance", "floor_plane", "gravity", "front_published"):
        assert "Not available with this network" in (attempt.measurements[other].reason or "")
        assert attempt.measurements[other].probability is None
    findings = {check.cause: check.finding for check in attempt.checks}
    assert findings.pop("depth") != "not_checked"
    assert findings.pop("not_completed") == "passed"
    assert set(findings.values()) == {"not_checked"}, "a picture's points show no bar, no knees' bend, no hands"
    assert len(attempt.lights) == 3
    assert {card.frame for card in attempt.cards} <= {attempt.bottom_frame}


def test_without_a_height_nothing_is_in_centimetres(film: Dotted, networks: dict[str, Path]) -> None:
    judgement, attempt = film.judge(networks["simcc"])
    assert judgement.scale is None
    assert attempt.depth.cm is None
    assert attempt.verdict == "too_close"
    assert "no centimetres" in attempt.reason


def test_a_bottom_whose_pictures_never_arrived_is_not_judgeable(film: Dotted, networks: dict[str, Path]) -> None:
    seen = film.case.seen
    lost = np.abs(seen.frame_times_s - film.times_s[film.lowest]) < 0.09
    without = film._replace(case=replace(film.case, seen=replace(seen, frame_times_s=seen.frame_times_s[~lost])))
    judgement, attempt = without.judge(networks["simcc"], height_cm=HEIGHT_CM)
    assert (attempt.verdict, attempt.depth.cm) == ("not_judgeable", None)
    assert "missing round the bottom" in attempt.reason
    assert not judgement.video.complete


def test_the_command_judges_a_squat_from_the_front_by_the_front_network(
    networks: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film, out = dotted(FRONT, tmp_path / "front.mp4"), tmp_path / "out"
    asked = ("--height", "166", "--method", "front", "--pose", networks["heatmaps"], "--out", out)
    assert run("judge", film, *asked) == 0
    assert "DEPTH   no centimetres" in " ".join(capsys.readouterr().out.split(" "))
    judgement = Judgement.from_dict(json.loads((out / "judgement.json").read_text()))
    assert judgement.attempts[0].verdict == "depth"
    assert judgement.provenance["network"]["layout"] == "heatmaps"
    assert (out / "bottom.png").stat().st_size > 0
    assert np.isnan(np.load(out / "landmarks.npz")["world_m"]).all()


def test_two_people_are_put_together_by_the_fields_between_their_parts() -> None:
    """Their hips and knees are nearer to the other's than to their own, so only the fields tell."""
    skeleton, size = part_affinity.COCO, (40, 60)
    people = np.array([[[8, 4], [8, 10], [6, 10], [5, 16]], [[30, 4], [30, 10], [28, 10], [27, 16]]], float)
    parts, right_hip, right_knee = (0, 1, 2, 3), 8, 9
    hips, knees = np.array([[10.0, 24.0], [14.0, 24.0]]), np.array([[14.0, 34.0], [10.0, 34.0]])
    heat, fields = np.zeros((18, *size)), np.zeros((38, *size))
    y, x = np.mgrid[: size[0], : size[1]]
    placed = [dict(zip((*parts, right_hip, right_knee), [*one, *two], strict=True)) for one, *two in zip(
        people, hips, knees, strict=True)]  # fmt: skip
    for body in placed:
        for part, at in body.items():
            heat[part] = np.maximum(heat[part], np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 2))
        for (one, other), field in zip(skeleton.limbs, skeleton.fields, strict=True):
            if one in body and other in body:
                way = body[other] - body[one]
                unit = way / np.linalg.norm(way)
                along = (x - body[one][0]) * unit[0] + (y - body[one][1]) * unit[1]
                across = (x - body[one][0]) * unit[1] - (y - body[one][1]) * unit[0]
                band = (np.abs(across) < 1.5) & (along > -1) & (along < np.linalg.norm(way) + 1)
                fields[field : field + 2, band] += unit[:, None]
    points, scores = part_affinity.people_of(heat, fields, skeleton)
    order = np.argsort(points[:, 1, 0])
    assert len(points) == 2
    assert points[order][:, right_hip] == pytest.approx(hips, abs=0.2)
    assert points[order][:, right_knee] == pytest.approx(knees, abs=0.2)
    assert (scores[:, 4] == 0.0).all()


def test_a_toml_beside_the_file_says_how_it_is_fed(film: Dotted, bottom: Picture, tmp_path: Path) -> None:
    joints, path = film.joints_px[film.lowest], write_network(tmp_path / "mine.onnx", "simcc")
    box = np.array([*np.nanmin(joints, axis=0), *np.nanmax(joints, axis=0)])
    path.with_suffix(".toml").write_text('colours = "bgr"\n')
    wrong = load_network(path).look(bottom, box).image_px
    assert not len(wrong) or not np.nanmax(np.abs(wrong[0] - joints)) < 50.0


def test_the_metadata_of_the_file_says_it_too_and_the_toml_counts_more(tmp_path: Path) -> None:
    said = {"depthperception.margin": "1.5", "depthperception.colours": "bgr", "author": "somebody"}
    path = write_network(tmp_path / "mine.onnx", "simcc", said)
    path.with_suffix(".toml").write_text("margin = 2.0\n")
    spec = load_network(path).spec
    assert (spec.margin, spec.colours) == (2.0, "bgr")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layout = ", "cannot be read"),
        ('size = "x"', "says 'size'; expected layout, skeleton, input_px"),
        ("margin = [1]", r"says margin = \[1\]; expected something like"),
        ("mean = [1, 2]", "says mean"),
        ('layout = "hourglass"', "laid out as 'hourglass'; expected simcc"),
        ('skeleton = "mouse"', "skeleton 'mouse'; expected one of coco_17"),
        ('skeleton = "body_25"', "gives 17 points and is said to be body_25"),
        ('layout = "rtmo"', r"gives \(1, 17, 384\) and \(1, 17, 512\); expected rtmo \(RTMO\): two outputs"),
    ],
)
def test_a_wrong_toml_is_refused_in_a_sentence(text: str, words: str, tmp_path: Path) -> None:
    path = write_network(tmp_path / "mine.onnx", "simcc")
    path.with_suffix(".toml").write_text(text)
    with pytest.raises(ModelError, match=words):
        load_network(path)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([np.zeros((1, 1000))], r"gives \(1, 1000\); expected simcc \(RTMPose\): two outputs"),
        ([np.zeros((1, 21, 64, 48))], "gives 21 points; expected 17"),
        ([np.zeros((1, 17, 384)), np.zeros((1, 17, 500))], r"gives \(1, 17, 384\) and \(1, 17, 500\)"),
    ],
)
def test_outputs_of_no_known_shape_are_named_beside_what_is_expected(
    outputs: list[FloatArray], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=words):
        load_network(write_constant(tmp_path / "mine.onnx", outputs))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.onnx", "no network", "cannot be loaded"),
        ("a.pt", "", "ends in '.pt'; expected .onnx"),
        ("a.caffemodel", "", "a.prototxt is not there"),
        ("a.onnx", None, "a.onnx is not there"),
    ],
)
def test_what_is_no_network_is_refused_in_a_sentence(
    name: str, content: str | None, words: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(DepthPerceptionError, match=words):
        load_network(check_pose(str(tmp_path / name)) or tmp_path)


def test_networks_in_a_folder_go_by_their_names(networks: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="no network called 'simcc'; expected blazepose, or a file"):
        Options(pose="simcc")
    monkeypatch.setenv(FOLDER, str(networks["simcc"].parent))
    assert Options(pose="simcc").in_picture
    with pytest.raises(ModelError, match="no network called 'mine'; expected blazepose, body_25"):
        Options(pose="mine")


def yolo_rows(boxes: Sequence[tuple[float, float, float, float, int]], share: float = 1.0) -> FloatArray:
    """YOLOv3's table (1, n, 85): boxes by middle, width, height, and class."""
    rows = np.zeros((1, len(boxes), 85))
    for row, (*box, kind) in zip(rows[0], boxes, strict=True):
        row[:4], row[4], row[5 + kind] = np.array(box) * share, 0.9, 0.95
    return rows


def test_the_detector_gives_the_centremost_person_of_the_first_picture(tmp_path: Path) -> None:
    boxes = [(208, 208, 90, 320, 0), (210, 206, 90, 318, 0), (60, 208, 60, 200, 0), (200, 200, 400, 400, 56)]
    picture = np.zeros((1280, 720, 3), np.uint8)  # shown as 234 x 416
    wanted = np.array([163, 48, 253, 368]) * 1280 / 416
    detector = load_detector(write_constant(tmp_path / "yolo.onnx", [yolo_rows(boxes)], (416, 416)))
    assert len(detector.people(picture)) == 2
    assert detector.people(picture)[0] == pytest.approx(wanted)
    later = yolo_rows(boxes)[..., [0, 1, 2, 3, *range(5, 85)]].transpose(0, 2, 1)
    assert load_detector(write_constant(tmp_path / "u.onnx", [later], (416, 416))).people(picture)[0] == pytest.approx(
        wanted
    )
    with pytest.raises(ModelError, match=r"gives \(1, 4, 10\); expected YOLO's boxes"):
        load_detector(write_constant(tmp_path / "no.onnx", [np.zeros((1, 4, 10))], (416, 416))).people(picture)


def test_the_report_s_height_rule_takes_the_detector_s_box(
    film: Dotted, networks: dict[str, Path], tmp_path: Path
) -> None:
    height_px = 320 * 1280 / 416
    yolo = write_constant(tmp_path / "yolo.onnx", [yolo_rows([(117, 208, 90, 320, 0)])], (416, 416))
    judgement, attempt = film.judge(networks["heatmaps"], height_cm=HEIGHT_CM, detector=str(yolo))
    assert judgement.scale is not None
    assert judgement.scale.cm_per_px == pytest.approx(HEIGHT_CM / height_px)
    below_px = film.joints_px[film.lowest, [23, 24], 1] - film.joints_px[film.lowest, [25, 26], 1]
    assert attempt.depth.cm == pytest.approx(below_px.mean() * HEIGHT_CM / height_px, abs=0.5)


def test_a_detector_that_finds_nobody_leaves_the_scale_to_the_landmarks_and_says_so(
    film: Dotted, networks: dict[str, Path], tmp_path: Path
) -> None:
    yolo = write_constant(tmp_path / "yolo.onnx", [yolo_rows([(117, 208, 90, 320, 56)])], (416, 416))
    judgement, attempt = film.judge(networks["heatmaps"], height_cm=HEIGHT_CM, detector=str(yolo))
    assert attempt.depth.cm == pytest.approx(film.depth_cm.mean(), abs=1.0)
    assert any("finds nobody in the first picture" in note for note in judgement.notes)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"detector": "yolo.weights", "height_cm": 178}, "with BlazePose"),
        ({"detector": "yolo.weights", "pose": "simcc"}, "without a height"),
    ],
)
def test_a_detector_needs_a_height_and_another_network(
    asked: dict[str, Any], words: str, networks: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(networks["simcc"].parent))
    with pytest.raises(DepthPerceptionError, match=words):
        Options(**asked)


def test_a_network_that_finds_nobody_says_so(film: Dotted, tmp_path: Path) -> None:
    blind = write_constant(tmp_path / "blind.onnx", [np.zeros((1, 17, 384)), np.zeros((1, 17, 512))])
    case = replace(film.case, options=Options(pose=str(blind)))
    judgement, track = judge_in_picture(case, Judgement(facts_of(case), "judged"), case.people[0], (), silent)
    assert (judgement.status, len(track)) == ("no_squat", 0)
    assert "finds trunk and legs of the lifter in no picture" in (judgement.reason or "")
