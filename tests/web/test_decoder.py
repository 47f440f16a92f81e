"""Decoding in child processes: what they raise is ours, and one that dies is replaced."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthperception.errors import VideoError
from depthperception.sandbox import Box
from depthperception.web.decoder import Decoder, admit
from tests.support.clips import numbered_clip, text_file


def die() -> None:
    """Stand in for a video that FFmpeg crashes on."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(marker: Path) -> str:
    """Stand in for a child that something else ended."""
    if not marker.exists():
        marker.touch()
        die()
    return "done"


def own_pid() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decoder]:
    factory = tmp_path_factory.getbasetemp()
    decoder = Decoder(processes=1, box=Box(reads=(factory, Path(__file__).parents[1]), writes=(factory,)))
    yield decoder
    decoder.close()


def test_calls_share_a_warm_child_that_is_not_this_process(decoder: Decoder) -> None:
    assert decoder.call(own_pid) == decoder.call(own_pid) != os.getpid()


def test_a_video_that_kills_its_decoder_is_an_error_and_the_next_call_works(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="crashed on this video"):
        decoder.call(die)
    clip = numbered_clip(tmp_path / "clip.mp4", [0.0, 0.1])
    assert decoder.call(admit, clip).playable


def test_a_child_that_was_ended_from_outside_costs_nobody_his_answer(decoder: Decoder, tmp_path: Path) -> None:
    assert decoder.call(die_once, tmp_path / "marker") == "done"


def test_what_a_video_is_not_is_said_in_its_own_words(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="the file holds text"):
        decoder.call(admit, text_file(tmp_path / "page.mp4"))
