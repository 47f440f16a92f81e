import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.depth import check_method
from depthperception.depth.calibrated import load_features
from depthperception.errors import OutputError
from depthperception.geometry.skeletons import Landmark
from depthperception.models import checked_bytes
from depthperception.pose.track import empty_track
from depthperception.proof import SeenPoints
from depthperception.report.drawing import CREASE_LINE, LEFT, RIGHT
from depthperception.report.lines import NOT_AT_THE_FOLD
from depthperception.report.page import pictures
from depthperception.report.page.content import PageContent, attempt_sections, page_content, write_page
from depthperception.report.page.figures import Curve, Line, Tick, course, depth_curve, leg_gauge
from depthperception.report.page.pictures import frames_around
from depthperception.report.page.words import MEASURED_ON, azimuth_words, camera_place, no_advice_words
from depthperception.results import Camera, Judgement, Reading, Scale
from depthperception.series.heights import heights_over_feet
from depthperception.types import FloatArray, Picture
from depthperception.video import VideoWriter
from tests.support import figures
from tests.support.refereed import judged as an_attempt
from tests.support.refereed import looks, ruled
from tests.support.report_examples import (
    HEIGHT,
    POINTS,
    WIDTH,
    attempt,
    camera,
    close_attempt,
    judgement,
    reading,
    track,
)

BOTTOM_S = 2.0
FRAMES_S = [0.0, 0.5, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 3.0]
GREEN = (20, 200, 40)
KNEE = POINTS[Landmark.LEFT_KNEE]
STANDING_CM, DEEPEST_DEG = 43.0, 100.0


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Film a wall of changing grey with a green spot where his left knee is."""
    path = tmp_path_factory.mktemp("page") / "squat.mp4"
    with VideoWriter(path, WIDTH, HEIGHT) as writer:
        for number, time_s in enumerate(FRAMES_S):
            picture = np.full((HEIGHT, WIDTH, 3), 90 + 8 * number, np.uint8)
            cv2.circle(picture, KNEE, 16, GREEN, cv2.FILLED)
            writer.write(picture, time_s)
    return path


@pytest.fixture(scope="module")
def one(video: Path) -> PageContent:
    """Judge one attempt at 8 cm below, by several methods."""
    measured = {name: replace(reading(8.0), method=name) for name in ("side", "gravity")}
    measured["front"] = Reading("front", reason="Made for a camera in front.")
    return page_content(video, track(FRAMES_S), judgement(replace(attempt(BOTTOM_S, 8.0), measurements=measured)))


class Html(HTMLParser):
    """Collects tags with their attributes, ids, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


def fragment(content: PageContent) -> str:
    return attempt_sections(content, lambda name: f"/pictures/{name}")


def squat_curve(cm: float | None) -> Curve:
    """Draw the stick figure's squat from standing to a thigh of 100 degrees and back."""
    times, thigh_deg, bottoms = figures.squats([DEEPEST_DEG])
    seen = figures.track(times, thigh_deg, figures.axes(40.0))
    curve = depth_curve(heights_over_feet(seen, camera(), Scale(0.25, "model")), attempt(bottoms[0], cm))
    assert curve
    return curve


def heights_cm(curve: Curve) -> list[float]:
    """Read the curve's heights off its own scale."""
    (first, at_first), (second, at_second) = (
        (float(re.sub(r" cm.*", "", tick.words)) * (-1 if "below" in tick.words else 1), tick.at)
        for tick in (curve.levels[-1], curve.levels[-2])
    )
    cm_per_percent = (second - first) / (at_second - at_first)
    points = re.findall(r"[ML]\S+ (\S+?)(?=[ML]|$)", curve.lines[0].path)
    return [first + (float(y) - at_first) * cm_per_percent for y in points]


def test_the_gauge_is_to_scale() -> None:
    gauge = leg_gauge(Reading("side", 3.0, (1.0, 5.0), 0.99, reading(4.0, 0.5).left, reading(2.0, 0.5).right))
    assert gauge
    both, left, right = gauge.bars
    percent_per_cm = (both.at - gauge.line) / 3.0
    assert both.start - gauge.line == pytest.approx(1.0 * percent_per_cm, abs=0.02)
    assert both.length == pytest.approx(4.0 * percent_per_cm, abs=0.02)
    assert (left.at - gauge.line, right.at - gauge.line) == pytest.approx(
        (4.0 * percent_per_cm, 2.0 * percent_per_cm), abs=0.02
    )
    # 90 % of a normal distribution lie within 1.645 sd: 1.645 cm for 0.5 cm to both sides.
    assert left.length == pytest.approx(1.645 * percent_per_cm, abs=0.02)
    for tick in gauge.ticks:
        assert abs(tick.at - gauge.line) == pytest.approx(float(tick.words) * percent_per_cm, abs=0.02)
    assert percent_per_cm > 0, "deeper is further down"


def test_a_depth_without_centimetres_has_no_gauge_and_a_leg_that_is_not_known_no_bar() -> None:
    assert leg_gauge(Reading("front", probability=0.9)) is None
    alone = leg_gauge(Reading("side", 3.0, (1.0, 5.0), 0.99, left=reading(3.0).left))
    assert alone
    assert [bar.kind for bar in alone.bars] == ["left"], "the depth is that leg's"


def test_a_depth_of_both_legs_together_shows_no_leg(video: Path) -> None:
    lift = replace(attempt(BOTTOM_S, 8.0), depth=Reading("calibrated", 8.0, (6.0, 10.0), 0.99))
    (content,) = page_content(video, track(FRAMES_S), judgement(lift)).attempts
    assert content.gauge
    assert [bar.kind for bar in content.gauge.bars] == ["both"]
    assert content.bottom
    assert [leg.words for leg in content.bottom.legs] == ["both +8.0", ""]


def test_the_depth_curve_passes_through_the_measured_depth_and_keeps_the_joints_course() -> None:
    curve = squat_curve(3.0)
    heights = heights_cm(curve)
    assert min(heights) == pytest.approx(-3.0, abs=0.3)
    # The thigh of 43 cm stands upright, and at 100 degrees its hip is 43 cos 100 = -7.5 cm over the knee.
    fall = figures.THIGH_M * 100.0 * (1.0 - np.cos(np.radians(DEEPEST_DEG)))
    assert heights[0] == pytest.approx(fall - 3.0, abs=0.5)
    assert curve.line is not None
    assert curve.marks[0].y > curve.line, "deep enough is under the line"
    assert curve.marks[0].start < curve.marks[0].y < curve.marks[0].start + curve.marks[0].length


def test_a_high_squat_shows_the_rules_line_too() -> None:
    curve = squat_curve(-12.0)
    assert curve.line is not None
    assert curve.marks[0].y < curve.line < 100.0


def test_without_a_number_the_curve_is_that_of_the_joints_and_has_no_rules_line() -> None:
    curve = squat_curve(None)
    assert curve.line is None
    assert not curve.marks
    assert heights_cm(curve)[0] == pytest.approx(STANDING_CM, abs=0.5)
    assert "joint" in curve.words


def test_one_wild_pose_does_not_make_a_spike() -> None:
    times, thigh_deg, bottoms = figures.squats([DEEPEST_DEG], step_s=1 / 30)

    def drawn(angles: FloatArray) -> FloatArray:
        seen = figures.track(times, angles, figures.axes(40.0))
        curve = depth_curve(heights_over_feet(seen, camera(), Scale(0.25, "model")), attempt(bottoms[0], 3.0))
        assert curve
        return np.array(heights_cm(curve))

    wild = thigh_deg.copy()
    wild[np.argmin(np.abs(times - bottoms[0] - 0.1))] -= 40.0  # lifts the hip by over 20 cm for one frame
    assert np.abs(drawn(wild) - drawn(thigh_deg)).max() < 3.0


def test_nobody_seen_during_the_attempt_draws_nothing() -> None:
    heights = heights_over_feet(track([10.0, 10.1]), None, None)
    assert depth_curve(heights, attempt(BOTTOM_S)) is None


def test_the_course_of_a_set_parts_where_nobody_was_seen_and_marks_every_bottom() -> None:
    drawn = course(heights_over_feet(track([0.0, 0.1, 0.2, 4.0, 4.1]), None, None), [attempt(0.1), attempt(4.0, -2.0)])
    assert drawn
    assert all(line.path.count("M") == 2 for line in drawn.lines)
    assert [(mark.number, mark.verdict) for mark in drawn.marks] == [(1, "depth"), (2, "no_depth")]
    assert drawn.marks[0].at == pytest.approx(100 * 0.1 / 4.1, abs=0.01)


def test_the_pictures_are_the_frames_round_the_bottom_each_once(one: PageContent) -> None:
    shots = one.attempts[0].shots
    assert [round(shot.time_s, 3) for shot in shots] == [1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3]
    assert [shot.when for shot in shots][2:5] == ["0.10 s before", "bottom", "0.10 s after"]
    assert [shot.name for shot in shots if shot.is_bottom] == ["attempt-1-bottom.jpg"]
    assert len(one.pictures) == 7


def test_few_frames_a_second_give_few_pictures(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "slow.mp4", 64, 64) as writer:
        for number in range(16):
            writer.write(np.full((64, 64, 3), 10 * number, np.uint8), number / 4)
    assert [round(frame.time_s, 2) for frame in frames_around(tmp_path / "slow.mp4", 2.0)] == [1.75, 2.0, 2.25]


def test_the_skeleton_lies_on_the_lifter_in_every_picture(one: PageContent) -> None:
    shots = one.attempts[0].shots
    assert len(shots) == 7
    for shot in shots:
        picture = decoded(shot.jpeg)
        assert picture.shape[:2] == (shot.height, shot.width)
        assert shot.drawing
        dots = [tuple(map(float, dot)) for dot in re.findall(r"M(\S+) (\S+?)h0", shot.drawing.dots["left"])]
        colours = [picture[round(y), round(x)] for x, y in dots if 0 < x < shot.width and 0 < y < shot.height]
        assert sum(np.abs(colour.astype(int) - GREEN).max() < 60 for colour in colours) == 1


@pytest.mark.parametrize("longest_px", [1280, 300])
def test_the_lines_show_the_depth_to_scale(video: Path, monkeypatch: pytest.MonkeyPatch, longest_px: int) -> None:
    monkeypatch.setattr(pictures, "ENCODINGS", ((longest_px, longest_px, 80),))
    shots = pictures.attempt_shots(video, track(FRAMES_S), judgement(attempt(BOTTOM_S, 8.0)), 0)
    (bottom,) = (shot for shot in shots if shot.legs)
    assert bottom.is_bottom
    assert max(bottom.width, bottom.height) <= longest_px
    assert bottom.drawing
    dots = [tuple(map(float, dot)) for dot in re.findall(r"M(\S+) (\S+?)h0", bottom.drawing.dots["left"])]
    hip, knee = dots[1], dots[2]  # after the shoulder
    px_per_cm = (knee[0] - hip[0]) / 12.5  # they are 100 px of 0.125 cm apart
    for leg in bottom.legs:
        knee_y, crease_y = (float(path.split("L")[0].split(" ")[1]) for path in (leg.knee, leg.crease))
        assert (knee[1] - knee_y) / px_per_cm == pytest.approx(5.4, abs=0.1), "5.4 cm over the joint"
        assert (crease_y - knee_y) / px_per_cm == pytest.approx(8.0, abs=0.1)
    assert {leg.words for leg in bottom.legs} == {"L +8.0", "R +8.0"}


def test_labels_stay_inside_the_picture(one: PageContent) -> None:
    bottom = one.attempts[0].bottom
    assert bottom
    for leg in bottom.legs:
        end = leg.label_x + (1 if leg.anchor == "start" else -1) * 4.0 * bottom.letters_px
        assert 0 <= end <= bottom.width


def test_pictures_keep_to_their_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    with VideoWriter(tmp_path / "noise.mp4", WIDTH, HEIGHT) as writer:
        for time_s in FRAMES_S:
            writer.write(noise, time_s)
    monkeypatch.setattr(pictures, "PAGE_BYTES", 240_000)
    seen = track(FRAMES_S)
    for attempts, most in ((1, 240_000), (4, 60_000)):
        judged = judgement(*[attempt(BOTTOM_S)] * attempts)
        shots = pictures.attempt_shots(tmp_path / "noise.mp4", seen, judged, 0)
        assert sum(len(shot.jpeg) for shot in shots) <= most
        assert len(shots) == 7


def test_the_fragment_keeps_to_a_strict_policy_and_every_reference_leads_somewhere(one: PageContent) -> None:
    html = Html(fragment(one))
    ids = html.all("id")
    assert len(ids) == len(set(ids))
    pointed = [target[1:] for target in html.all("href") if target.startswith("#")]
    pointed += [target for name in ("aria-labelledby", "aria-controls") for target in html.all(name)]
    assert set(pointed) <= set(ids)
    assert pointed
    assert not html.all("style")
    assert not [name for _, attributes in html.tags for name in attributes if name.startswith("on")]
    assert not {"script", "style", "link", "iframe", "h1", "main"} & {tag for tag, _ in html.tags}
    pictures = {address for tag, attributes in html.tags if tag == "image" for address in [attributes["href"]]}
    assert pictures == {f"/pictures/{name}" for name in one.pictures}


def test_headings_go_down_one_step_at_a_time(one: PageContent) -> None:
    levels = [int(tag[1]) for tag, _ in Html(fragment(one)).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 2
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_figure_says_what_it_shows(one: PageContent) -> None:
    figures_shown = [
        attributes for tag, attributes in Html(fragment(one)).tags if tag == "svg" and "role" in attributes
    ]
    assert len(figures_shown) >= 5
    assert all(len(attributes["aria-label"]) > 5 for attributes in figures_shown)
    assert any("8.0 cm below" in attributes["aria-label"] for attributes in figures_shown)


def test_names_and_reasons_are_text_never_markup(video: Path, tmp_path: Path) -> None:
    nasty = "<img src=x onerror=alert(1)>\"'&"
    judged = judgement(replace(attempt(BOTTOM_S), reason=nasty))
    judged = replace(judged, video=replace(judged.video, path=f"{nasty}.mp4"), provenance={nasty: {nasty: nasty}})
    write_page(tmp_path / "report.html", video, track(FRAMES_S), judged)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<img" not in text
    assert nasty in unescape(text)
    assert not [tag for tag, _ in Html(text).tags if tag == "img"]


def test_the_page_is_one_file_that_needs_nothing_else(video: Path, tmp_path: Path, one: PageContent) -> None:
    write_page(tmp_path / "report.html", video, empty_track(), one.judgement, content=one)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    html = Html(text)
    assert {address.split(":")[0][0:4] for address in html.all("href") + html.all("src") if address[0] != "#"} == {
        "data"
    }
    assert not re.findall(r"https?://|url\(|@import", text)
    for jpeg in one.pictures.values():
        assert text.count(base64.b64encode(jpeg).decode()) == 1, "each picture once"
    policy = next(item["content"] for tag, item in html.tags if item.get("http-equiv") == "Content-Security-Policy")
    for element in ("style", "script"):
        inline = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert inline
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_a_refusal_shows_no_number_and_says_what_would_help(video: Path) -> None:
    measured = {"gravity": reading(5.0)}
    judged = judgement(replace(attempt(BOTTOM_S, None, stood_up=False), measurements=measured))
    judged = replace(judged, camera=replace(camera(), advice=("Film from 3 m or more.",)))
    html = Html(fragment(page_content(video, track(FRAMES_S), judged)))
    assert "Not judgeable" in html.words
    assert "Plates hide the hips. The lifter did not stand up again." in html.words
    assert html.words.count("Film from 3 m or more.") >= 2, "beside the verdict and with the camera"
    assert "rules" not in [attributes.get("class") for tag, attributes in html.tags if tag == "tr"]
    assert "gauge-plot" not in html.all("class")
    assert "top of the knee: the rule" not in html.words


def test_open_lights_say_why(video: Path) -> None:
    ends = ruled(an_attempt(stood_up=False, cut_short=True, end_s=2.6), looks(ends_deg=60.0))
    text = fragment(page_content(video, track(FRAMES_S), judgement(ends)))
    assert "Lights open: The film ends before the lockout." in Html(text).words


def test_videos_without_an_attempt_get_a_page_that_says_why(video: Path) -> None:
    nobody = Judgement(judgement().video, "no_person", "Nobody was found in the video.")
    for judged, seen, words in (
        (judgement(), track(FRAMES_S), "No squat"),
        (nobody, empty_track(), "No person"),
    ):
        content = page_content(video, seen, judged)
        html = Html(fragment(content))
        assert words in html.words
        assert judged.reason
        assert judged.reason in html.words
        assert list(content.pictures) == ["view.jpg"]
        assert (content.course is None) == (len(seen) == 0)


def test_a_set_lists_its_attempts_and_names_the_one_to_dispute(video: Path) -> None:
    judged = judgement(attempt(1.0, 9.0), attempt(2.0, 0.5), attempt(3.0, None))
    text = fragment(page_content(video, track(FRAMES_S), judged))
    html = Html(text)
    assert [target for target in html.all("href") if target.startswith("#attempt")][:3] == [
        "#attempt-1", "#attempt-2", "#attempt-3",
    ]  # fmt: skip
    assert "2.00 s · nearest the line" in html.words
    assert len(re.findall("<article", text)) == 3


def test_the_page_says_why_a_bracket_does_not_end_at_the_dotted_fold(video: Path, one: PageContent) -> None:
    assert NOT_AT_THE_FOLD in Html(fragment(one)).words
    lift = attempt(2.0)
    folded = replace(lift, seen=replace(lift.seen or SeenPoints({}, {}), crease_px={}))
    content = page_content(video, track(FRAMES_S), judgement(folded))
    assert NOT_AT_THE_FOLD not in Html(fragment(content)).words


def test_the_ruling_method_comes_first_and_every_method_has_its_sentences(one: PageContent) -> None:
    rows = one.attempts[0].methods
    assert [(row.name, row.rules) for row in rows] == [("gravity", True), ("side", False), ("front", False)]
    words = Html(fragment(one)).words
    assert "Made for a camera in front." in words
    assert check_method("side").blind_to in words


def test_a_bar_path_appears_only_where_a_bar_was_found(one: PageContent) -> None:
    assert "Bar path" not in Html(fragment(one)).words
    path = Curve("The bar.", 0.0, 1.0, (Line("bar", "M0 0L100 100"),), (Tick(50.0, "1 s"),), ())
    found = replace(one, attempts=(replace(one.attempts[0], bar_path=path),))
    assert "Bar path" in Html(fragment(found)).words


@pytest.mark.parametrize(
    ("azimuth_deg", "words", "place"),
    [
        (0.0, "in front of the lifter", (0.0, 1.0)),
        (90.0, "90° from the front, at the lifter’s left", (1.0, 0.0)),
        (180.0, "behind the lifter", (0.0, -1.0)),
        (330.0, "30° from the front, at the lifter’s right", (-0.5, 0.866)),
    ],
)
def test_the_camera_is_placed_as_seen_from_above_with_the_lifter_facing_down_the_page(
    azimuth_deg: float, words: str, place: tuple[float, float]
) -> None:
    filmed = Camera("front", "towards", azimuth_deg, 0.0, 0.0, (0.0, -1.0, 0.0))
    assert azimuth_words(azimuth_deg) == words
    assert camera_place(filmed) == pytest.approx(place, abs=0.001)


def test_the_page_draws_in_the_colours_of_the_other_pictures() -> None:
    css = (Path(pictures.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
    for name, colour in ((".joint.left", LEFT), (".joint.right", RIGHT), (".lines .crease", CREASE_LINE)):
        assert re.search(re.escape(name) + r" \{{ stroke: #{:02x}{:02x}{:02x}".format(*colour), css), name


def test_what_is_too_close_has_its_own_lamp_and_words_and_a_method_s_word_follows_what_was_asked(video: Path) -> None:
    measured = {"gravity": close_attempt(BOTTOM_S).depth, "side": replace(reading(3.0), probability=0.75)}

    def rows(sure: float) -> list[str]:
        ruled = judgement(replace(close_attempt(BOTTOM_S), measurements=measured), close_attempt(BOTTOM_S, -0.4, 0.4))
        content = page_content(video, track(FRAMES_S), replace(ruled, provenance={"sure": sure}))
        html = Html(fragment(content))
        lamps = [one for name in html.all("class") if name.startswith("lamp") for one in name.split()[1:]]
        assert "Too close" in html.words
        assert html.words.count("Too close to call: so it is.") == 2
        assert "0.4 cm above, leans to no depth" in html.words, "in the overview"
        assert lamps.count("too_close") >= 4
        assert "not_judgeable" not in lamps
        return [row.verdict for row in content.attempts[0].methods]

    assert rows(0.65) == ["too_close", "depth"]
    assert rows(0.8) == ["too_close", "too_close"]


def test_a_page_that_cannot_be_written_says_what_to_do(video: Path, tmp_path: Path, one: PageContent) -> None:
    with pytest.raises(OutputError, match="Choose another place"):
        write_page(tmp_path / "missing" / "report.html", video, empty_track(), one.judgement, content=one)


def decoded(jpeg: bytes) -> Picture:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture[:, :, ::-1], dtype=np.uint8)


def test_a_view_in_which_an_attempt_could_not_be_judged_is_not_praised() -> None:
    assert "from head to feet" in no_advice_words(judgement(attempt(1.0)))
    assert "could not be judged" in no_advice_words(judgement(attempt(1.0), attempt(3.0, None)))


def test_what_a_certainty_rests_on_is_as_many_squats_as_the_model_holds() -> None:
    features, _ = load_features(checked_bytes("calibrated"))
    assert f" {len(features.seeds):,} rendered squats" in MEASURED_ON
