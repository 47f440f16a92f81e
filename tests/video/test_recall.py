"""Pictures of a film that is being taken: known ones are not decoded again, others once, and few are kept."""

from pathlib import Path

import numpy as np
import pytest

from depthperception.errors import VideoError
from depthperception.video import Recall, Recalled, frames
from depthperception.video.recall import LATEST_S, MOST_DECODED
from tests.support.clips import number_of, numbered_clip

SHOWN = 60
BEGAN_S = 2.0
"""Time in the film of the file's first picture."""


def film(tmp_path: Path) -> Path:
    """Two seconds of numbered pictures."""
    return numbered_clip(tmp_path / "film.mp4", [k / 30 for k in range(SHOWN)])


def recalled(path: Path, recall: Recall) -> Recalled:
    """Say what is known of a file whose first picture was shown 2 s after the film's."""
    times_s = np.array([frame.time_s for frame in frames(path)]) + BEGAN_S
    return Recalled(path, BEGAN_S, times_s, recall)


def shown(source: Recalled, start_s: float, end_s: float) -> list[int]:
    """Numbers of the pictures between two times."""
    return [number_of(frame.rgb()) for frame in frames(source, start_s=start_s, end_s=end_s)]


def test_a_film_that_is_recalled_shows_what_its_file_does(tmp_path: Path) -> None:
    path = film(tmp_path)
    source = recalled(path, Recall())
    for every_s in (None, 0.125):
        plain = list(frames(path, start_s=0.5, end_s=1.2, every_s=every_s))
        again = list(frames(source, start_s=0.5, end_s=1.2, every_s=every_s))
        assert [one.time_s for one in again] == pytest.approx([one.time_s for one in plain], abs=1e-9)
        for one, other in zip(again, plain, strict=True):
            assert np.array_equal(one.rgb(), other.rgb())
            assert np.array_equal(one.still(32).rgb, other.still(32).rgb)


def test_only_what_is_looked_at_is_decoded_and_only_once(tmp_path: Path) -> None:
    path, recall = film(tmp_path), Recall()
    source = recalled(path, recall)
    passed = list(frames(source, start_s=0.5, end_s=1.2))
    assert number_of(passed[3].rgb()) == 18
    path.unlink()
    assert number_of(next(iter(frames(source, start_s=0.6, end_s=0.6))).rgb()) == 18
    with pytest.raises(VideoError):
        next(iter(frames(source, start_s=0.7, end_s=0.7))).rgb()


def test_the_latest_pictures_need_no_file_and_those_that_were_kept_stay(tmp_path: Path) -> None:
    path, recall = film(tmp_path), Recall()
    source = recalled(path, recall)
    pictures = list(frames(path))
    path.unlink()
    for number, frame in enumerate(pictures):
        recall.add(type(frame)(frame.time_s + BEGAN_S, frame._picture, frame._upright, frame._converter))
        if number == 40:
            recall.keep_latest()
    assert shown(source, 0.5, 0.6) == [15, 16, 17, 18], "kept"
    assert shown(source, 1.8, 1.9) == [54, 55, 56, 57], "the latest"
    with pytest.raises(VideoError):
        shown(source, 0.1, 0.2)


def test_no_more_is_kept_than_memory_is_set_aside_for(tmp_path: Path) -> None:
    pictures = list(frames(film(tmp_path)))
    each = pictures[0].nbytes
    for asked, latest, decoded in (
        (Recall(most_bytes=5 * each, most_decoded_bytes=3 * each), 5, 3),
        (Recall(), 30 * LATEST_S + 1, MOST_DECODED),
    ):
        for frame in pictures:
            asked.add(frame)
        assert sum(asked.find(frame.time_s) is not None for frame in pictures) == pytest.approx(latest, abs=1)
        assert asked.find(pictures[-1].time_s) is not None
        for frame in pictures:
            asked.learn(-1.0 - frame.time_s, frame)
        assert sum(asked.find(-1.0 - frame.time_s) is not None for frame in pictures) == decoded
