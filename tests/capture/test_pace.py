"""Slow motion and time lapse are noticed, and a speed that is given makes the bar's speeds true."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from depthperception import judge
from depthperception.bar_motion import BarMotion, BarPhase, Sticking
from depthperception.barbell import at_true_speed
from depthperception.capture.pace import bottom_missed, pace_note, rate_note, shortest_rep_s, still_note
from depthperception.geometry.skeletons import ANKLES
from depthperception.pose.track import PoseTrack
from depthperception.types import IntArray
from depthperception.video import VideoInfo, VideoWriter, frames, probe
from tests.support import figures
from tests.support.clips import numbered_clip
from tests.support.rendered_clips import DATA, DEMO_HEIGHT_CM

CM_PER_PX = 100.0 / 400.0
"""Of the stick figures, which are drawn at 400 px a metre."""


def squat(rep_s: float, deepest_deg: float = 95.0) -> PoseTrack:
    """A figure that goes down and up in a time, from its first frame to its last."""
    times, angle, _ = figures.squats([deepest_deg], stand_s=0.0, rep_s=rep_s, step_s=rep_s / 40)
    return figures.track(times, angle)


@pytest.mark.parametrize(
    ("rep_s", "said"),
    [(1.2, None), (2.5, None), (5.0, None), (10.0, "looks like slow motion"), (0.3, "the film is sped up")],
)
def test_a_film_is_slow_or_fast_where_nobody_moves_like_that(rep_s: float, said: str | None) -> None:
    note = pace_note([squat(rep_s)] * 3, CM_PER_PX)
    assert note is None if said is None else note is not None and said in note


def test_the_median_attempt_speaks_and_shallow_ones_do_not() -> None:
    assert pace_note([squat(2.5), squat(2.5), squat(10.0)], CM_PER_PX) is None
    assert pace_note([squat(10.0, 40.0)], CM_PER_PX) is None
    assert pace_note([], CM_PER_PX) is None


def test_the_shortest_rep_is_that_of_a_free_fall_stopped_at_twice_g() -> None:
    # .3 m at g take .247 s and reach 2.43 m/s; .15 m at 2 g stop that in .124 s; twice .371 s, of which .8 are seen.
    assert shortest_rep_s(0.45) == pytest.approx(0.8 * 2 * 0.371, abs=0.002)


@pytest.mark.parametrize(
    ("rate_hz", "sped_up", "missed"), [(30, 4, False), (15, 1, False), (15, 7, True), (5, 1, False)]
)
def test_a_bottom_between_two_pictures_far_apart_is_missed(rate_hz: float, sped_up: float, *, missed: bool) -> None:
    # A rep of 2.4 s, whose thighs turn by 95 (1 - cos2(pi t / 2.4 s)) degrees from the bottom: by 6 in .2 s (5 a
    # second), which are 5 cm, and by 32 in .47 s (15 a second, sevenfold), which are a quarter of a metre.
    times = np.arange(-1, 2) / rate_hz
    down = 95.0 * np.cos(np.pi * np.clip(times * sped_up, -1.2, 1.2) / 2.4) ** 2
    note = bottom_missed(figures.track(times, down), CM_PER_PX)
    assert (note is not None) == missed


@pytest.mark.parametrize("points", [ANKLES, np.arange(33)])
def test_feet_that_are_guessed_and_a_camera_that_turns_miss_no_bottom(points: IntArray) -> None:
    times = np.arange(-1, 2) / 15
    seen = figures.track(times, 95.0 * np.cos(np.pi * times / 2.4) ** 2)
    rows = np.zeros(seen.image_px.shape)
    rows[:, points, 1] = np.array([0.0, 40.0, 130.0])[:, None]
    moved = replace(seen, image_px=seen.image_px + rows)
    assert bottom_missed(moved, CM_PER_PX) is None


def test_stills_count_inside_of_attempts_only() -> None:
    assert still_note([(3.0, 4.0)], [(0.8, 3.1), (3.9, 6.0)]) is None
    assert still_note([], [(0.8, 3.1)]) is None
    note = still_note([(1.5, 2.5), (8.0, 9.0)], [(0.8, 3.1)])
    assert note is not None
    assert note.startswith("The picture is frozen from 1.50 to 2.50 s:")


def info(path: Path, tags: dict[str, str] | None = None) -> VideoInfo:
    """A film of 30 frames a second with tags of its own."""

    numbered_clip(path, (np.arange(9) / 30).tolist())
    if not tags:
        return probe(path)
    tagged = path.with_name("tagged.mp4")
    options = {"movflags": "use_metadata_tags"}
    with av.open(str(path)) as source, av.open(str(tagged), "w", container_options=options) as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        sink.metadata.update(tags)
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                sink.mux(packet)
    return probe(tagged)


@pytest.mark.parametrize(
    ("rate_hz", "taken_hz", "said"),
    [
        (30.0, None, None),
        (30.0, "30.0", None),
        (30.0, "240.000000", "took 240 frames a second and the file plays 30: slow motion"),
        (240.0, "240.000000", None),
        (30.0, "junk", None),
        (23.976, None, None),
        (12.0, None, "12 frames a second"),
    ],
)
def test_what_the_frame_rates_say(rate_hz: float, taken_hz: str | None, said: str | None, tmp_path: Path) -> None:
    film = info(tmp_path / "a.mp4", {"com.android.capture.fps": taken_hz} if taken_hz else None)
    note = rate_note(film, np.arange(30) / rate_hz)
    assert note is None if said is None else note is not None and said in note
    if taken_hz == "240.000000" and rate_hz == 30.0:
        assert note is not None
        assert "--speed 0.125" in note


def test_repeated_pictures_are_not_counted_as_frames(tmp_path: Path) -> None:
    film = info(tmp_path / "a.mp4")
    times = np.arange(30) / 30.0
    assert (
        rate_note(film, times, 0.2)
        == "The film has 30 frames a second: about 24 pictures of their own, the others repeat one."
    )
    doubled = rate_note(film, times, 0.5)
    assert doubled is not None
    assert "about 15 pictures of their own" in doubled
    assert "the lowest moment can lie between two" in doubled


def test_speeds_become_true_and_times_stay_those_of_the_film() -> None:
    way = BarPhase(1.0, 3.0, 50.0, 0.25, 0.4)
    motion = BarMotion(("left",), 1.0, None, way, Sticking(2.0, 20.0, 0.1))
    true = at_true_speed(motion, 0.25)
    assert true.ascent == BarPhase(1.0, 3.0, 50.0, 1.0, 1.6)
    assert true.sticking == Sticking(2.0, 20.0, 0.4)
    assert at_true_speed(motion, 1.0) == motion


def test_a_slowed_clip_is_called_slow_until_its_speed_is_given(tmp_path: Path) -> None:
    clip = DATA / "side_high.mp4"
    path = tmp_path / "slow.mp4"
    with VideoWriter(path, probe(clip).width, probe(clip).height) as writer:
        for frame in frames(clip):
            writer.write(frame.rgb(), 4.0 * frame.time_s)
    as_it_plays = judge(path, height_cm=DEMO_HEIGHT_CM)
    assert any("looks like slow motion" in note for note in as_it_plays.notes)
    said = judge(path, height_cm=DEMO_HEIGHT_CM, speed=0.25)
    assert not any("slow motion" in note for note in said.notes)
    (slow,), (true,) = as_it_plays.attempts, said.attempts
    assert slow.bar is not None
    assert true.bar is not None
    assert slow.bar.ascent is not None
    assert true.bar.ascent is not None
    assert true.bar.ascent.mean_m_s == pytest.approx(4.0 * slow.bar.ascent.mean_m_s)
    assert true.bottom_s == slow.bottom_s
    assert said.provenance["speed"] == true.bar.film_speed == 0.25
