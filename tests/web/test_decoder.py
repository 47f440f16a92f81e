"""Decoding in child processes: what they raise is ours, and one that dies is replaced."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from depthperception.errors import VideoError
from depthperception.sandbox import Box
from depthperception.web.decoder import Decoder, admit, frame_jpeg
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


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_a_child_lets_go_of_the_pictures_of_files_that_it_has_answered_for(decoder: Decoder, tmp_path: Path) -> None:
    child, known = decoder.call(own_pid), sorted((Path(__file__).parents[1] / "data").glob("*.mp4"))
    resident_mb = []
    for number in range(150):
        clip = tmp_path / f"{number % 50}.mp4"
        if number < 50:
            clip.write_bytes(known[number % len(known)].read_bytes() + b"\0\0\0\x09free" + bytes([number]))
        decoder.call(frame_jpeg, clip, 1.0, None)
        pages = int(Path(f"/proc/{child}/statm").read_text(encoding="ascii").split()[1])
        resident_mb.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    assert max(resident_mb[-10:]) < max(resident_mb[:10]) + 15.0
