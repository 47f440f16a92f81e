"""Squats judged while pictures come: as from a file, nothing left out silently, no more kept than is needed."""

import gc
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

import numpy as np
import pytest

from depthperception.barbell.plate_detector import detect_plates
from depthperception.geometry.skeletons import COCO_ANKLES
from depthperception.live import Feed, LiveAttempt, looking, watch
from depthperception.live import judging as judging_module
from depthperception.live.feed import Kept
from depthperception.live.judging import Judging
from depthperception.live.memory import Memory, Piece
from depthperception.live.ring import Ring
from depthperception.live.trigger import Squat, finished_squat, rising_squat
from depthperception.models import remembered_looks
from depthperception.models.memory import LookMemory, RememberingSession
from depthperception.options import Options
from depthperception.people import FrameDetections, PersonTrack, Sightings
from depthperception.pose.tracking import Following
from depthperception.types import Progress, Step
from depthperception.video import Frame, Still, frames
from tests.support.clips import number_of, numbered_clip
from tests.support.command_line import run
from tests.support.judged_once import Examined
from tests.support.people_tracks import standing
from tests.support.rendered_clips import DATA, DEMO


def squatting(*lows_s: float, until_s: float, down: float = 0.5) -> PersonTrack:
    """Somebody who goes down and up within a second and a half round each of some times."""
    still = standing(300.0, 600.0, until_s=until_s)
    away_s = np.min([np.abs(still.times_s - low_s) for low_s in lows_s], axis=0)
    sinks = (1.0 - down) * np.clip(1.0 - away_s / 0.75, 0.0, 1.0)
    people = []
    for person, sink in zip(still.people, sinks, strict=True):
        points = person.points_px.copy()
        ankle = points[COCO_ANKLES, 1].mean()
        points[:13, 1] += sink * (ankle - points[11:13, 1].mean())
        people.append(replace(person, points_px=points))
    return replace(still, people=tuple(people))


def test_a_squat_is_over_when_he_stands_again_and_not_before() -> None:
    for now_s in (1.5, 2.0, 2.5):
        assert finished_squat([squatting(2.0, until_s=now_s)], now_s, 0.0) is None
    found = finished_squat([squatting(2.0, until_s=3.25)], 3.25, 0.0)
    assert found is not None
    assert found.bottom_s == pytest.approx(2.0, abs=0.01)
    assert (1.0 <= found.start_s <= 1.5, found.end_s) == (True, 3.25)
    assert finished_squat([squatting(2.0, until_s=4.0)], 4.0, found.end_s) is None, "judged already"
    assert finished_squat([squatting(2.0, until_s=4.0, down=0.85)], 4.0, 0.0) is None, "a bow"


def test_a_squat_rises_from_three_pictures_after_its_bottom_on() -> None:
    assert rising_squat([squatting(2.0, until_s=2.0)], 2.0, 0.0) is None, "he is at the bottom"
    assert rising_squat([squatting(2.0, until_s=2.25)], 2.25, 0.0) is None, "regions round it are not steady yet"
    found = rising_squat([squatting(2.0, until_s=2.5)], 2.5, 0.0)
    assert found is not None
    assert found.bottom_s == pytest.approx(2.0, abs=0.01)
    assert rising_squat([squatting(2.0, until_s=2.5)], 2.5, 2.4) is None, "judged already"
    assert rising_squat([squatting(2.0, until_s=2.25)], 2.375, 0.0) is not None, "pictures come between looks"
    down = rising_squat([squatting(2.0, until_s=1.75)], 1.75, 0.0, down=0.7, rises=0.0, for_s=0.0)
    assert down is not None
    assert down.start_s == found.start_s, "how he stood can be looked at"
    assert rising_squat([squatting(2.0, until_s=1.75)], 1.75, 0.0, down=0.6, rises=0.0, for_s=0.0) is None


def see_squats(monkeypatch: pytest.MonkeyPatch, *lows_s: float) -> None:
    """Let somebody be seen who squats at some times, whatever a film shows, and nobody be followed."""

    def look_at(self: Sightings, frame: Frame) -> None:
        self.found.append(FrameDetections(frame.time_s, ()))

    def squats(found: list[FrameDetections], **_: Any) -> tuple[PersonTrack, ...]:
        return (squatting(*lows_s, until_s=found[-1].time_s),)

    monkeypatch.setattr(Sightings, "look_at", look_at)
    monkeypatch.setattr(looking, "link", squats)
    monkeypatch.setattr(looking, "LOOKS_WAITING", 1000)
    monkeypatch.setattr(looking.Looking, "_choose", lambda *_: None)


def test_while_he_is_down_it_is_looked_at_once_how_he_stood_and_once_at_the_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[bool, float]] = []

    def look_ahead(self: Judging, piece: Piece, *, standing_alone: bool) -> bool:
        looked.append((standing_alone, piece.stills[-1].time_s))
        return True

    see_squats(monkeypatch, 6.0, 12.0)
    monkeypatch.setattr(Judging, "submit", lambda *_: True)
    monkeypatch.setattr(Judging, "look_ahead", look_ahead)
    film = numbered_clip(tmp_path / "film.mp4", [k / 16 for k in range(16 * 15)], options={"g": "16"})
    with Feed(str(film), pace=math.inf) as feed:
        watch(feed, tmp_path, Options(), lambda _: None)
    assert [alone for alone, _ in looked] == [True, False] * 2
    for (_, stood_s), (_, rising_s), low_s in zip(looked[::2], looked[1::2], (6.0, 12.0), strict=True):
        assert low_s - 0.25 <= stood_s <= low_s, "how he stood, while he goes down"
        assert low_s + 0.37 <= rising_s <= low_s + 0.5, "the bottom, as soon as what it needs has come"


@pytest.mark.parametrize("standing_alone", [True, False])
def test_on_his_way_down_it_is_looked_at_how_he_stood_and_at_no_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, standing_alone: bool
) -> None:
    looked = list[str]()

    def examine_case(case: Any, on_progress: Progress) -> None:
        looked.append("standing")
        on_progress(Step.REFINE, 0.0)
        looked.append("bottom")

    monkeypatch.setattr(judging_module, "examine_case", examine_case)
    monkeypatch.setattr(Judging, "_depth_alone", lambda self, case: case)
    memory: Any = SimpleNamespace(write=lambda path, piece: path)
    piece: Any = SimpleNamespace(is_whole=True, case=lambda video, options: None)
    judging = Judging(memory, tmp_path, Options(), lambda one: None, 10)
    assert judging.look_ahead(piece, standing_alone=standing_alone)
    judging.close()
    assert looked == (["standing"] if standing_alone else ["standing", "bottom"])


def test_a_network_is_not_asked_twice_for_what_it_saw_and_forgets_the_oldest() -> None:
    asked: list[float] = []

    class Network:
        def run(self, wanted: list[str], feed: dict[str, Any]) -> list[Any]:
            asked.append(float(feed["x"].sum()))
            return [2.0 * feed["x"]]

    memory = LookMemory(most_bytes=2 * 800)
    network = RememberingSession("one", Network(), memory)
    seen = [np.full(100, float(k)) for k in range(3)]
    for one in (seen[0], seen[1], seen[0].copy(), seen[2], seen[0], seen[1]):
        (said,) = network.run(["y"], {"x": one})
        assert said.tolist() == (2.0 * one).tolist()
    assert asked == [0.0, 100.0, 200.0, 100.0], "only what was forgotten is asked again"
    assert (memory.asked, memory.answered) == (6, 2)
    other = RememberingSession("other", Network(), memory)
    other.run(["y"], {"x": seen[0]})
    assert len(asked) == 5, "another network's answer is not this one's"


def test_plates_in_a_picture_are_looked_for_once() -> None:
    picture = np.zeros((416, 320, 3), np.uint8)
    with remembered_looks() as memory:
        assert detect_plates(picture) == detect_plates(picture)
    assert (memory.asked, memory.answered) == (2, 1)


def test_a_lifter_who_is_found_late_is_followed_from_the_pictures_before_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[float] = []
    late_s = 0.0

    def choose(self: looking.Looking, sightings: Sightings, still: Still) -> None:
        self._lifter = (squatting(9.0, until_s=still.time_s), ()) if still.time_s >= late_s else None

    see_squats(monkeypatch)
    monkeypatch.setattr(looking, "link", lambda found, **_: (standing(300.0, 600.0, until_s=found[-1].time_s),))
    monkeypatch.setattr(looking.Looking, "_choose", choose)
    monkeypatch.setattr(Following, "look", lambda self, still, *_: followed.append(still.time_s))
    film = numbered_clip(tmp_path / "film.mp4", [k / 16 for k in range(16 * 6)], options={"g": "16"})
    for chosen_s, from_s in ((0.5, 0.0), (4.0, 4.0 - 2.5)):
        late_s = chosen_s
        followed.clear()
        with Feed(str(film), pace=math.inf) as feed:
            watch(feed, tmp_path, Options(), lambda _: None)
        assert followed == pytest.approx(np.arange(followed[0], 5.9, 0.125).tolist(), abs=1e-3), "each once, in order"
        assert followed[0] == pytest.approx(from_s, abs=0.13)


def test_what_was_just_shown_of_a_squat_is_not_decoded_again(tmp_path: Path) -> None:
    film = numbered_clip(tmp_path / "film.mp4", [k / 16 for k in range(16 * 6)], options={"g": "16"})
    with Feed(str(film), pace=math.inf) as feed:
        memory = Memory(feed)
        for arrival in feed.arrivals():
            memory.add(arrival)
            for frame in arrival.frames:
                if (8 * frame.time_s).is_integer():
                    memory.add_still(frame)
                if frame.time_s == 3.5:
                    memory.keep_pictures()
        piece = memory.piece(Squat(2.25, 3.0, 4.25), [FrameDetections(k / 4, ()) for k in range(24)], [])
        assert piece is not None
        written = memory.write(tmp_path / "piece", piece)
    source = piece.case(written, Options()).source
    written.unlink()
    start_s, end_s = 2.8 - piece.began_s, 3.2 - piece.began_s
    shown = [(one.time_s + piece.began_s, number_of(one.rgb())) for one in frames(source, start_s=start_s, end_s=end_s)]
    assert shown == [(k / 16, k) for k in range(45, 52)]


def test_of_a_piece_with_a_damaged_picture_the_file_alone_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recalls: list[bool] = []

    def is_whole(damaged_s: set[float], frame: Frame) -> bool:
        return frame.time_s not in damaged_s

    def submit(self: Judging, piece: Piece) -> bool:
        recalls.append(piece.recall is not None)
        return True

    see_squats(monkeypatch, 3.0)
    monkeypatch.setattr(Judging, "submit", submit)
    monkeypatch.setattr(Judging, "look_ahead", lambda self, piece, *, standing_alone: True)
    film = numbered_clip(tmp_path / "film.mp4", [k / 16 for k in range(16 * 6)], options={"g": "16"})
    for damaged in (set[float](), {2.5}):
        monkeypatch.setattr(Frame, "is_whole", property(partial(is_whole, damaged)))
        with Feed(str(film), pace=math.inf) as feed:
            watch(feed, tmp_path, Options(), lambda _: None)
    assert recalls == [True, False], "the file may lack it, and then its times are not the film's"


def test_who_stays_down_is_judged_in_the_end() -> None:
    down = squatting(2.0, until_s=2.0)
    assert finished_squat([down], 3.0, 0.0) is None
    assert finished_squat([down], 11.0, 0.0) is not None
    assert finished_squat([down], 2.0, 0.0, ended=True) is not None


def test_a_piece_of_the_film_has_the_very_frames_and_no_more_is_kept_than_asked(tmp_path: Path) -> None:
    film = numbered_clip(tmp_path / "film.mp4", [k / 30 for k in range(240)], options={"g": "15", "bf": "2"})
    with Feed(str(film), pace=math.inf) as feed:
        ring = Ring(feed.stream, feed.base, keep_s=3.0)
        for arrival in feed.arrivals():
            if arrival.packet is not None:
                ring.add(arrival.packet)
        packets = ring.since(round(6.4 / feed.base))
        assert len(ring.since(-1e9)) <= 3 * 30 + 3
        assert ring.bytes <= film.stat().st_size / 2
        piece = ring.write(tmp_path / "piece", packets, packets[0].pts)
        began_s = feed.time_of(packets[0].pts)
    assert 5.9 <= began_s <= 6.4, "the key frame before"
    shown = [(frame.time_s, number_of(frame.rgb())) for frame in frames(piece)]
    first = round(30 * began_s)
    assert [number for _, number in shown] == list(range(first, 240))
    assert [time_s for time_s, _ in shown] == pytest.approx([k / 30 for k in range(240 - first)], abs=1e-4)


def test_pictures_that_a_film_hides_at_its_beginning_are_hidden_in_its_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = numbered_clip(tmp_path / "whole.mp4", [k / 16 for k in range(88)], options={"g": "1000", "bf": "2"})
    with Feed(str(whole), pace=math.inf) as feed:
        packets = [one.packet for one in feed.arrivals() if one.packet is not None]
        trimmed = Ring(feed.stream, feed.base).write(tmp_path / "trimmed", packets, round(0.5 / feed.base))
    pieces: list[tuple[Piece, Path]] = []

    def submit(self: Judging, piece: Piece) -> bool:
        pieces.append((piece, self.memory.write(tmp_path / "piece", piece)))
        return True

    see_squats(monkeypatch, 3.0)
    monkeypatch.setattr(Judging, "submit", submit)
    monkeypatch.setattr(Judging, "look_ahead", lambda self, piece, *, standing_alone: True)
    with Feed(str(trimmed), pace=math.inf) as feed:
        watch(feed, tmp_path, Options(), lambda _: None)
    ((piece, film),) = pieces
    assert piece.is_whole, "no look was left out, so that it can be looked at while he rises"
    shown = [(frame.time_s, number_of(frame.rgb())) for frame in frames(film)][: len(piece.seen)]
    assert [number for _, number in shown] == list(range(8, 8 + len(piece.seen)))
    assert [time_s for time_s, _ in shown] == pytest.approx([one.time_s - piece.began_s for one in piece.seen])


def test_a_browser_s_recording_is_read_as_it_comes_and_its_pieces_are_films(tmp_path: Path) -> None:
    film = numbered_clip(tmp_path / "film.webm", [k / 15 for k in range(60)], codec="libvpx", options={"g": "15"})

    class Coming:
        """Bytes that cannot be sought, a few at a time."""

        def __init__(self) -> None:
            self.rest = film.read_bytes()

        def read(self, size: int, /) -> bytes:
            given, self.rest = self.rest[: min(size, 700)], self.rest[min(size, 700) :]
            return given

    with Feed("a recording", stream=Coming()) as feed:
        ring = Ring(feed.stream, feed.base)
        seen = []
        for arrival in feed.arrivals():
            seen += [number_of(frame.rgb()) for frame in arrival.frames]
            if arrival.packet is not None:
                ring.add(arrival.packet)
        packets = ring.since(round(2.4 / feed.base))
        piece = ring.write(tmp_path / "piece", packets, packets[0].pts)
    assert seen == list(range(60))
    assert piece.suffix == ".mkv"
    assert [number_of(frame.rgb()) for frame in frames(piece)] == list(range(30, 60))


def test_a_film_of_large_pictures_is_kept_within_its_bytes() -> None:
    ring = Ring(None, Fraction(1, 1000), keep_s=1e6, most_bytes=10_000)  # type: ignore[arg-type]
    for k in range(100):
        ring.add(Kept(bytes(999), 33 * k, 33 * k, 33, True))
    assert ring.bytes <= 10_000
    assert ring.since(-1e9)[-1].pts == 33 * 99


def test_a_file_at_its_own_pace_gives_the_depth_that_it_has(examined: Examined, tmp_path: Path) -> None:
    found: list[LiveAttempt] = []
    with Feed(str(DATA / "side_high.mp4")) as feed:
        began_s = time.monotonic()
        counts = watch(feed, tmp_path, Options(), found.append)
        took_s = time.monotonic() - began_s
    depth_alone, one = found
    assert (depth_alone.whole, one.whole, one.bar_left_out) == (False, True, False)
    assert (depth_alone.number, one.number) == (1, 1)
    assert depth_alone.attempt.verdict == one.attempt.verdict
    assert depth_alone.delay_s < one.delay_s
    (known,) = examined(DATA / "side_high.mp4").judgement.attempts
    assert one.attempt.verdict == known.verdict
    assert one.attempt.depth.cm == pytest.approx(known.depth.cm, abs=0.5)
    assert one.began_s + one.attempt.bottom_s == pytest.approx(known.bottom_s, abs=0.05)
    assert took_s > (duration_s := examined(DATA / "side_high.mp4").judgement.video.duration_s)
    assert 0.0 < one.delay_s < took_s - one.attempt.end_s
    assert counts.frames == examined(DATA / "side_high.mp4").judgement.video.frames
    assert counts.looked + counts.missed >= 4 * duration_s - 2
    assert (counts.gaps, counts.squats, counts.not_judged) == (0, 1, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["squat_0001.json", "squat_0001.mp4"]


def test_where_others_wait_the_bar_is_left_out_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[LiveAttempt] = []
    monkeypatch.setattr(Judging, "waiting", lambda self: 3)
    with Feed(str(DATA / "side_high.mp4"), pace=4.0) as feed:
        counts = watch(feed, tmp_path, Options(), found.append)
    (one,) = found
    assert (one.whole, one.bar_left_out, one.attempt.bar and one.attempt.bar.path) == (True, True, None)
    assert (counts.attempts, counts.without_bar) == (1, 1)
    assert "1 of them were judged without their bar" in counts.sentence()


def test_a_piece_knows_whether_a_look_at_it_was_left_out() -> None:
    stills = [Still(0.125 * k, np.zeros((2, 2, 3), np.uint8), 1.0) for k in range(20)]
    piece = Piece(Squat(0.5, 1.0, 2.0), 0.0, (), (), stills, ())
    assert piece.is_whole
    assert not replace(piece, stills=stills[:7] + stills[9:]).is_whole
    assert not replace(piece, stills=stills[2:]).is_whole, "its first pictures are not kept"


@contextmanager
def collected_quickly() -> Iterator[None]:
    """Let `gc.collect` look at what is made from here on alone: all else would take it a second each time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def test_small_pictures_are_kept_only_as_long_as_a_squat_may_need_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lows_s = (6.0, 22.0)
    pieces: list[Piece] = []
    alive: WeakSet[Still] = WeakSet()
    most = 0

    def kept(self: Memory, frame: Frame) -> Still:
        nonlocal most
        still = add(self, frame)
        alive.add(still)
        gc.collect()
        most = max(most, len(alive) - sum(len(one.stills) for one in pieces))
        return still

    def take(self: Judging, piece: Piece) -> bool:
        pieces.append(piece)
        return True

    add = Memory.add_still
    see_squats(monkeypatch, *lows_s)
    monkeypatch.setattr(Memory, "add_still", kept)
    monkeypatch.setattr(Judging, "submit", take)
    monkeypatch.setattr(Judging, "look_ahead", lambda self, piece, *, standing_alone: True)
    film = numbered_clip(tmp_path / "film.mp4", [k / 16 for k in range(16 * 26)], options={"g": "16"})
    with collected_quickly(), Feed(str(film), pace=math.inf) as feed:
        watch(feed, tmp_path, Options(), lambda _: None)
    assert [one.squat.bottom_s for one in pieces] == pytest.approx(lows_s, abs=0.2)
    for piece in pieces:
        assert piece.is_whole
        assert piece.stills[0].time_s == pytest.approx(piece.began_s, abs=0.07)
        assert piece.squat.start_s - 3.5 - 1e-3 <= piece.began_s <= piece.squat.start_s - 2.5
    assert most <= 8 * (2.5 + 1.0 + 2.5), "of 26 s, those before a descent, from a key frame on, and of a squat"


def test_frames_that_could_not_be_looked_at_are_counted_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(self: Sightings, frame: Frame) -> None:
        time.sleep(0.2)

    def nobody(*_: Any, **__: Any) -> None:
        pass

    monkeypatch.setattr(looking, "LOOKS_WAITING", 1)
    monkeypatch.setattr(Sightings, "look_at", slow)
    for name in ("_choose", "_ask"):
        monkeypatch.setattr(looking.Looking, name, nobody)
    with Feed(str(DEMO), pace=math.inf) as feed:
        counts = watch(feed, tmp_path, Options(), lambda _: None)
    assert counts.missed > 10
    assert f"{counts.missed} frames that were due could not be looked at" in counts.sentence()


def test_a_gap_in_what_the_camera_sends_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking.Looking, "_look", lambda *_, **__: None)
    times_s = [k / 30 for k in range(60) if not 20 <= k < 24]
    with Feed(str(numbered_clip(tmp_path / "gap.mp4", times_s)), pace=math.inf) as feed:
        counts = watch(feed, tmp_path, Options(), lambda _: None)
    assert (counts.frames, counts.gaps) == (56, 1)


@pytest.mark.parametrize("source", ["nothing.mp4", "97", "rtsp://127.0.0.1:9/camera"])
def test_what_cannot_be_watched_gets_one_sentence(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("live", source) == 1
    said = capsys.readouterr().err
    assert source in said
    assert "Expected" in said
    assert "Traceback" not in said
    for wrong in (("--keep", "0"), ("--lifter", "2")):
        assert run("live", str(DEMO), *wrong) == 2
