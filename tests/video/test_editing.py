"""Cuts, repeated pictures and stills are found in what was cut, repeated and frozen, and nowhere else."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.people import Detections
from depthperception.video import Editing, EditingWatch, FrameCache, Shot, frames
from tests.support.clips import Image, make_clip
from tests.support.rendered_clips import DATA

WIDTH, HEIGHT, RATE_HZ = 240, 320, 30


def scene(seed: int, wide: int = WIDTH) -> Image:
    """A place: blotches of all sizes and colours, as unlike another as a gym is unlike a street."""
    chance = np.random.default_rng(seed)
    layers = [
        cv2.resize(
            chance.uniform(0, 255, (cells, cells * wide // WIDTH, 3)), (wide, HEIGHT), interpolation=cv2.INTER_CUBIC
        )
        for cells in (4, 9, 30)
    ]
    return np.asarray(np.clip(np.mean(layers, axis=0) * 1.6 - 75, 0, 255), np.uint8)


def with_lifter(place: Image, k: int, hertz: float = 0.4) -> Image:
    """A dark box that goes down and up in the middle of a place, at its frame k."""
    picture = place.copy()
    top = round(90 + 50 * np.sin(2 * np.pi * hertz * k / RATE_HZ))
    cv2.rectangle(picture, (95, top), (145, 290), (40, 20, 90), -1)
    return picture


def filmed(place: Image, count: int, start: int = 0) -> list[Image]:
    return [with_lifter(place, start + k) for k in range(count)]


def edited(path: Path, pictures: Iterable[Image]) -> Editing:
    """What is found in a film of pictures, coded as a phone codes them."""
    shown = list(pictures)
    make_clip(path, shown, [k / RATE_HZ for k in range(len(shown))])
    return watched(path)


def watched(path: Path) -> Editing:
    watch = EditingWatch()
    for frame in frames(path):
        watch.offer(frame.time_s, frame.thumbnail())
    return watch.finish()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "film.mp4"


def test_a_film_of_three_places_is_cut_twice(path: Path) -> None:
    found = edited(path, [*filmed(scene(1), 40), *filmed(scene(2), 35), *filmed(scene(3), 25)])
    assert found.cuts_s == pytest.approx([40 / RATE_HZ, 75 / RATE_HZ], abs=1e-3)


def test_a_cut_to_a_nearer_picture_of_the_same_place_is_one(path: Path) -> None:
    near = [np.asarray(cv2.resize(one[60:260, 45:195], (WIDTH, HEIGHT)), np.uint8) for one in filmed(scene(1), 30)]
    assert edited(path, [*filmed(scene(1), 30), *near]).cuts_s == pytest.approx([1.0], abs=1e-3)


def test_rendered_clips_have_no_cut_and_joined_ones_have_one(path: Path) -> None:
    clips = [[frame.rgb() for frame in frames(DATA / f"{name}.mp4")] for name in ("two_reps", "side_high")]
    assert watched(DATA / "two_reps.mp4").cuts_s == watched(DATA / "spotted.mp4").cuts_s == ()
    assert edited(path, [*clips[0][:45], *clips[1][:60]]).cuts_s == pytest.approx([1.5], abs=1e-3)


def flash(pictures: Sequence[Image]) -> list[Image]:
    """Two frames overexposed, one of them all white."""
    bright = np.asarray(np.clip(pictures[31].astype(int) * 2 + 120, 0, 255), np.uint8)
    return [*pictures[:30], np.full_like(pictures[0], 255), bright, *pictures[32:]]


def hand(pictures: Sequence[Image]) -> list[Image]:
    """Something else before the lens for a seventh of a second."""
    return [*pictures[:30], *[scene(9)] * 4, *pictures[34:]]


def passer_by(pictures: Sequence[Image]) -> list[Image]:
    """Somebody near the camera, half of the picture wide, in a third of a second from one side to the other."""
    there = [one.copy() for one in pictures]
    for k in range(12):
        x = round(WIDTH * (1.6 * k / 11 - 0.55))
        there[30 + k][:, max(0, x) : max(0, x + WIDTH // 2)] = (60, 50, 45)
    return there


def exposure(pictures: Sequence[Image]) -> list[Image]:
    """The camera sets itself to a darker picture within two frames."""
    return [*pictures[:30], *(np.asarray(one * 0.45 + 10, np.uint8) for one in pictures[30:])]


def fade(pictures: Sequence[Image]) -> list[Image]:
    """To black and back."""
    share = np.clip(np.abs(np.arange(len(pictures)) - 32) / 12 - 0.3, 0.0, 1.0)
    return [np.asarray(one * part, np.uint8) for one, part in zip(pictures, share, strict=True)]


def subtitle(pictures: Sequence[Image]) -> list[Image]:
    there = [one.copy() for one in pictures]
    for one in there[30:]:
        one[HEIGHT * 4 // 5 :] = (20, 20, 20)
        cv2.putText(one, "and up again", (20, HEIGHT - 20), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (250, 250, 250), 2)
    return there


def shaken(pictures: Sequence[Image]) -> list[Image]:
    """A camera that is knocked: the picture jumps by a twelfth of its width, to and fro."""
    away = [0.0] * 28 + [5, -12, 20, -16, 12, -8, 5, -3] + [0.0] * (len(pictures) - 36)
    return [np.roll(one, round(px), axis=1) for one, px in zip(pictures, away, strict=True)]


@pytest.mark.parametrize("happens", [flash, hand, passer_by, exposure, fade, subtitle, shaken])
def test_what_happens_before_a_camera_is_no_cut(happens, path: Path) -> None:  # type: ignore[no-untyped-def]
    assert edited(path, happens(filmed(scene(1), 66))).cuts_s == ()


def test_a_camera_that_whips_round_makes_no_cut(path: Path) -> None:
    wide = scene(4, 12 * WIDTH)
    speed_px = 90 * np.sin(np.pi * np.arange(24) / 24) ** 2
    at = np.concatenate([np.zeros(20), np.cumsum(speed_px), np.full(20, speed_px.sum())]).round().astype(int)
    assert edited(path, [with_lifter(wide[:, x : x + WIDTH], k) for k, x in enumerate(at)]).cuts_s == ()


def test_a_cut_through_black_is_where_the_next_shot_appears(path: Path) -> None:
    black = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * 10
    found = edited(path, [*filmed(scene(1), 30), *black, *filmed(scene(2), 30)])
    assert found.cuts_s == pytest.approx([40 / RATE_HZ], abs=1e-3)


def cross_fade(one: Sequence[Image], other: Sequence[Image], count: int) -> list[Image]:
    """A film that turns into another over so many frames."""
    shares = (np.arange(count) + 1) / (count + 1)
    mixed = zip(one[-count:], other[:count], shares, strict=True)
    blends = [np.asarray((1 - share) * a + share * b, np.uint8) for a, b, share in mixed]
    return [*one[:-count], *blends, *other[count:]]


@pytest.mark.parametrize("count", [1, 4, 12, 24, 40])
def test_a_cross_fade_ends_a_shot_where_it_begins_and_begins_one_where_it_ends(count: int, path: Path) -> None:
    found = edited(path, cross_fade(filmed(scene(1), 75), filmed(scene(2), 75), count))
    (fade_s,) = found.fades_s
    of_one_shot_s = [(75 - count - 1) / RATE_HZ, 75 / RATE_HZ]
    assert list(fade_s) == pytest.approx(of_one_shot_s, abs=0.1 * count / RATE_HZ + 0.04)
    assert found.cuts_s == (fade_s[1],)


def test_what_a_cross_fade_shows_belongs_to_no_shot() -> None:
    seen = Detections(np.arange(20) / 10, (), editing=Editing((0.5, 1.4), (0.0,) * 3, fades_s=((0.9, 1.4),)))
    assert seen.shots_s == ((0.0, 0.4), (0.5, 0.9), (1.4, 1.9))


def test_a_camera_that_goes_slowly_to_another_place_makes_no_cut(path: Path) -> None:
    wide = scene(4, 12 * WIDTH)
    assert edited(path, [with_lifter(wide[:, 6 * k : 6 * k + WIDTH], k) for k in range(120)]).cuts_s == ()


def test_somebody_who_walks_before_a_plain_wall_makes_no_cut(path: Path) -> None:
    plain = np.full((HEIGHT, WIDTH, 3), 235, np.uint8)
    at = [np.roll(with_lifter(plain, 0), 3 * k - 60, axis=1) for k in range(40)]
    assert edited(path, at).cuts_s == ()


@pytest.mark.parametrize(
    ("pattern", "share"),
    [([1], 0.0), ([2], 0.5), ([1, 1, 1, 2], 0.2), ([2, 3], 0.6), ([6], 5 / 6)],
    ids=["every one", "doubled", "24 in 30", "3:2", "5 in 30"],
)
def test_repeated_pictures_are_counted(pattern: list[int], share: float, path: Path) -> None:
    place = scene(1)
    times = [k for k in range(120) for _ in range(pattern[k % len(pattern)])][:120]
    found = edited(path, [with_lifter(place, k, 0.7) for k in times])
    assert list(found.repeated) == pytest.approx([share], abs=0.04)
    assert found.stills_s == ()


def test_rendered_frames_that_are_doubled_are_and_single_ones_are_not(path: Path) -> None:
    clip = [frame.rgb() for frame in frames(DATA / "side_high.mp4")]
    assert watched(DATA / "side_high.mp4").repeated == (0.0,)
    assert list(edited(path, [one for one in clip for _ in range(2)]).repeated) == pytest.approx([0.5], abs=0.05)


def test_only_the_shot_that_repeats_is_said_to(path: Path) -> None:
    slow = [one for one in filmed(scene(2), 40) for _ in range(2)]
    found = edited(path, [*filmed(scene(1), 60), *slow])
    assert list(found.repeated) == pytest.approx([0.0, 0.5], abs=0.06)


def test_a_frozen_picture_is_a_still_and_a_lifter_who_pauses_is_none(path: Path, tmp_path: Path) -> None:
    moving = filmed(scene(1), 90)
    frozen = edited(path, [*moving[:40], *[moving[39]] * 30, *moving[40:]])
    ((start_s, end_s),) = frozen.stills_s
    assert (start_s, end_s) == pytest.approx((39 / RATE_HZ, 70 / RATE_HZ), abs=1e-3)
    assert frozen.repeated == (0.0,)
    depth = np.concatenate([np.linspace(0, 1, 30), np.ones(30), np.linspace(1, 0, 30)])
    smooth = np.convolve(np.pad(depth, 15, mode="edge"), np.hanning(31) / np.hanning(31).sum(), mode="valid")
    chance = np.random.default_rng(0)
    paused = []
    for part in smooth:
        picture = scene(1)
        x, y = (chance.normal(0, 0.8, 2) + [95, 90 + 60 * part]).round().astype(int)
        cv2.rectangle(picture, (x, y), (x + 50, 290), (40, 20, 90), -1)
        paused.append(picture)
    assert edited(tmp_path / "paused.mp4", paused).stills_s == ()


def test_a_shot_has_its_own_frames_only(path: Path) -> None:
    make_clip(path, [*filmed(scene(1), 40), *filmed(scene(2), 40)], [k / RATE_HZ for k in range(80)])
    shot = Shot(path, 40 / RATE_HZ, 79 / RATE_HZ)
    own = [frame.time_s for frame in frames(shot)]
    assert own == pytest.approx([k / RATE_HZ for k in range(40, 80)], abs=1e-3)
    assert [frame.time_s for frame in frames(shot, start_s=1.2, end_s=1.4)] == pytest.approx(
        [40 / RATE_HZ, 41 / RATE_HZ, 1.4], abs=1e-3
    )
    assert list(frames(shot, start_s=0.2, end_s=0.8)) == []
    cache = FrameCache(path, every_s=0.125, max_side_px=64)
    for frame in frames(path):
        cache.offer(frame)
    cache.finish()
    assert min(still.time_s for still in cache.of(shot).stills()) >= own[0] - 1e-6
    assert len(list(cache.stills())) == len(list(cache.of(shot).stills())) + len(
        list(cache.of(Shot(path, 0.0, 39 / RATE_HZ)).stills())
    )
