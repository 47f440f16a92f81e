"""An appeal packet: the same bytes each time, and every change of it, or of its video, found and named."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from depthperception import pipeline
from depthperception.errors import PacketError
from depthperception.options import Options
from depthperception.packet import HandReading, Said, verify_packet, write_packet
from depthperception.packet.archive import MANIFEST, archived, packed
from depthperception.packet.command import command, options_of
from depthperception.packet.sheet import case_of, sheet, tables_of
from depthperception.people import Pick
from depthperception.results import Judgement, Verdict
from tests.support.command_line import run
from tests.support.judged_once import Examined
from tests.support.refereed import bar, judged, looks, ruled
from tests.support.rendered_clips import DEMO, DEMO_HEIGHT_CM
from tests.support.report_examples import judgement as example

READ: tuple[tuple[str, float, Verdict], ...] = (
    ("Bea", 1.9, "depth"),
    ("Carl", 0.3, "too_close"),
    ("Dan", 2.4, "depth"),
)
SAID = Said(
    lifter="Ana Example",
    weight_kg=142.5,
    date="2026-11-27",
    readings=tuple(
        HandReading(author=name, frame=75, time_s=2.5, cm=cm, low_cm=cm - 2, high_cm=cm + 2, verdict=verdict, jury=True)
        for name, cm, verdict in READ
    ),
)


@pytest.fixture(scope="module")
def judgement(examined: Examined) -> Judgement:
    return examined(DEMO, DEMO_HEIGHT_CM).judgement


@pytest.fixture(scope="module")
def packet(judgement: Judgement, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packet") / "appeal.zip"
    write_packet(path, DEMO, judgement, 1, SAID)
    return path


def members_of(packet: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(packet) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(packet: Path, path: Path, **changed: bytes) -> Path:
    """Change members, by the part of their names before the dot, and name their new hashes in the manifest."""
    members = {
        name: changed.get(name.split(".")[0], content)
        for name, content in members_of(packet).items()
        if name != MANIFEST
    }
    facts = json.loads(members_of(packet)[MANIFEST])
    path.write_bytes(archived(members, {name: facts[name] for name in facts if name not in ("schema", "members")}))
    return path


def test_the_same_input_gives_the_same_bytes_from_a_judgement_made_or_read(
    packet: Path, judgement: Judgement, tmp_path: Path
) -> None:
    read = Judgement.from_dict(json.loads(json.dumps(judgement.to_dict())))
    write_packet(tmp_path / "again.zip", DEMO, read, 1, SAID)
    assert (tmp_path / "again.zip").read_bytes() == packet.read_bytes()
    with zipfile.ZipFile(packet) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert str(DEMO.parent).encode() not in packet.read_bytes(), "no folder of this machine"


def test_a_packet_holds_what_a_jury_needs(packet: Path, judgement: Judgement) -> None:
    members = members_of(packet)
    places = ("2_before", "1_before", "bottom", "1_after", "2_after")
    assert list(members) == [
        "manifest.json", "case.html", "judgement.json", "said.json", "timeline.csv",
        *(f"frames/{place}.png" for place in places), *(f"frames_with_lines/{place}.jpg" for place in places),
        "slow_motion/as_filmed.mp4", "slow_motion/with_lines.mp4",
    ]  # fmt: skip
    manifest = json.loads(members[MANIFEST])
    assert manifest["video"]["sha256"] == judgement.video.sha256
    assert manifest["made_by"]["models"] == judgement.provenance["models"]
    assert abs(manifest["frames_s"]["bottom"] - judgement.attempts[0].bottom_s) <= 1 / 60
    sheet = members["case.html"].decode()
    for words in ("Ana Example", "142.5 kg", "2026-11-27", judgement.video.sha256, "Bea", "majority", "2.1 cm from"):
        assert words in sheet
    assert manifest["command"] in sheet
    assert manifest["command"] == "depthperception packet squat.mp4 --attempt 1 --height 178 --out attempt_1.zip"


def test_frames_are_the_videos_own_and_the_slow_motion_is_four_times_slower(packet: Path, tmp_path: Path) -> None:
    import cv2  # noqa: PLC0415

    from depthperception.video import frames  # noqa: PLC0415

    members = members_of(packet)
    at_s = json.loads(members[MANIFEST])["frames_s"]["1_after"]
    (frame,) = frames(DEMO, start_s=at_s - 1e-4, end_s=at_s + 1e-4)
    shown = cv2.imdecode(np.frombuffer(members["frames/1_after.png"], np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    np.testing.assert_array_equal(shown[:, :, ::-1], frame.rgb())
    (tmp_path / "slow.mp4").write_bytes(members["slow_motion/as_filmed.mp4"])
    slow = [frame.time_s for frame in frames(tmp_path / "slow.mp4")]
    assert np.diff(slow) == pytest.approx(4 / 30, abs=1e-3)
    assert slow[-1] == pytest.approx(4.0, abs=0.15)


def test_a_packet_as_it_was_written_holds(packet: Path) -> None:
    found = verify_packet(packet, DEMO)
    assert (found.holds, found.problems, found.attempt, found.video) == (True, (), 1, "squat.mp4")
    assert len(found.checked) == 3
    assert "not measured again" in found.notes[0]


def test_a_changed_byte_of_the_video_is_found(packet: Path, tmp_path: Path) -> None:
    video = Path(shutil.copy(DEMO, tmp_path / "squat.mp4"))
    content = bytearray(video.read_bytes())
    content[len(content) // 2] ^= 1
    video.write_bytes(content)
    found = verify_packet(packet, video)
    assert not found.holds
    assert "squat.mp4 is not the video of this packet, or a byte of it was changed" in found.problems[0]
    assert run("packet", "verify", packet, video, "--quiet") == 1


def test_every_changed_byte_of_the_packet_is_found(packet: Path, tmp_path: Path) -> None:
    whole = packet.read_bytes()
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(packet) as archive:
        edges = [entry.header_offset + k for entry in archive.infolist()[:3] for k in range(0, 46, 3)]
    directory = [len(whole) - k for k in range(1, 400, 9)]
    for place in [*edges, *directory, *rng.integers(0, len(whole), 25)]:
        content = bytearray(whole)
        content[place] ^= 1 << int(rng.integers(8))
        (tmp_path / "changed.zip").write_bytes(content)
        try:
            found = verify_packet(tmp_path / "changed.zip", DEMO)
        except PacketError:
            continue
        assert found.problems, f"byte {place}"
    (tmp_path / "longer.zip").write_bytes(whole + b"x")
    try:
        assert verify_packet(tmp_path / "longer.zip", DEMO).problems
    except PacketError as error:
        assert "is no appeal packet, or was changed" in str(error)  # noqa: PT017


def test_the_changed_member_is_named(packet: Path, tmp_path: Path) -> None:
    content = bytearray(packet.read_bytes())
    with zipfile.ZipFile(packet) as archive:
        entry = archive.getinfo("frames/bottom.png")
    content[entry.header_offset + 30 + len(entry.filename) + entry.file_size // 2] ^= 4
    (tmp_path / "changed.zip").write_bytes(content)
    found = verify_packet(tmp_path / "changed.zip", DEMO)
    assert [one.split(" was changed")[0] for one in found.problems] == ["frames/bottom.png"]


def test_a_sheet_that_says_something_else_than_the_numbers_is_found_though_its_hash_is_right(
    packet: Path, tmp_path: Path
) -> None:
    sheet = members_of(packet)["case.html"].replace(b"<strong>DEPTH</strong>", b"<strong>NO DEPTH</strong>")
    found = verify_packet(forged(packet, tmp_path / "forged.zip", case=sheet), DEMO)
    assert found.problems == ("case.html is not what the video and the packet's numbers give.",)


def test_numbers_that_somebody_made_up_are_found_by_judging_again(
    judgement: Judgement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = judgement.attempts[0]
    high = replace(honest, verdict="no_depth", depth=replace(honest.depth, cm=-1.0))
    write_packet(tmp_path / "lie.zip", DEMO, replace(judgement, attempts=(high,)), 1)
    asked: list[Options] = []

    def judged(video: Path, options: Options, **_: Any) -> Judgement:
        asked.append(options)
        return judgement

    monkeypatch.setattr(pipeline, "judge", judged)
    assert verify_packet(tmp_path / "lie.zip", DEMO).holds
    found = verify_packet(tmp_path / "lie.zip", DEMO, judge_again=True)
    assert "Judged again, attempt 1 is <AttemptJudgement depth at" in found.problems[0]
    assert asked == [Options(height_cm=DEMO_HEIGHT_CM)]


def zip_of(name: str, content: bytes = b"{}", how: int = zipfile.ZIP_STORED, times: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for _ in range(times):
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<!doctype html>", "cannot be read as a zip"),
        (b"", "cannot be read as a zip"),
        (zip_of("photo.jpg"), "it has no manifest.json"),
        (zip_of("../manifest.json"), "it holds a member called '../manifest.json'"),
        (zip_of("/etc/manifest.json"), "it holds a member called"),
        (zip_of("frames\\..\\bottom.png"), "it holds a member called"),
        (zip_of("manifest.json", bytes(10**7), zipfile.ZIP_DEFLATED), "compressed"),
        (packed({"manifest.json": b"[" * 100_000}), "it has no manifest.json"),
        (packed({"manifest.json": b'{"schema": "depthperception/packet/9", "members": {}}'}), "does not keep"),
    ],
)
def test_what_is_no_packet_gets_one_sentence(
    content: bytes, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.zip").write_bytes(content)
    assert run("packet", "verify", tmp_path / "odd.zip", DEMO) == 1
    said = capsys.readouterr().err
    assert "odd.zip is no appeal packet, or was changed" in said
    assert found in said
    assert "Traceback" not in said


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.zip").write_bytes(zip_of("manifest.json", times=2))
    with pytest.raises(PacketError, match="twice"):
        verify_packet(tmp_path / "twice.zip", DEMO)


def test_no_packet_is_written_of_an_attempt_or_a_video_that_is_not_there(judgement: Judgement, tmp_path: Path) -> None:
    with pytest.raises(PacketError, match=r"There is no attempt 2 in squat\.mp4, which shows 1; expected 1"):
        write_packet(tmp_path / "none.zip", DEMO, judgement, 2)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"something else")
    with pytest.raises(PacketError, match="is not the video that was judged"):
        write_packet(tmp_path / "none.zip", other, judgement, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.mp4"]
    assert run("packet", DEMO, "--out", tmp_path / "none.txt") == 1


def test_the_command_of_a_packet_asks_for_what_was_asked() -> None:
    options = Options(height_cm=172.5, pick=Pick(10.0, 20.5, 1.25), rotate_deg=0, sure=0.8)
    line = command("it's here.mp4", 2, options.to_dict())
    assert line == (
        "depthperception packet 'it'\"'\"'s here.mp4' --attempt 2 --height 172.5 --rotate 0 --sure 0.8 "
        "--pick 10 20.5 1.25 --out attempt_2.zip"
    )
    assert options_of(options.to_dict()) == options
    assert command("-q.mp4", 1, {}).startswith("depthperception packet ./-q.mp4 ")
    with pytest.raises(PacketError, match="other numbers of the detectors"):
        options_of({"settings": {"attempts.x": 1}})


def test_the_sheet_says_lights_causes_and_course_in_words_and_of_older_judgements_the_phases() -> None:
    attempt = ruled(judged(bar=bar((30.0, 5.0))))
    lights, causes, course = tables_of(attempt)
    red_for = "red", "downward movement of the bar"
    assert [row[:3] for row in lights.rows] == [("left", *red_for), ("chief", *red_for), ("right", *red_for)]
    found = {row[0]: (row[1], row[3]) for row in causes.rows}
    assert found["downward movement of the bar"] == ("fault", "1.5 cm")
    assert found["depth"] == ("no fault", "")
    assert found["lift completed"] == ("no fault", "")
    assert "knees unlock" in [row[0] for row in course.rows]
    (phases_alone,) = tables_of(replace(attempt, lights=(), checks=(), timeline=()))
    assert [row[0] for row in phases_alone.rows] == ["descent", "bottom", "ascent", "lockout"]


def test_the_sheet_says_why_lights_are_open() -> None:
    ends = ruled(judged(stood_up=False, cut_short=True, end_s=2.6), looks(ends_deg=60.0))
    text = sheet(case_of(example(ends), 1, Said(), ()))
    assert "Lights open: The film ends before the lockout." in text
