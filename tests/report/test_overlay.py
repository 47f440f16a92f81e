import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.errors import OutputError
from depthperception.io.atomic import whole_file
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.report.bottom import PANEL_PX, draw_bottom, write_bottom
from depthperception.report.drawing import CREASE_LINE, KNEE_LINE, LEFT
from depthperception.report.figures import depth_figure, write_depth_figure
from depthperception.report.overlay import HOLD_S, caption_at, write_overlay
from depthperception.results import Judgement, Scale
from depthperception.series.heights import heights_over_feet
from depthperception.types import Picture, Step
from depthperception.video import VideoWriter, frames
from tests.support.report_examples import HEIGHT, SCALE, WIDTH, attempt, camera, close_attempt, judgement, track

UNEVEN_S = [0.0, 0.033, 0.1, 0.5, 1.9, 2.0, 2.1, 3.5]
SHADE = 128
LEGEND_PX = 96
KNEE_BONE = (560, 860)
"""Middle of the left lower leg."""


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Film a grey wall at uneven times."""
    path = tmp_path_factory.mktemp("overlay") / "squat.mp4"
    with VideoWriter(path, WIDTH, HEIGHT) as writer:
        for time_s in UNEVEN_S:
            writer.write(wall(), time_s)
    return path


def wall() -> Picture:
    return np.full((HEIGHT, WIDTH, 3), SHADE, np.uint8)


def whole_overlay(video: Path, seen: PoseTrack, judged: Judgement, max_side_px: int = 1280) -> dict[float, Picture]:
    path = video.with_name("overlay.mp4")
    write_overlay(path, video, seen, judged, max_side_px=max_side_px)
    return {round(frame.time_s, 3): frame.rgb() for frame in frames(path)}


def overlay(video: Path, seen: PoseTrack, judged: Judgement, max_side_px: int = 1280) -> dict[float, Picture]:
    """Give the pictures without the margin over them, by the video's own times: the hold at the bottom taken out."""
    drawn = whole_overlay(video, seen, judged, max_side_px)
    shown_px = min(max_side_px, HEIGHT)
    return {time_s: picture[-shown_px:] for time_s, picture in zip(UNEVEN_S, drawn.values(), strict=True)}


def headers(video: Path, judged: Judgement) -> dict[float, Picture]:
    """Give the margins over the pictures, by the video's own times."""
    drawn = whole_overlay(video, empty_track(), judged)
    return {time_s: picture[:-HEIGHT] for time_s, picture in zip(UNEVEN_S, drawn.values(), strict=True)}


def has(picture: Picture, colour: tuple[int, int, int], tolerance: int = 60) -> bool:
    """Whether a colour is anywhere, forgiving what compression does to it."""
    return bool((np.abs(picture.astype(int) - colour).max(axis=2) < tolerance).any())


def near_bone(picture: Picture) -> Picture:
    x, y = (round(value * picture.shape[1] / WIDTH) for value in KNEE_BONE)
    return picture[y - 12 : y + 12, x - 12 : x + 12]


def test_the_overlay_holds_the_bottom_and_keeps_the_other_times_and_the_picture(video: Path) -> None:
    judged = judgement(replace(attempt(2.0, None), bottom_frame=UNEVEN_S.index(2.0)))
    drawn = whole_overlay(video, empty_track(), judged)
    assert list(drawn) == pytest.approx([time_s + HOLD_S * (time_s > 2.0) for time_s in UNEVEN_S])
    for picture in drawn.values():
        assert picture.shape[1] == WIDTH
        assert np.abs(picture[16 - HEIGHT :].astype(int) - SHADE).max() < 12, "nothing is said over the picture"
        assert has(picture[:-HEIGHT], (17, 20, 28))


def test_the_skeleton_lies_on_the_lifter_in_a_smaller_overlay_too(video: Path) -> None:
    for side_px in (HEIGHT, HEIGHT // 2):
        picture = overlay(video, track(UNEVEN_S), judgement(attempt(2.0)), side_px)[0.1]
        assert picture.shape[0] == side_px
        assert has(near_bone(picture), LEFT, 90)


def test_nothing_is_drawn_on_the_lifter_where_the_track_has_a_gap(video: Path) -> None:
    # Seen until 0.1 s and from 1.9 s on: 0.5 s lies in a gap of 1.8 s.
    drawn = overlay(video, track([0.0, 0.1, 1.9, 2.1]), judgement(attempt(2.0)))
    assert has(near_bone(drawn[0.1]), LEFT, 90)
    assert np.abs(near_bone(drawn[0.5]).astype(int) - SHADE).max() < 12


def test_the_two_lines_are_shown_round_the_bottom_only(video: Path) -> None:
    drawn = overlay(video, track(UNEVEN_S), judgement(attempt(2.0, 8.0)))
    # The mark at the crease lies 8 cm, 64 px, under the level at y = 677, between x = 292 and 340.
    crease = {time: picture[730:752, 296:336] for time, picture in drawn.items()}
    assert {time for time, part in crease.items() if has(part, CREASE_LINE, 90)} == {1.9, 2.0, 2.1}


def test_the_light_comes_on_at_the_bottom_and_stays(video: Path) -> None:
    judged = judgement(replace(attempt(2.0, -2.0), bottom_frame=UNEVEN_S.index(2.0)))
    lit = {time: has(header, (225, 24, 38), 70) for time, header in headers(video, judged).items()}
    assert lit == {time: time >= 2.0 for time in UNEVEN_S}


def test_a_verdict_is_never_said_before_its_bottom_was_seen() -> None:
    judged = judgement(attempt(2.0, 3.0), attempt(8.0, -2.0), attempt(14.0, None))

    def said(time_s: float) -> str:
        caption = caption_at(judged, time_s)
        return " | ".join((*caption.above, caption.headline, *caption.below))

    assert said(0.5) == "standing | "
    assert said(1.5) == "attempt 1 of 3 · descent | "
    assert said(2.5) == "attempt 1 of 3 · ascent | DEPTH  3.0 cm below | 90 %: 1.4 to 4.6 cm below"
    assert said(7.5) == "attempt 2 of 3 · descent | "
    assert said(9.5) == "attempt 2 of 3 · lockout | NO DEPTH  2.0 cm above | 90 %: 0.4 to 3.6 cm above"
    assert said(14.0) == "attempt 3 of 3 · bottom | NOT JUDGEABLE | Plates hide the hips."


def test_what_is_too_close_is_said_with_its_side_and_has_a_lamp_that_is_neither_white_nor_red(video: Path) -> None:
    judged = judgement(close_attempt(2.0))
    caption = caption_at(judged, 2.5)
    assert caption.headline == "TOO CLOSE  0.4 cm below"
    assert caption.below == ("leans to depth", "90 %: 2.8 cm above to 3.6 cm below")
    after = headers(video, judged)[3.5]
    assert has(after, (240, 166, 58), 40)
    assert not has(after, (225, 24, 38), 70)


def test_the_figure_names_what_is_too_close_and_marks_it_with_a_shape_of_its_own() -> None:
    seen = heights_over_feet(track([0.0, 0.1, 2.0]), camera(), SCALE)
    figure = depth_figure(seen, judgement(attempt(0.5), attempt(1.0, -3.0), close_attempt(2.0), attempt(3.0, None)))
    shapes = [line.get_marker() for line in figure.axes[1].lines if line.get_marker() not in ("None", "")]
    assert len(set(shapes)) == 4
    (legend,) = figure.legends
    assert "too close" in [text.get_text() for text in legend.texts]
    alone = depth_figure(seen, judgement(close_attempt(2.0))).axes[1].texts[0].get_text()
    assert alone.startswith("TOO CLOSE  leans to depth  0.4 cm below")


def test_bottom_of_what_is_too_close_has_the_amber_light() -> None:
    title = draw_bottom(wall(), track([2.0]), judgement(close_attempt(2.0)), 0)[:100, :130]
    assert has(title, (240, 166, 58), 8)


def test_a_video_without_attempts_gets_an_overlay_with_the_reason(video: Path) -> None:
    judged = judgement()
    assert " ".join(caption_at(judged, 0.0).above) == "No squat: Nobody is seen to squat in the video."
    assert list(whole_overlay(video, empty_track(), judged)) == UNEVEN_S
    assert has(headers(video, judged)[0.0], (17, 20, 28))
    assert np.abs(overlay(video, empty_track(), judged)[0.0][16:].astype(int) - SHADE).max() < 12, "nothing else"


def test_progress_rises_to_one(video: Path) -> None:
    told: list[tuple[str, float]] = []
    write_overlay(
        video.with_name("o.mp4"), video, empty_track(), judgement(), lambda step, done: told.append((step, done))
    )
    assert {step for step, _ in told} == {Step.DRAW}
    parts = [done for _, done in told]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_bottom_shows_the_depth_to_scale() -> None:
    sheet = draw_bottom(wall(), track([2.0]), judgement(attempt(2.0, 8.0)), 0)
    samples = sheet[-PANEL_PX - LEGEND_PX : -LEGEND_PX, sheet.shape[1] // 2 :]
    white, pink = (np.bincount(np.argwhere((samples == line).all(axis=2))[:, 0]) for line in (KNEE_LINE, CREASE_LINE))
    marked = np.argwhere((samples == KNEE_LINE).all(axis=2))
    legs = slice(marked[:, 1].min(), marked[:, 1].max())  # the labels stand outside
    dots = np.argwhere((samples[:, legs] == LEFT).all(axis=2))
    lower = dots[:, 0] > (dots[:, 0].min() + dots[:, 0].max()) / 2
    fold, knee = np.median(dots[lower], axis=0), np.median(dots[~lower], axis=0)
    px_per_cm = (knee[1] - fold[1]) / 4.5  # the fold is seen 36 px beside the top of the knee
    assert (pink.argmax() - white.argmax()) / px_per_cm == pytest.approx(8.0, abs=0.3)
    assert (knee[0] - white.argmax()) / px_per_cm == pytest.approx(0.0, abs=0.3), "the level goes through it"


def test_bottom_is_the_frame_of_the_bottom(tmp_path: Path) -> None:
    video = tmp_path / "squat.mp4"
    with VideoWriter(video, WIDTH, HEIGHT) as writer:
        for number, time_s in enumerate((0.0, 1.96, 2.0, 2.04)):
            writer.write(np.full((HEIGHT, WIDTH, 3), 60 * number + 20, np.uint8), time_s)
    write_bottom(tmp_path / "bottom.png", video, empty_track(), judgement(attempt(1.99, None)))
    sheet = cv2.imread(str(tmp_path / "bottom.png"))
    assert sheet is not None
    assert abs(int(sheet[sheet.shape[0] // 2, 100, 0]) - 140) < 8
    assert not (sheet == CREASE_LINE[::-1]).all(axis=2).any(), "no depth, no lines"


def test_bottom_of_a_set_is_the_attempt_nearest_to_the_line(video: Path, tmp_path: Path) -> None:
    sets = judgement(attempt(0.5, 9.0), attempt(2.0, 0.5), attempt(3.5, 6.0))
    write_bottom(tmp_path / "chosen.png", video, track(UNEVEN_S), sets)
    write_bottom(tmp_path / "second.png", video, track(UNEVEN_S), sets, attempt=1)
    write_bottom(tmp_path / "third.png", video, track(UNEVEN_S), sets, attempt=2)
    chosen, second, third = ((tmp_path / f"{name}.png").read_bytes() for name in ("chosen", "second", "third"))
    assert chosen == second
    assert chosen != third


def test_there_is_no_bottom_without_an_attempt(video: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no attempt"):
        write_bottom(tmp_path / "bottom.png", video, empty_track(), judgement())
    assert not (tmp_path / "bottom.png").exists()


def test_a_bottom_with_points_out_of_the_picture_is_drawn(tmp_path: Path) -> None:
    seen = track([2.0])
    low = replace(seen, image_px=seen.image_px + [1600.0, 2000.0])
    sheet = draw_bottom(wall(), low, judgement(attempt(2.0, None)), 0)
    assert sheet.shape[0] > PANEL_PX


def test_heights_are_along_gravity_over_the_feet() -> None:
    # Up is the camera's (0, -0.8, -0.6): hips at 0.9 m, knees at 0.4 m, feet at -0.1 m along it.
    world = np.zeros((33, 3))
    for points, height in (((23, 24), 0.9), ((25, 26), 0.4), ((29, 30, 31, 32), -0.1)):
        world[list(points)] = height * np.array([0.0, -0.8, -0.6])
    tilted = replace(camera(), up=(0.0, -0.8, -0.6))
    heights = heights_over_feet(track([0.0, 0.1], world), tilted, Scale(0.5, "height", model_factor=1.1))
    assert heights.hip == pytest.approx([110.0, 110.0])
    assert heights.knee == pytest.approx([55.0, 55.0])
    assert heights.unit == "cm"


def test_heights_come_from_the_picture_where_there_is_no_third_dimension() -> None:
    # Knees at y = 720, feet at 1050 on average, 8 px a cm.
    heights = heights_over_feet(track([0.0, 0.1]), camera(), SCALE)
    assert heights.knee == pytest.approx([41.25, 41.25])
    assert heights_over_feet(track([0.0, 0.1]), camera(), None).unit == "px"


def test_curves_break_where_nobody_was_seen() -> None:
    heights = heights_over_feet(track([0.0, 0.1, 2.0, 2.1]), camera(), SCALE)
    assert np.isnan(heights.hip).tolist() == [False, False, True, False, False]


def test_the_figure_shows_every_attempt_of_a_set_with_its_interval() -> None:
    times = list(np.arange(0.0, 82.0, 0.25))
    sets = judgement(*(attempt(2.0 + 4.0 * k, 2.0 - 0.25 * k) for k in range(20)))
    figure = depth_figure(heights_over_feet(track(times), camera(), SCALE), sets)
    top, ruling = figure.axes
    numbers = [text.get_text() for text in top.texts]
    assert [str(k) for k in range(1, 21)] == [text for text in numbers if text.isdigit()]
    assert [text.get_text() for text in ruling.texts][:3] == ["+2.0", "+1.8", "+1.5"]
    low, high = ruling.get_ylim()
    assert low > 0 > high, "deeper is lower"
    ends = [bars.get_segments()[0][:, 1].tolist() for bars in ruling.collections if hasattr(bars, "get_segments")]
    assert ends[0] == pytest.approx([0.4, 3.6])
    assert len(ends) == 20


@pytest.mark.parametrize("attempts", [(), (attempt(2.0),), (attempt(2.0, None), attempt(6.0, -30.0))])
def test_the_figure_is_written_for_whatever_was_ruled(tmp_path: Path, attempts: tuple[object, ...]) -> None:
    judged = judgement(*attempts)  # type: ignore[arg-type]  # parametrize forgets the type
    write_depth_figure(tmp_path / "depth.png", track([0.0, 0.1, 2.0]), judged)
    picture = cv2.imread(str(tmp_path / "depth.png"))
    assert picture is not None
    assert picture.shape == (1000, 1600, 3)
    assert picture[0, 0].tolist() == [255, 255, 255]


def test_the_figure_leaves_the_users_plots_alone() -> None:
    code = (
        "import sys, depthperception.report.bar, depthperception.report.figures;"
        "print('matplotlib.figure' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "False"], done.stderr


def test_a_place_that_cannot_be_written_is_an_error_that_says_what_to_do(video: Path, tmp_path: Path) -> None:
    nowhere, seen, judged = tmp_path / "missing", track(UNEVEN_S), judgement(attempt(2.0))
    with pytest.raises(OutputError, match=r"bottom\.png.* expected .*Choose"):
        write_bottom(nowhere / "bottom.png", video, seen, judged)
    with pytest.raises(OutputError, match=r"depth\.png.* expected .*Choose"):
        write_depth_figure(nowhere / "depth.png", seen, judged)
    with pytest.raises(OutputError, match=r"overlay\.mp4.* Expected .*Choose"):
        write_overlay(nowhere / "overlay.mp4", video, seen, judged)
    assert not nowhere.exists()


def fill_the_disk(path: Path) -> None:
    path.write_text("half")
    raise OSError(28, "No space left on device")


def test_a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "depth.png"
    path.write_text("old")
    with pytest.raises(OutputError, match="No space left"), whole_file(path) as partial:
        fill_the_disk(partial)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["depth.png"]
