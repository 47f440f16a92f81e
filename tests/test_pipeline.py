"""The whole way on rendered clips whose truth is known, and the command line round it."""

import gc
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

import depthperception
from depthperception import bottoms, judging, pipeline
from depthperception.attempts.attempt import Attempt
from depthperception.barbell.settings import PLATES
from depthperception.bottoms import BottomLooks
from depthperception.examination import Examination
from depthperception.options import Options
from depthperception.report.folder import OURS, read_judgement
from depthperception.report.overlay import HOLD_S
from depthperception.results import Judgement
from depthperception.types import Step
from depthperception.video import Still, VideoWriter, frames
from tests.support.clips import audio_only, make_clip, set_orientation, text_file
from tests.support.command_line import run
from tests.support.golden import differences
from tests.support.judged_once import Examined
from tests.support.rendered_clips import DATA, DEMO, DEMO_HEIGHT_CM, truth
from tests.support.report_examples import attempt


@pytest.fixture(scope="module")
def demo(examined: Examined) -> Examination:
    return examined(DEMO, DEMO_HEIGHT_CM)


def test_the_demo_is_judged_within_two_centimetres_at_its_bottom(demo: Examination) -> None:
    ((bottom_s, depth_cm),) = truth(DEMO)
    (attempt,) = demo.judgement.attempts
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.1)
    assert attempt.verdict == "depth"
    assert attempt.depth.cm == pytest.approx(depth_cm, abs=2.0)
    assert attempt.depth.interval90_cm is not None
    low, high = attempt.depth.interval90_cm
    assert low < depth_cm < high
    assert attempt.stood_up


def test_the_demo_s_judgement_is_the_one_that_is_kept(demo: Examination) -> None:
    """The contract by example: every key, every word, every number within what runtimes and processors differ by.

    Where a change is meant, write the file anew, and list what changed in CHANGELOG.md: depthperception judge
    src/depthperception/demo/squat.mp4 --height 178 --json --quiet > tests/data/demo_judgement.json
    """
    kept = json.loads((DATA / "demo_judgement.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(demo.judgement.to_dict(), allow_nan=False))
    made, kept_made = found.pop("provenance"), kept.pop("provenance")
    assert made.keys() == kept_made.keys()
    assert made["settings"] == {}
    assert {key: made[key] for key in ("method", "height_cm")} == {"method": "calibrated", "height_cm": 178.0}
    found["video"]["path"], kept["video"]["path"] = "", ""
    assert list(differences(found, kept)) == []


def test_the_demo_s_judgement_survives_its_json(demo: Examination) -> None:
    again = Judgement.from_dict(json.loads(json.dumps(demo.judgement.to_dict())))
    assert again.to_dict() == demo.judgement.to_dict()
    (first,), (second,) = demo.judgement.attempts, again.attempts
    assert second.depth.cm == pytest.approx(first.depth.cm, abs=5e-5)
    assert list(second.measurements) == list(first.measurements)


def test_the_bottom_frame_is_the_frame_shown_at_the_bottom(demo: Examination) -> None:
    (attempt,) = demo.judgement.attempts
    times = [frame.time_s for frame in frames(DEMO)]
    assert len(times) == demo.judgement.video.frames
    assert times[attempt.bottom_frame] == pytest.approx(attempt.bottom_s, abs=1 / 59)


@pytest.mark.parametrize("name", ["front_deep", "side_high"])
def test_clear_lifts_are_ruled_as_they_are(name: str, examined: Examined) -> None:
    ((bottom_s, depth_cm),) = truth(DATA / f"{name}.mp4")
    (attempt,) = examined(DATA / f"{name}.mp4").judgement.attempts
    assert attempt.verdict == ("depth" if depth_cm > 0 else "no_depth")
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.25)


def test_two_reps_are_two_attempts_and_most_pictures_are_let_go_of_before_their_bars_are_watched() -> None:
    kept: list[int] = []

    def on_progress(step: str, done: float) -> None:
        if step == Step.WATCH_BAR and not done:
            kept.append(sum(isinstance(one, Still) for one in gc.get_objects()))

    attempts = depthperception.judge(DATA / "two_reps.mp4", on_progress=on_progress).attempts
    assert 0 < kept[0] <= 2 * PLATES.moments, "eight a second are kept of the film until its attempts are known"
    assert [a.bottom_s for a in attempts] == pytest.approx([t for t, _ in truth(DATA / "two_reps.mp4")], abs=0.25)


def test_the_lifter_is_followed_among_spotters(examined: Examined) -> None:
    found = examined(DATA / "spotted.mp4")
    assert found.judgement.lifter is not None
    assert found.judgement.lifter.people_in_frame == 3
    assert len(found.judgement.attempts) == 1
    spotted = json.loads((DATA / "spotted.json").read_text())
    camera = {key: np.array(spotted["camera"][key]) for key in "KRt"}
    rows = spotted["frames"][:: len(spotted["frames"]) // 8]
    assert len(rows) >= 8
    for true in rows:
        hips = np.mean([true["hip"]["left"], true["hip"]["right"]], axis=0)
        at = camera["K"] @ (camera["R"] @ hips + camera["t"])
        seen = found.track.image_at(true["time_s"])
        assert seen is not None, f"lost at {true['time_s']} s"
        assert np.linalg.norm(seen[23:25].mean(axis=0) - at[:2] / at[2]) < 40


def cropped(path: Path, height_px: int) -> Path:
    """The demo clip with the picture cut off below a row."""
    with VideoWriter(path, 720, height_px) as writer:
        for frame in frames(DEMO):
            writer.write(np.ascontiguousarray(frame.rgb()[:height_px]), frame.time_s)
    return path


def test_legs_behind_a_title_that_was_laid_over_the_film_are_not_ruled_on(tmp_path: Path) -> None:
    # The film is 5.0 cm deep; of hips and knees nothing is left at the bottom. It was DEPTH, 71 % sure.
    with VideoWriter(tmp_path / "titled.mp4", 640, 360) as writer:
        for frame in frames(DATA / "front_deep.mp4"):
            picture = frame.rgb().copy()
            picture[198:241] = 255
            writer.write(picture, frame.time_s)
    (attempt,) = depthperception.judge(tmp_path / "titled.mp4").attempts
    assert attempt.verdict == "not_judgeable"
    assert "does not move hides hips and knees at the bottom, as a title laid over the film does" in attempt.reason
    assert attempt.depth.cm is None


def test_a_lifter_cut_off_at_the_knees_is_not_judgeable_for_that_reason(tmp_path: Path) -> None:
    # The tops of the knees are at rows 777 and 790 at the bottom.
    (attempt,) = depthperception.judge(cropped(tmp_path / "cut.mp4", 776)).attempts
    assert attempt.verdict == "not_judgeable"
    assert "knees are cut off at the lower edge" in attempt.reason
    assert attempt.depth.cm is None
    assert attempt.depth.probability is None


def test_a_film_that_ends_before_the_bottom_is_not_judgeable_for_that_reason(tmp_path: Path) -> None:
    ((bottom_s, _),) = truth(DEMO)
    with VideoWriter(tmp_path / "cut.mp4", 720, 1280) as writer:
        for frame in frames(DEMO):
            if frame.time_s <= bottom_s - 0.2:
                writer.write(frame.rgb(), frame.time_s)
    (attempt,) = depthperception.judge(tmp_path / "cut.mp4", height_cm=DEMO_HEIGHT_CM).attempts
    assert attempt.verdict == "not_judgeable"
    assert "ends before" in attempt.reason
    assert attempt.depth.cm is None


def test_a_film_that_begins_inside_the_descent_is_judged_by_the_bottom_that_it_shows(tmp_path: Path) -> None:
    ((bottom_s, _),) = truth(DEMO)
    begins_s = bottom_s - 0.3
    with VideoWriter(tmp_path / "late.mp4", 720, 1280) as writer:
        for frame in frames(DEMO):
            if frame.time_s >= begins_s:
                writer.write(frame.rgb(), frame.time_s - begins_s)
    (attempt,) = depthperception.judge(tmp_path / "late.mp4", height_cm=DEMO_HEIGHT_CM).attempts
    assert attempt.bottom_s == pytest.approx(0.3, abs=0.1)
    assert attempt.verdict == "depth"


def thinned(path: Path, clip: Path, every: int, first: int) -> Path:
    """Every so manieth picture of a clip, from the one that is `first` on."""
    kept = [frame for number, frame in enumerate(frames(clip)) if number % every == first]
    height_px, width_px = kept[0].rgb().shape[:2]
    with VideoWriter(path, width_px, height_px) as writer:
        for frame in kept:
            writer.write(frame.rgb(), frame.time_s)
    return path


@pytest.mark.parametrize(("every", "first", "most_cm"), [(6, 0, (0.6, 2.0)), (3, 1, (0.1, 0.5))])
def test_a_bottom_between_two_pictures_is_taken_from_their_course_and_said(
    every: int, first: int, most_cm: tuple[float, float], tmp_path: Path, demo: Examination
) -> None:
    """The clip has 30 pictures a second and turns round at 3 m/s2, 2.5 s from its start.

    At five a second from the first on, the nearest are at 2.4 and 2.6 s, 1.5 cm higher: 3 * .1 ** 2 / 2. At ten from
    the second on, at 2.433 and 2.533 s; half a step is .05 s, and the most that can be missed .4 cm.
    """
    ((bottom_s, depth_cm),) = truth(DEMO)
    film = thinned(tmp_path / "thin.mp4", DEMO, every, first)
    (attempt,) = depthperception.judge(film, height_cm=DEMO_HEIGHT_CM, sure=0.99).attempts
    (whole,) = demo.judgement.attempts
    assert (attempt.verdict, whole.verdict) == ("too_close", "depth"), "what was asked of each"
    assert attempt.reason.startswith("Too close to call: ")
    assert attempt.bottom_s == pytest.approx(bottom_s, abs=0.15)
    said = re.search(rf"{30 // every} pictures a second: the bottom may lie up to ([\d.]+) cm deeper", attempt.reason)
    assert said
    assert most_cm[0] <= float(said[1]) <= most_cm[1]
    assert attempt.depth.interval90_cm is not None
    assert whole.depth.interval90_cm is not None
    low, high = attempt.depth.interval90_cm
    assert low < depth_cm < high
    assert attempt.depth.cm == pytest.approx(whole.depth.cm, abs=1.5), "as much higher as its pictures are, or less"


def reencoded(path: Path) -> Path:
    """The demo clip as a phone held sideways might store it: turned, HEVC of 10 bits, a changing frame rate."""
    kept = [f for i, f in enumerate(frames(DEMO)) if i % 7 != 3 or abs(f.time_s - 2.5) < 0.3]
    turned = [np.rot90(frame.rgb(), 3) for frame in kept]
    options = {"preset": "ultrafast", "crf": "18"}
    make_clip(path, turned, [f.time_s for f in kept], codec="libx265", pix_fmt="yuv420p10le", options=options)
    set_orientation(path, 270)
    return path


def test_the_same_pictures_in_another_file_give_the_same_ruling(tmp_path: Path, demo: Examination) -> None:
    # Every turn, codec and clock by itself: tests/video/test_reading.py.
    (same,) = depthperception.judge(reencoded(tmp_path / "same.mp4"), height_cm=DEMO_HEIGHT_CM).attempts
    (first,) = demo.judgement.attempts
    assert same.verdict == first.verdict
    assert same.bottom_s == pytest.approx(first.bottom_s, abs=1 / 29)
    assert same.depth.cm == pytest.approx(first.depth.cm, abs=0.5)


@pytest.fixture
def examined_before(monkeypatch: pytest.MonkeyPatch, examined: Examined) -> None:
    """Let the command use what was found in a video when it was examined for another test."""

    def before(video: Path, options: Options, **_: object) -> Examination:
        return examined(video, options.height_cm)

    monkeypatch.setattr(pipeline, "examine", before)


@pytest.mark.usefixtures("examined_before")
def test_judging_writes_its_files_and_says_so_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run("demo", "--height", "178", "--out", out) == 0
    said = capsys.readouterr()
    first = said.out.splitlines()[0]
    assert first.startswith("  attempt 1   DEPTH   ")
    assert "truth of this rendered clip: 3.0 cm below" in said.out
    assert said.err == ""
    assert sorted(path.name for path in out.iterdir()) == sorted(OURS)
    drawn, filmed = ([frame.time_s for frame in frames(path)] for path in (out / "overlay.mp4", DEMO))
    held = read_judgement(out).attempts[0].bottom_frame
    assert np.diff(drawn) == pytest.approx(np.diff(filmed) + HOLD_S * (np.arange(len(filmed) - 1) == held), abs=1e-3)


@pytest.mark.usefixtures("examined_before")
def test_json_stands_alone_on_stdout_and_one_bad_video_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    videos = tmp_path / "missing.mp4", DATA / "side_high.mp4"
    assert run("judge", *videos, "--json", "--quiet", "--out", tmp_path) == 1
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert json.loads(line)["attempts"][0]["verdict"] == "no_depth"
    assert "missing.mp4: there is no such file" in said.err
    assert (tmp_path / "side_high.judged" / "judgement.json").exists()


def still_pictures(path: Path, count: int) -> Path:
    """Grey noise: a film of nobody."""
    noise = np.random.default_rng(0).integers(90, 110, (120, 160, 3), dtype=np.uint8)
    make_clip(path, [noise] * count, [k / 10 for k in range(count)])
    return path


def test_nobody_in_the_video_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("judge", still_pictures(tmp_path / "empty.mp4", 12)) == 0
    assert capsys.readouterr().out.startswith("  NO PERSON")
    assert not (tmp_path / "empty.judged" / "bottom.png").exists()
    assert json.loads((tmp_path / "empty.judged" / "judgement.json").read_text())["status"] == "no_person"


def test_one_frame_is_an_answer_too(tmp_path: Path) -> None:
    assert run("judge", still_pictures(tmp_path / "one.mp4", 1), "--quiet") == 0


def unusable(name: str, folder: Path) -> Path:
    path = folder / f"{name}.mp4"
    if name == "folder":
        path.mkdir()
    elif name == "empty":
        path.touch()
    elif name == "text":
        text_file(path)
    elif name == "sound":
        audio_only(path)
    elif name == "cut short":
        path.write_bytes(DEMO.read_bytes()[:20000])
    return path


@pytest.mark.parametrize("name", ["missing", "folder", "empty", "text", "sound", "cut short"])
def test_what_is_no_video_is_refused_in_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("judge", unusable(name, tmp_path)) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Expected a video" in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / f"{name}.judged").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--height", "17"], "expected 100 to 250 cm"),
        (["--height", "1800"], "expected 100 to 250 cm"),
        (["--method", "guess"], "expected one of"),
        (["--sure", "0.3"], "expected .5 to less than 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("judge", DEMO, "--out", tmp_path / "out", *options) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_wrong_usage_exits_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("judge", "--no-such-option") == 2
    assert run("judge") == 2
    assert run("no-such-command") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_out_that_cannot_be_written_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert run("judge", DEMO, "--out", tmp_path / "file") == 1
    assert run("judge", DEMO, "--out", tmp_path / "file" / "below") == 1
    assert capsys.readouterr().err.count("Name another with --out.") == 2


@pytest.mark.usefixtures("examined_before")
def test_what_others_wrote_is_never_destroyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "bottom.png"
    mine.write_text("a picture of mine")
    assert run("judge", DATA / "side_high.mp4", "--out", tmp_path) == 1
    assert "was not written by depthperception" in capsys.readouterr().err
    assert mine.read_text() == "a picture of mine"
    mine.rename(tmp_path / "notes.txt")
    assert run("judge", DATA / "side_high.mp4", "--out", tmp_path, "--quiet") == 0
    capsys.readouterr()
    assert run("judge", DATA / "side_high.mp4", "--out", tmp_path, "-q") == 1
    assert "holds results of this video already" in capsys.readouterr().err
    assert run("judge", DATA / "side_high.mp4", "--out", tmp_path, "-q", "--force") == 0
    said = capsys.readouterr()
    assert said.out + said.err == ""
    assert (tmp_path / "notes.txt").read_text() == "a picture of mine"


def test_landmarks_of_every_frame(tmp_path: Path) -> None:
    clip = DATA / "side_high.mp4"
    assert run("landmarks", clip, "-o", tmp_path / "l.npz", "--model", "full", "--quiet") == 0
    with np.load(tmp_path / "l.npz") as saved:
        assert len(saved["times_s"]) > 0.9 * len(list(frames(clip)))
    assert run("landmarks", clip, "-o", tmp_path / "l.doc") == 2
    assert run("landmarks", clip, "-o", tmp_path / "l.npz") == 1  # is there already
    assert run("landmarks", clip, "-o", tmp_path / "m.npz", "--model", "huge") == 2


def test_doctor_finds_this_installation_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor") == 0
    assert "all is well" in capsys.readouterr().out


def test_importing_the_package_loads_none_of_the_heavy_parts() -> None:
    heavy = "{'numpy', 'cv2', 'av', 'onnxruntime', 'scipy', 'matplotlib'}"
    code = f"import sys, depthperception; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_judgement_of_one_lifter_imports_no_more_than_it_needs() -> None:
    costly = "{'scipy.signal', 'scipy.stats', 'scipy.optimize', 'matplotlib'}"
    code = "import sys, depthperception.pipeline, depthperception.geometry.signals, depthperception.video.sound;"
    code += f"sys.exit(' '.join({costly} & set(sys.modules)) or None)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_judge_is_the_function_even_after_its_module_was_imported() -> None:
    code = "import depthperception.pipeline, depthperception; assert callable(depthperception.judge)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("bar_low_s", [2.2, None])
@pytest.mark.parametrize(
    ("first_cm", "there_cm", "ruled_s"),
    [(-3.0, 2.0, 2.2), (2.0, -3.0, 2.0), (2.0, None, 2.0), (-3.0, None, 2.2), (None, 2.0, 2.2), (None, None, 2.2)],
)
def test_where_bar_or_lifter_are_low_beside_the_bottom_the_deeper_moment_counts_and_no_depth_needs_both(
    first_cm: float | None,
    there_cm: float | None,
    ruled_s: float,
    bar_low_s: float | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[float] = []

    class Looks(BottomLooks):
        def __init__(self) -> None:
            self._recovery = self._isolation = MagicMock()

        def _look_at(self, _: Any, at_s: float) -> Any:
            looked.append(at_s)
            return "there"

        def look(self, low: Any) -> Any:
            return self._look_at(None, low.bottom_s)

    def judge_attempt(*asked: Any) -> Any:
        return attempt(2.2, there_cm) if asked[3] == "there" else attempt(2.0, first_cm)

    monkeypatch.setattr(judging, "_judge_attempt", judge_attempt)
    monkeypatch.setattr(judging, "lowest_elsewhere_s", lambda *_: bar_low_s)
    monkeypatch.setattr(bottoms, "other_low", lambda *_, **__: Attempt(2.1, 2.2, 3.0, True))
    found = judging.judge_lowest(None, MagicMock(), Looks(), MagicMock(), None, ())  # type: ignore[arg-type]
    refused = first_cm is None and bar_low_s is None
    assert found.bottom_s == (2.0 if refused else ruled_s)
    assert looked == ([] if refused else [2.2]), "who is not seen well is not looked at twice for nothing"
    assert first_cm is not None or (found.verdict, found.depth.cm) == ("not_judgeable", None)
