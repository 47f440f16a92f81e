"""Frames come upright, at their true times, in every pass the same, from whatever a phone writes."""

import hashlib
import logging
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from depthperception.errors import OptionError, VideoError
from depthperception.video import Turned, frames, probe, reading, sha256_of
from depthperception.video.colour import Converter
from depthperception.video.container import opened
from depthperception.video.timestamps import Clock
from tests.support.clips import (
    CLOCK_S,
    blank_part,
    claim_frames_in_avi,
    corner_names,
    keep_part,
    make_clip,
    needs_encoder,
    number_of,
    numbered_clip,
    quadrants,
)

AT_30 = [number / 30 for number in range(60)]
# A phone in poor light: 1/30 s, then 1/15 s, one frame held for .4 s, then 1/60 s.
UNEVEN = [0.0, 1 / 30, 2 / 30, 2 / 15, 1 / 5, 3 / 5, 37 / 60, 38 / 60, 39 / 60, 40 / 60]


def seen(path: Path, **span: Any) -> list[tuple[float, int]]:
    """The times and the numbers on the pictures of a `numbered_clip`."""
    return [(frame.time_s, number_of(frame.rgb())) for frame in frames(path, **span)]


# What a viewer sees, worked out by turning a sheet of paper; FFmpeg's own automatic turn agrees.
@pytest.mark.parametrize(
    ("rotation_deg", "mirrored", "corners"),
    [
        (0, False, "RG BW"),
        (90, False, "BR WG"),
        (180, False, "WB GR"),
        (270, False, "GW RB"),
        (0, True, "GR WB"),
        (90, True, "RB GW"),
        (180, True, "BW RG"),
        (270, True, "WG BR"),
    ],
)
def test_picture_is_turned_and_mirrored_as_the_file_asks(
    tmp_path: Path, rotation_deg: int, mirrored: bool, corners: str
) -> None:
    path = make_clip(tmp_path / "a.mp4", [quadrants(96, 64)], [0.0], rotation_deg=rotation_deg, mirrored=mirrored)
    info = probe(path)
    frame = next(frames(path))

    assert corner_names(frame.rgb()) == corners
    assert corner_names(frame.rgb(max_side_px=48)) == corners
    assert frame.rgb().flags.c_contiguous
    assert (info.width, info.height) == ((64, 96) if rotation_deg in (90, 270) else (96, 64))
    assert frame.rgb().shape == (info.height, info.width, 3)
    assert (info.rotation_deg, info.mirrored) == (rotation_deg, mirrored)


def test_rotation_is_read_from_quicktime_files_too(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", [quadrants(96, 64)], [0.0], rotation_deg=90)
    assert corner_names(next(frames(path)).rgb()) == "BR WG"


def test_times_of_a_variable_frame_rate_are_those_of_presentation(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", UNEVEN, options={"bf": "3"})
    times_s, numbers = zip(*seen(path), strict=True)
    assert numbers == tuple(range(10))
    assert times_s == pytest.approx(UNEVEN, abs=1e-5)


def test_times_start_at_the_first_frame_shown(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", [1.5, 1.6, 1.75])
    assert [time_s for time_s, _ in seen(path)] == pytest.approx([0.0, 0.1, 0.25], abs=1e-5)


def test_slow_motion_keeps_its_stretched_times(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", [number / 240 for number in range(24)])
    assert seen(path)[23][0] == pytest.approx(23 / 240, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "codec_name"),
    [
        ("a.mp4", "libx264", "yuv420p", "h264"),
        pytest.param("a.mov", "libx265", "yuv420p", "hevc", marks=needs_encoder("libx265")),
        pytest.param("a.mp4", "libx265", "yuv420p10le", "hevc", marks=needs_encoder("libx265")),
        pytest.param("a.webm", "libvpx-vp9", "yuv420p", "vp9", marks=needs_encoder("libvpx-vp9")),
        ("a.mov", "mjpeg", "yuvj422p", "mjpeg"),
    ],
)
def test_codecs_and_bit_depths_give_the_same_picture(
    tmp_path: Path, name: str, codec: str, pix_fmt: str, codec_name: str
) -> None:
    path = make_clip(tmp_path / name, [quadrants(96, 64)] * 3, [0.0, 0.1, 0.2], codec=codec, pix_fmt=pix_fmt)
    images = [frame.rgb() for frame in frames(path)]
    assert [corner_names(image) for image in images] == ["RG BW"] * 3
    assert images[0].dtype == np.uint8
    # Away from the edges, what went in comes out, up to compression and limited range.
    assert images[0][8, 8].tolist() == pytest.approx((255, 0, 0), abs=6)
    assert images[0][56, 88].tolist() == pytest.approx((255, 255, 255), abs=6)
    assert probe(path).codec == codec_name


@pytest.mark.parametrize(("codec", "pix_fmt"), [("libx264", "yuv444p"), ("mpeg4", "yuv420p")], ids=["h264", "mpeg4"])
@pytest.mark.parametrize(("width_px", "height_px"), [(95, 63), (95, 64), (96, 63)])
@pytest.mark.parametrize("rotation_deg", [0, 90])
def test_odd_sizes_keep_every_line(
    tmp_path: Path, codec: str, pix_fmt: str, width_px: int, height_px: int, rotation_deg: int
) -> None:
    path = make_clip(
        tmp_path / "a.mp4",
        [quadrants(width_px, height_px)],
        [0.0],
        codec=codec,
        pix_fmt=pix_fmt,
        rotation_deg=rotation_deg,
    )
    upright = (height_px, width_px, 3) if rotation_deg == 0 else (width_px, height_px, 3)
    image = next(frames(path)).rgb()
    assert image.shape == upright
    assert corner_names(image) == ("RG BW" if rotation_deg == 0 else "BR WG")


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize(("matrix", "kr", "kb"), [(1, 0.2126, 0.0722), (5, 0.299, 0.114), (9, 0.2627, 0.0593)])
def test_colours_follow_the_matrix_and_range_of_the_file(full_range: bool, matrix: int, kr: float, kb: float) -> None:
    y, u, v = 120, 90, 160
    picture = av.VideoFrame(64, 64, "yuv420p")
    for plane, value in zip(picture.planes, (y, u, v), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    picture.colorspace, picture.color_range = matrix, 2 if full_range else 1
    # ITU-T H.273, equations 36 to 40.
    luma = y / 255 if full_range else (y - 16) / 219
    cb, cr = ((value - 128) / (255 if full_range else 224) for value in (u, v))
    red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)

    rgb = Converter().rgb(picture, 64, 64)

    assert rgb[32, 32] / 255 == pytest.approx((red, green, blue), abs=3 / 255)


@pytest.mark.parametrize("rotation_deg", [0, 90])
def test_pixels_that_are_not_square_are_stretched(tmp_path: Path, rotation_deg: int) -> None:
    path = make_clip(
        tmp_path / "a.mp4",
        [quadrants(72, 64)],
        [0.0],
        pixel_aspect=Fraction(4, 3),
        rotation_deg=rotation_deg,
    )
    info = probe(path)
    # 72 stored columns of pixels 4/3 as wide as high cover 96 square ones.
    assert (info.width, info.height) == ((96, 64) if rotation_deg == 0 else (64, 96))
    assert next(frames(path)).rgb().shape == (info.height, info.width, 3)


@pytest.mark.parametrize(
    ("asked_px", "shape"), [(48, (32, 48, 3)), (None, (64, 96, 3)), (1000, (64, 96, 3)), (25, (17, 25, 3))]
)
def test_longest_side_is_shrunk_and_never_enlarged(
    tmp_path: Path, asked_px: int | None, shape: tuple[int, int, int]
) -> None:
    path = make_clip(tmp_path / "a.mp4", [quadrants(96, 64)], [0.0])
    assert next(frames(path)).rgb(asked_px).shape == shape


@pytest.mark.parametrize("rotation_deg", [0, 90])
def test_shrinking_moves_nothing_by_more_than_a_twentieth_of_a_pixel(tmp_path: Path, rotation_deg: int) -> None:
    stored = np.zeros((360, 640, 3), np.uint8)
    stored[101:161, 201:301] = 255
    # Edges at pixels 201 and 301, 101 and 161: the middle lies at x = 251, y = 131 of 640 x 360; turned
    # clockwise, a point goes to x = 360 - y, y = x.
    x_px, y_px = (251.0, 131.0) if rotation_deg == 0 else (229.0, 251.0)
    path = make_clip(tmp_path / "a.mp4", [stored], [0.0], rotation_deg=rotation_deg)
    info = probe(path)

    small = next(frames(path)).rgb(max_side_px=128)[:, :, 1].astype(float)

    weight = small.sum()
    middle_x = (small.sum(axis=0) * (np.arange(small.shape[1]) + 0.5)).sum() / weight
    middle_y = (small.sum(axis=1) * (np.arange(small.shape[0]) + 0.5)).sum() / weight
    assert middle_x == pytest.approx(x_px * small.shape[1] / info.width, abs=0.05)
    assert middle_y == pytest.approx(y_px * small.shape[0] / info.height, abs=0.05)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", {"g": "12", "bf": "3"}),
        ("open.mp4", "libx264", {"g": "12", "bf": "3", "x264-params": "open-gop=1:scenecut=0"}),
        ("refresh.mp4", "libx264", {"g": "12", "x264-params": "intra-refresh=1"}),
        ("a.mkv", "libx264", {"g": "12", "bf": "3"}),
        ("a.ts", "libx264", {"g": "12", "bf": "3"}),
        ("mpeg2.ts", "mpeg2video", {"g": "12", "bf": "2"}),
        ("a.avi", "mpeg4", {"g": "12"}),
        pytest.param(
            "hevc.mp4", "libx265", {"x265-params": "log-level=none:keyint=12"}, marks=needs_encoder("libx265")
        ),
    ],
)
def test_a_late_start_gives_the_frames_of_a_full_pass(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    clock_s = Fraction(1, 30) if codec in ("mpeg4", "mpeg2video") else CLOCK_S
    path = numbered_clip(tmp_path / name, AT_30, codec=codec, options=options, clock_s=clock_s)

    def to_the_bit(**span: Any) -> list[tuple[float, bytes]]:
        return [(frame.time_s, frame.rgb().tobytes()) for frame in frames(path, **span)]

    assert [number for _, number in seen(path)] == list(range(60))
    whole = to_the_bit()
    for first in (1, 11, 12, 13, 35, 36, 59):
        assert to_the_bit(start_s=whole[first][0]) == whole[first:]
        assert to_the_bit(start_s=whole[first][0], end_s=whole[first][0]) == whole[first : first + 1]


def test_a_time_rounded_to_a_tenth_of_a_millisecond_still_names_its_frame(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", AT_30)
    # 20/30 s is rounded up, 10/30 s down.
    assert seen(path, start_s=0.6667, end_s=0.6667)[0][1] == 20
    assert seen(path, start_s=0.3333, end_s=0.3333)[0][1] == 10


def test_a_start_after_the_end_of_the_film_gives_no_frames(tmp_path: Path) -> None:
    assert seen(numbered_clip(tmp_path / "a.mp4", AT_30), start_s=9.0) == []


def test_every_s_keeps_the_frame_nearest_to_each_grid_point(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", UNEVEN)
    # Frames stand at 0, .033, .067, .133, .2, .6, .617, .633, .65 and .667 s. Nearest to 0: number 0; to .1:
    # 2 and 3 alike; to .2: 4; nothing within half a step of .3, .4 and .5; to .6: 5; to .7: 9.
    assert [number for _, number in seen(path, every_s=0.1)] == [0, 2, 4, 5, 9]


def test_every_s_does_not_drift_where_the_interval_does_not_divide_it(tmp_path: Path) -> None:
    path = numbered_clip(tmp_path / "a.mp4", [number / 25 for number in range(50)])
    times_s = [time_s for time_s, _ in seen(path, every_s=0.1)]
    # The last frame stands at 1.96 s, within half a step of the grid point 2.0.
    assert len(times_s) == 21
    assert np.abs(np.array(times_s[:20]) - np.arange(20) / 10).max() <= 0.02 + 1e-5


def test_frames_that_nobody_looks_at_are_not_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("converted")

    monkeypatch.setattr(Converter, "rgb", refuse)
    path = numbered_clip(tmp_path / "a.mp4", AT_30)
    # 30 fps from .5 to 59/30 s; the grid points are .5, .6 ... 2.0.
    assert sum(1 for _ in frames(path, start_s=0.5, every_s=0.1)) == 16


def test_a_second_pass_that_starts_late_does_not_decode_the_first_picture_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = numbered_clip(tmp_path / "a.mp4", AT_30)
    before = seen(path)
    monkeypatch.setattr(reading, "_first_picture", lambda *_: pytest.fail("the first picture was decoded again"))
    assert seen(path, start_s=AT_30[41]) == before[41:]
    monkeypatch.undo()
    turned = make_clip(path, [quadrants(96, 64)] * 60, AT_30, rotation_deg=90)
    late = next(frames(turned, start_s=1.0))
    assert corner_names(late.rgb()) == "BR WG"


def test_a_file_is_probed_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "a.mp4", [quadrants(96, 64)] * 3, AT_30[:3])
    before = probe(path)
    monkeypatch.setattr(reading, "opened", lambda *_: pytest.fail("the file was opened again"))
    assert probe(path) == before
    assert probe(Turned(path, 90)).width == before.height == 64
    monkeypatch.undo()
    make_clip(path, [quadrants(32, 48)] * 3, AT_30[:3])
    assert (probe(path).width, probe(path).height) == (32, 48)
    path.unlink()
    with pytest.raises(VideoError, match="no such file"):
        probe(path)


def test_a_late_start_leaves_out_what_no_other_picture_is_predicted_from(tmp_path: Path) -> None:
    options = {"g": "60", "bf": "3", "b-adapt": "0", "sc_threshold": "0"}
    path = numbered_clip(tmp_path / "a.mp4", AT_30, options=options)
    every = {frame.time_s: frame.rgb() for frame in frames(path)}
    for start_s in (AT_30[41], AT_30[42], AT_30[43], AT_30[44]):
        late = list(frames(path, start_s=start_s, end_s=AT_30[50]))
        assert [frame.time_s for frame in late] == [time_s for time_s in every if start_s <= time_s <= AT_30[50]]
        assert all((frame.rgb() == every[frame.time_s]).all() for frame in late)
    with opened(path) as (container, stream):
        decoded = reading._pictures(container, stream, since=stream.duration)
        assert 15 <= sum(1 for _ in decoded) <= 45


def test_a_large_machine_decodes_a_file_by_few_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = numbered_clip(tmp_path / "a.mp4", AT_30)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    with opened(path) as (container, stream):
        assert next(container.decode(stream)).key_frame
        assert stream.codec_context.thread_count == 4


def test_a_file_that_breaks_off_gives_what_it_holds_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    times_s = [number / 30 for number in range(120)]
    path = numbered_clip(tmp_path / "a.mp4", times_s, container_options={"movflags": "faststart"})
    assert not probe(path).ends_early(seen(path)[-1][0])
    keep_part(path, 0.6)

    with caplog.at_level(logging.WARNING):
        kept = seen(path)

    # The last few are missing those that were stored after them, so the numbers rise, with gaps at the end.
    assert 30 < len(kept) < 90
    assert [number for _, number in kept[:25]] == list(range(25))
    assert [time_s for time_s, _ in kept] == pytest.approx([number / 30 for _, number in kept], abs=1e-4)
    assert probe(path).ends_early(kept[-1][0])
    assert "ends early" in caplog.text
    assert "damaged packets" in caplog.text, "the frame that the cut halved is not to be guessed"


def test_damage_in_the_middle_costs_the_frames_that_it_hit(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = numbered_clip(
        tmp_path / "a.mp4",
        [number / 30 for number in range(120)],
        options={"g": "10", "bf": "0"},
        container_options={"movflags": "faststart"},
    )
    blank_part(path, 0.6, 0.7)

    with caplog.at_level(logging.WARNING):
        kept = seen(path)

    assert kept[0][1] == 0
    assert kept[-1][1] == 119
    assert kept[-1][0] == pytest.approx(119 / 30, abs=1e-5)
    assert 60 < len(kept) < 120
    assert all(late > early for (early, _), (late, _) in pairwise(kept))
    assert "damaged packets" in caplog.text


@pytest.mark.parametrize("name", ["a.h264", "a.avi"])
def test_files_without_presentation_times_count_on_evenly(tmp_path: Path, name: str) -> None:
    path = numbered_clip(tmp_path / name, AT_30, options={"bf": "2"}, clock_s=Fraction(1, 30))
    times_s, numbers = zip(*seen(path), strict=True)
    assert numbers == tuple(range(60))
    assert times_s == pytest.approx(AT_30, abs=1e-5)


def test_a_lying_frame_count_is_not_believed(tmp_path: Path) -> None:
    path = claim_frames_in_avi(numbered_clip(tmp_path / "a.avi", AT_30, codec="mpeg4", clock_s=Fraction(1, 30)), 7)
    assert probe(path).frames is None
    assert len(seen(path)) == 60


def test_stamps_that_repeat_or_run_backwards_are_dropped_and_gaps_filled() -> None:
    def picture(pts: int | None, duration: int = 0) -> av.VideoFrame:
        frame = av.VideoFrame(16, 16)
        frame.pts, frame.duration = pts, duration
        return frame

    clock = Clock(tick=(1, 1000), origin=100, step=40, by_presentation=True)
    stamps = [picture(100), picture(140), picture(140), picture(120), picture(None), picture(None, 10), picture(300)]
    assert [time_s for _, time_s in clock.timed(stamps)] == [0.0, 0.04, 0.08, 0.09, 0.2]


@pytest.mark.parametrize("span", [{"start_s": 2.0, "end_s": 1.0}, {"every_s": 0.0}, {"every_s": -1.0}], ids=str)
def test_spans_that_make_no_sense_are_refused_at_once(span: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=r"Expected .* (Swap|Leave)"):
        frames("never_opened.mp4", **span)


def test_one_frame_is_a_film_of_one_frame(tmp_path: Path) -> None:
    assert [time_s for time_s, _ in seen(numbered_clip(tmp_path / "a.mp4", [0.0]))] == [0.0]


def test_length_and_mean_interval_are_those_that_the_file_states(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        info = probe(numbered_clip(tmp_path / name, AT_30))
        assert info.duration_s == pytest.approx(2.0, abs=0.04)
        assert info.mean_interval_s == pytest.approx(1 / 30, rel=0.02)


def test_sha256_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    clip = numbered_clip(tmp_path / "a.mp4", [0.0])
    assert probe(clip).sha256 == hashlib.sha256(clip.read_bytes()).hexdigest()


def test_a_picture_that_the_decoder_made_up_is_left_out_and_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (64, 96, 3), np.uint8) for _ in range(30)]
    options = {"g": "5", "bf": "0", "x264-params": "slices=4"}
    path = make_clip(tmp_path / "a.mp4", pictures, AT_30[:30], options=options)
    with av.open(str(path)) as container:
        packets = [(one.pos, one.size) for one in container.demux(video=0) if one.pos and one.size]
    place, size = packets[12]
    data = bytearray(path.read_bytes())
    data[place + size // 2 : place + size - 40] = bytes(size - size // 2 - 40)
    path.write_bytes(bytes(data))

    damage: list[None] = []
    times_s = [frame.time_s for frame in frames(path, on_damage=lambda: damage.append(None))]

    assert damage
    assert AT_30[12] not in [pytest.approx(time_s, abs=1e-3) for time_s in times_s]
    assert len(times_s) >= 29 - 4


def test_frames_that_come_at_once_are_one_and_the_others_are_told() -> None:
    def picture(pts: int) -> av.VideoFrame:
        frame = av.VideoFrame(16, 16)
        frame.pts = pts
        return frame

    lost: list[None] = []
    clock = Clock(tick=(1, 90_000), origin=0, step=3000, by_presentation=True)
    stamps = [picture(pts) for pts in (0, 1, 9, 3000, 2000, 6000)]
    kept = [time_s for _, time_s in clock.timed(stamps, lambda: lost.append(None))]
    assert kept == pytest.approx([0.0, 1 / 30, 2 / 30])
    assert len(lost) == 3
