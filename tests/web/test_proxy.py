"""Which videos a browser plays as they are, and copies with the same times of the others."""

from pathlib import Path
from typing import Any

import pytest

from depthperception.video import frames, probe
from depthperception.web.proxy import LONGEST_SIDE_PX, is_playable, write_proxy
from tests.support.clips import make_clip, needs_encoder, number_of, numbered, numbered_clip, quadrants

TIMES_S = [0.0, 0.04, 0.1, 0.16, 0.3]


def test_h264_in_mp4_plays_as_it_is(tmp_path: Path) -> None:
    assert is_playable(probe(numbered_clip(tmp_path / "a.mp4", TIMES_S)))
    assert is_playable(probe(numbered_clip(tmp_path / "turned.mp4", TIMES_S, rotation_deg=90)))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("quicktime.mov", {}),
        ("old.mp4", {"codec": "mpeg4"}),
        ("deep_colour.mp4", {"pix_fmt": "yuv420p10le"}),
        ("full_colour.mp4", {"pix_fmt": "yuv444p"}),
        ("mirrored.mp4", {"mirrored": True}),
        ("matroska.mkv", {}),
        pytest.param("phone.mp4", {"codec": "libx265"}, marks=needs_encoder("libx265")),
    ],
)
def test_what_some_browser_cannot_play_or_would_show_otherwise_is_not_playable(
    tmp_path: Path, name: str, options: Any
) -> None:
    assert not is_playable(probe(numbered_clip(tmp_path / name, TIMES_S, **options)))


def test_a_video_that_starts_late_is_not_playable_because_a_browser_counts_from_elsewhere(tmp_path: Path) -> None:
    late = numbered_clip(tmp_path / "late.mp4", [0.5 + time_s for time_s in TIMES_S])
    assert not is_playable(probe(late))


def test_a_proxy_has_the_same_frames_at_the_same_times_upright(tmp_path: Path) -> None:
    video = numbered_clip(tmp_path / "turned.mov", TIMES_S, codec="mpeg4", rotation_deg=180)
    steps: list[float] = []
    write_proxy(tmp_path / "proxy.mp4", video, TIMES_S[-1], lambda step, done: steps.append(done))
    assert is_playable(probe(tmp_path / "proxy.mp4"))
    own, copied = list(frames(video)), list(frames(tmp_path / "proxy.mp4"))
    assert [frame.time_s for frame in copied] == pytest.approx([frame.time_s for frame in own], abs=1 / 60_000)
    assert [number_of(frame.rgb()) for frame in copied] == [number_of(frame.rgb()) for frame in own]
    assert number_of(numbered(2)[::-1, ::-1]) == number_of(copied[2].rgb())
    assert steps[-1] == pytest.approx(1.0)


def test_a_proxy_is_no_larger_than_a_screen_needs(tmp_path: Path) -> None:
    video = make_clip(tmp_path / "large.mov", [quadrants(2560, 1440)], [0.0])
    write_proxy(tmp_path / "proxy.mp4", video, 0.0)
    info = probe(tmp_path / "proxy.mp4")
    assert (info.width, info.height) == (LONGEST_SIDE_PX, 720)
