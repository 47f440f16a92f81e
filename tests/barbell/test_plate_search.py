"""Plates as gyms have them: found where rims alone find none, by a detector and by what moves with the lifter."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest

from depthperception.barbell import plate_search
from depthperception.barbell.detection import Moment, fit_link
from depthperception.barbell.edges import Outline, best_near, cut_patch, support
from depthperception.barbell.plate_detector import PlateBox
from depthperception.barbell.plate_linking import LinkedPlate, link_plates
from depthperception.barbell.plate_scale import measure_plate_scale
from depthperception.barbell.plate_search import find_linked_plates
from depthperception.barbell.projection import PlateView, plate_view
from depthperception.barbell.settings import PlateDetection
from depthperception.barbell.tracking import BarWatch
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.types import FloatArray, Picture, Side
from tests.support.gym_bar import GymScene
from tests.support.painted_bar import falls, fill, room

Detect: TypeAlias = Callable[[Picture], tuple[PlateBox, ...]]

FALLS_PX = 160.0 * falls(7) / falls(7).max()

TRUNK_PX = np.column_stack([np.full(7, 200.0), 150.0 + FALLS_PX])


def box(x: float, y: float, radius: float = 40.0, score: float = 0.6) -> PlateBox:
    return PlateBox(np.array([x - radius, y - radius, x + radius, y + radius]), score)


def on_the_bar(k: int, x: float = 230.0) -> PlateBox:
    return box(x, 140.0 + float(FALLS_PX[k]))


def test_the_plate_that_goes_with_the_lifter_is_linked_and_a_stored_one_beside_it_is_not() -> None:
    finds = [(box(300.0, 140.0, score=0.9), on_the_bar(k)) for k in range(7)]
    (plate,) = link_plates(finds, TRUNK_PX)
    assert plate.centres_px[:, 1] == pytest.approx(140.0 + FALLS_PX)
    assert plate.score == pytest.approx(0.6)


def test_shoulders_that_jump_behind_a_plate_do_not_break_the_link() -> None:
    jumps = np.array([0.0, 20.0, -15.0, 25.0, -20.0, 20.0, 0.0])  # 25 px of the trunk are 50 of the shoulders
    jumping = TRUNK_PX + np.column_stack([np.zeros(7), jumps])
    (plate,) = link_plates([(on_the_bar(k),) for k in range(7)], jumping)
    assert plate.found.all()


def test_where_a_plate_is_not_found_the_trunk_carries_it() -> None:
    finds = [() if k == 3 else (on_the_bar(k),) for k in range(7)]
    (plate,) = link_plates(finds, TRUNK_PX)
    assert plate.found.sum() == 6
    assert plate.centres_px[3] == pytest.approx([230.0, 140.0 + FALLS_PX[3]])


def test_stored_plates_of_another_size_or_too_few_finds_make_no_plate() -> None:
    assert link_plates([(box(230.0, 140.0),) for _ in range(7)], TRUNK_PX) == ()
    assert link_plates([(on_the_bar(k),) if k < 3 else () for k in range(7)], TRUNK_PX) == ()
    sizes = (40.0, 20.0, 40.0, 20.0, 90.0, 20.0, 40.0)
    finds = [(box(230.0, 140.0 + float(FALLS_PX[k]), size),) for k, size in enumerate(sizes)]
    assert link_plates(finds, TRUNK_PX) == ()


def test_a_bar_has_two_ends() -> None:
    finds = [tuple(on_the_bar(k, x) for x in (40.0, 150.0, 260.0)) for k in range(7)]
    assert len(link_plates(finds, TRUNK_PX)) == 2


@pytest.mark.parametrize("turned_deg", [0.0, -25.0])
def test_a_stack_with_print_holes_and_sleeve_is_found_where_it_hides_the_shoulders(turned_deg: float) -> None:
    scene = GymScene(azimuth_deg=50.0)
    moments, camera = scene.jumping(room()), scene.lifter_camera(turned_deg=turned_deg)
    found = find_linked_plates(moments, camera)
    (plate,) = found.candidates
    assert plate.side == 1
    for centre_px, fall in zip(plate.centres_px, falls(7), strict=True):
        outline = scene.stack_px(float(fall))
        low, high = outline.min(axis=0), outline.max(axis=0)
        assert plate.radius_px == pytest.approx((high - low)[1] / 2, rel=0.05)
        assert np.linalg.norm(centre_px - (low + high) / 2) < 0.05 * plate.radius_px
    assert found.fit is not None
    assert np.degrees(found.fit.lifter_camera.angles_rad[0]) == pytest.approx(50.0, abs=4.0)
    assert measure_plate_scale(BarWatch(found.fit.lifter_camera, found.candidates, (), fit=found.fit)).estimate


def test_a_linked_plate_that_fits_no_bar_is_followed_and_is_no_ruler() -> None:
    scene = GymScene(azimuth_deg=50.0)
    found = find_linked_plates(scene.jumping(room()), scene.lifter_camera(), settings=PlateDetection(least_vote=1.1))
    assert found.fit is None
    (plate,) = found.candidates
    outline = scene.stack_px(0.0)
    assert plate.radius_px == pytest.approx(np.ptp(outline[:, 1]) / 2, rel=0.1)


def test_without_a_bar_plates_on_stands_are_none_of_his() -> None:
    scene = GymScene(azimuth_deg=50.0)
    moments = scene.jumping(room())
    still = [replace(moment, rgb=moments[0].rgb) for moment in moments]
    assert find_linked_plates(still, scene.lifter_camera()).candidates == ()


def test_the_rim_mends_a_box_that_is_too_small_by_a_fifth() -> None:
    scene = GymScene(azimuth_deg=50.0)
    moments = scene.jumping(room())
    outlines = [scene.stack_px(float(fall)) for fall in falls(7)]
    centres = np.array([(one.min(axis=0) + one.max(axis=0)) / 2 for one in outlines])
    half = 0.8 * np.ptp(outlines[0], axis=0) / 2
    linked = LinkedPlate(centres + [3.0, -3.0], half, np.ones(7, dtype=bool), 0.6)
    plate = fit_link(moments, scene.lifter_camera(), Side.LEFT, linked)
    assert plate.radius_px == pytest.approx(half[1] / 0.8, rel=0.05)
    assert np.linalg.norm(plate.centres_px - centres, axis=1).max() < 0.06 * plate.radius_px


@pytest.mark.parametrize(("middle_px", "share"), [(180.0, 0.8), (200.0, 0.5)])
def test_what_the_edge_of_the_picture_cuts_off_is_not_held_against_a_rim(middle_px: float, share: float) -> None:
    # In a picture 200 px wide the first disc, of a radius of 40 px, shows two thirds of its rim, the second half of it.
    whole, cut = rim_votes(middle_px, wide=400), rim_votes(middle_px, wide=200)
    assert whole == pytest.approx((1.0, 1.0), abs=0.15)
    assert cut == pytest.approx(whole, abs=1.0 - share)
    assert min(cut) > 0.7


def test_an_arc_at_the_edge_of_the_picture_is_no_plate() -> None:
    # 10 of 80 px are in the picture: a quarter of the rim.
    assert max(rim_votes(230.0, wide=200)) < 0.55


def rim_votes(middle_px: float, *, wide: int) -> tuple[float, float]:
    """Votes, by both ways of counting, at the rim of a disc in a picture so many px wide."""
    canvas = np.full((200, wide, 3), 170, np.uint8)
    angle = np.linspace(0.0, 2.0 * np.pi, 200, endpoint=False)
    ring = [middle_px, 100.0] + 40.0 * np.column_stack([np.cos(angle), np.sin(angle)])
    fill(canvas, ring[ring[:, 0] < wide] if wide < middle_px else ring, (30, 30, 40))
    view = PlateView(np.array([middle_px, 100.0]), 200.0, 1.0, np.array([1.0, 0.0]))
    patch = cut_patch(canvas, view, 1.0, (0.4, 0.4), 100.0)
    outline = Outline(0.2)
    row, column = (side // 2 for side in patch.votes.shape[1:])
    return best_near(patch, outline, patch.middle_px, 2)[0], float(support(patch, outline)[row, column])


def told(moments: Sequence[Moment], found_in: Sequence[tuple[PlateBox, ...]]) -> Detect:
    """Say of each picture what is found in it, whichever is looked at first."""
    finds = {id(moment.rgb): found for moment, found in zip(moments, found_in, strict=True)}
    return lambda rgb: finds[id(rgb)]


def test_of_two_finds_at_one_end_of_the_bar_that_in_its_place_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = GymScene(azimuth_deg=50.0)
    moments, camera = scene.jumping(room()), scene.lifter_camera(larger=1.2)
    outlines = [scene.stack_px(float(fall)) for fall in falls(7)]
    found_in = [finds_at(one, moment, camera) for one, moment in zip(outlines, moments, strict=True)]
    monkeypatch.setattr(plate_search, "detect_plates", told(moments, found_in))
    (plate,) = find_linked_plates(moments, camera).candidates
    middle = (outlines[0].min(axis=0) + outlines[0].max(axis=0)) / 2
    # The other find is more than a radius away; how well the outline fits hangs on NumPy's version.
    assert np.linalg.norm(plate.centres_px[0] - middle) < 0.25 * plate.radius_px


@pytest.mark.parametrize(("score", "astray"), [(0.6, 1), (0.25, 0)])
def test_a_plate_that_goes_with_him_at_neither_end_of_his_bar_is_astray(
    score: float, astray: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = GymScene(azimuth_deg=50.0)
    moments, camera = scene.jumping(room()), scene.lifter_camera()
    radius_px = 0.15 * camera.px_per_m
    places = [moment.trunk_px + [0.0, 0.4 * camera.px_per_m] for moment in moments]
    # One find must be sure to begin with, whatever all of them are together.
    found_in = [(box(at[0], at[1], radius_px, 0.4 if k == 0 else score),) for k, at in enumerate(places)]
    monkeypatch.setattr(plate_search, "detect_plates", told(moments, found_in))
    found = find_linked_plates(moments, camera)
    assert found.candidates == ()
    assert len(found.astray) == astray
    for plate in found.astray:
        assert plate.radius_px == pytest.approx(radius_px)
        assert plate.resized(np.array([2.0, 2.0])).centre_px == pytest.approx(2.0 * np.array(places))


@pytest.mark.parametrize("sides", [tuple(Side), (Side.LEFT,)], ids=["both", "one"])
def test_both_ends_of_a_bar_without_outlines_are_given_as_they_were_found(
    sides: tuple[Side, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = GymScene(azimuth_deg=50.0)
    moments, camera = scene.jumping(room()), scene.lifter_camera()
    grey = [replace(moment, rgb=np.full_like(moment.rgb, 128)) for moment in moments]
    steady = [moment.trunk_px + moments[0].shoulders_px - moments[0].trunk_px for moment in moments]
    views = [[plate_view(camera, at, side) for side in sides] for at in steady]
    found_in = [tuple(plate_in(view) for view in here) for here in views]
    monkeypatch.setattr(plate_search, "detect_plates", told(grey, found_in))
    found = find_linked_plates(grey, camera)
    assert found.candidates == ()
    assert found.astray == ()
    assert len(found.ends) == (2 if len(sides) == 2 else 0)
    places = np.array([[one.ellipse[0] for one in here] for here in found_in]).swapaxes(0, 1)
    for plate in found.ends:
        assert min(np.abs(plate.centre_px - at).max() for at in places) < 1.0


def plate_in(view: PlateView) -> PlateBox:
    """A plate of 45 cm at an end of the bar."""
    x_px, y_px = view.centre_px.tolist()
    return box(x_px, y_px, 0.225 * view.px_per_m)


def finds_at(outline: FloatArray, moment: Moment, camera: LifterCamera) -> tuple[PlateBox, PlateBox]:
    """A plate, and something beyond the end of the bar: the camera says that the bar is longer than it is."""
    near, far = (plate_view(camera, moment.shoulders_px, side).centre_px for side in (Side.LEFT, Side.RIGHT))
    outward = (near - far) / np.linalg.norm(near - far)
    low, high = outline.min(axis=0), outline.max(axis=0)
    inside_px = float((near - (low + high) / 2) @ outward)
    assert inside_px > 0.0
    beyond = 2 * near - (low + high) / 2 + 0.6 * (high - low)[1] * outward
    half = (high - low) / 2
    return PlateBox(np.concatenate([low, high]), 0.6), PlateBox(np.concatenate([beyond - half, beyond + half]), 0.7)
