"""What is not a video is refused, in words that say what it is and what to do."""

import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from depthperception.errors import VideoError
from depthperception.video import frames, probe
from tests.support.clips import audio_only, keep_part, numbered_clip, picture_file, text_file


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def without_index(path: Path) -> Path:
    # The index of a file that is not written for streaming stands at its end.
    return keep_part(numbered_clip(path, [number / 30 for number in range(60)]), 0.6)


def within_index(path: Path) -> Path:
    numbered_clip(path, [number / 30 for number in range(60)], container_options={"movflags": "faststart"})
    return keep_part(path, 0.1)


def unknown_codec(path: Path) -> Path:
    numbered_clip(path, [0.0, 0.1])
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC"))
    return path


def only_noise(path: Path) -> Path:
    path.write_bytes(bytes((37 * number * number + 11) % 251 for number in range(5000)))
    return path


def no_picture_left(path: Path) -> Path:
    numbered_clip(path, [number / 30 for number in range(5)], container_options={"movflags": "faststart"})
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start] + b"\xff" * (len(data) - start))
    return path


def playlist(path: Path) -> Path:
    path.write_text(f"ffconcat version 1.0\nfile {numbered_clip(path.with_name('b.mp4'), [0.0]).name}\n")
    return path


def huge_picture(path: Path) -> Path:
    """Claim a picture of 20,000 x 20,000 px, which would take 1.6 GB, in a file of a few kB: the decoder refuses it."""
    gif = numbered_clip(path.with_suffix(".gif"), [0.0, 0.1], codec="gif", pix_fmt="rgb8", clock_s=Fraction(1, 10))
    data = bytearray(gif.read_bytes())
    struct.pack_into("<HH", data, 6, 20_000, 20_000)
    path.write_bytes(bytes(data))
    return path


CASES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda path: path, "no such file"),
    "folder": (folder, "a folder"),
    "empty": (empty, "empty"),
    "text": (text_file, "holds text"),
    "sound": (audio_only, "sound but no picture"),
    "without index": (without_index, "index .* missing"),
    "within index": (within_index, "index .* missing"),
    "unknown codec": (unknown_codec, "codec|decoded"),
    "noise": (only_noise, "not a video format"),
    "no picture left": (no_picture_left, "no frame of it can be decoded"),
    "png": (picture_file, "still picture"),
    "huge picture": (huge_picture, "no frame of it can be decoded"),
    "playlist": (playlist, "playlist"),
}


@pytest.mark.parametrize("case", CASES)
def test_message_says_what_was_found_what_is_expected_and_what_to_do(tmp_path: Path, case: str) -> None:
    make, found = CASES[case]
    path = make(tmp_path / "clip.mp4")
    with pytest.raises(VideoError, match=found) as refusal:
        probe(path)
    found_part, expected_part = str(refusal.value).split(". Expected a video")
    assert str(path) in found_part
    assert expected_part.endswith(".")
    assert expected_part.count(". ") == 1, "what is expected, then what to do"
    with pytest.raises(VideoError, match=found):
        next(frames(path))


def test_sound_with_a_cover_picture_is_sound(tmp_path: Path) -> None:
    path = audio_only(tmp_path / "song.m4a", cover=True)
    with pytest.raises(VideoError, match="sound but no picture"):
        probe(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = numbered_clip(tmp_path / "clip.mp4", [0.0])

    def deny(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root reads everything, so the refusal of the system is played.
    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(VideoError, match="may not read"):
        probe(path)


def test_a_colon_in_the_name_is_not_a_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbered_clip(tmp_path / "clip.mp4", [0.0]).rename(tmp_path / "http:clip.mp4")
    monkeypatch.chdir(tmp_path)
    assert probe("http:clip.mp4").width == 96
