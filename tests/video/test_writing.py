"""What is written plays at the times given, looks as given, and is whole or not there."""

from pathlib import Path

import av
import numpy as np
import pytest

from depthperception.errors import OutputError
from depthperception.video import VideoWriter, frames, probe
from tests.support.clips import Image, corner_names, number_of, numbered, quadrants

UNEVEN = [0.0, 1 / 30, 0.1, 0.5, 0.5 + 1 / 240, 1.0]


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("encoder", ["libx264", "mpeg4"])
def test_frames_keep_their_times_and_their_order(tmp_path: Path, encoder: str) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, 96, 64, encoders=[encoder]) as writer:
        for number, time_s in enumerate(UNEVEN):
            writer.write(numbered(number), time_s)
    read = list(frames(path))
    assert [frame.time_s for frame in read] == pytest.approx(UNEVEN, abs=1 / 60_000)
    assert [number_of(frame.rgb()) for frame in read] == list(range(6))
    assert files_in(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize(("width_px", "height_px"), [(96, 64), (95, 63), (1280, 720)])
def test_colours_survive_and_odd_sides_gain_one_line(tmp_path: Path, width_px: int, height_px: int) -> None:
    path = tmp_path / "a.mp4"
    # Orange and teal differ by more than 10 between BT.601 and BT.709.
    image = np.empty((height_px, width_px, 3), np.uint8)
    image[:, : width_px // 2] = (230, 120, 20)
    image[:, width_px // 2 :] = (20, 140, 130)
    with VideoWriter(path, width_px, height_px) as writer:
        writer.write(image, 0.0)
        writer.write(image, 0.1)
    read = next(frames(path)).rgb()
    assert read.shape == (height_px + height_px % 2, width_px + width_px % 2, 3)
    assert read[4, 4].tolist() == pytest.approx((230, 120, 20), abs=5)
    assert read[-1, -1].tolist() == pytest.approx((20, 140, 130), abs=5)


def test_the_index_stands_in_front_so_that_players_start_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, 96, 64) as writer:
        writer.write(quadrants(96, 64), 0.0)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert corner_names(next(frames(path)).rgb()) == "RG BW"


def test_video_says_that_it_is_bt709_h264(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, 96, 64, encoders=["libx264"]) as writer:
        writer.write(quadrants(96, 64), 0.0)
    assert probe(path).codec == "h264"
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.pix_fmt, context.colorspace, context.color_range) == ("yuv420p", 1, 1)


def test_an_exception_leaves_no_file_and_an_older_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"older")

    def fail(image: Image) -> None:
        with VideoWriter(path, 96, 64) as writer:
            writer.write(image, 0.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(quadrants(96, 64))
    assert files_in(tmp_path) == ["a.mp4"]
    assert path.read_bytes() == b"older"


def test_no_frame_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no frame was written\. Expected"), VideoWriter(tmp_path / "a.mp4", 96, 64):
        pass
    assert files_in(tmp_path) == []


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"cannot be written .* Expected a folder"),
        VideoWriter(tmp_path / "none" / "a.mp4", 96, 64),
    ):
        pass


def test_encoders_are_tried_in_order_until_one_works(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, 96, 64, encoders=["no_such_encoder", "mpeg4"]) as writer:
        writer.write(quadrants(96, 64), 0.0)
    assert probe(path).codec == "mpeg4"
    with (
        pytest.raises(OutputError, match="none of the encoders no_such_encoder"),
        VideoWriter(tmp_path / "b.mp4", 96, 64, encoders=["no_such_encoder"]),
    ):
        pass
    assert files_in(tmp_path) == ["a.mp4"]


@pytest.mark.parametrize("time_s", [0.5, 0.4, 0.500001])
def test_times_must_rise(tmp_path: Path, time_s: float) -> None:
    with VideoWriter(tmp_path / "a.mp4", 96, 64) as writer:
        writer.write(quadrants(96, 64), 0.5)
        with pytest.raises(ValueError, match="must rise"):
            writer.write(quadrants(96, 64), time_s)


def test_frames_of_another_size_are_refused(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 96, 64) as writer:
        writer.write(quadrants(96, 64), 0.0)
        with pytest.raises(ValueError, match="expected"):
            writer.write(quadrants(64, 96), 0.1)
