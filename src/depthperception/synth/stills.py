"""Pictures with truth: the way from a scenario to what a camera sees at a moment.

>>> studio = Studio()
>>> still = studio.still(sample_scenario(7), "bottom")
>>> still.picture, still.truth.depth_cm, still.camera.K
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth import finish
from depthperception.synth.attempt import Performance, perform
from depthperception.synth.body import Body, make_body, rig
from depthperception.synth.bystanders import moves, place, pose_of
from depthperception.synth.clothes import dress
from depthperception.synth.motion import Pose
from depthperception.synth.renderer import Renderer
from depthperception.synth.scenario import (
    Attempt,
    Barbell,
    BodyShape,
    Clothes,
    Person,
    Room,
    Scenario,
    Style,
    Viewpoint,
)
from depthperception.synth.scene import Mesh, barbell_mesh, floor_mesh, room_mesh
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.synth.truth import Truth, measure
from depthperception.synth.viewpoint import pinhole, shake
from depthperception.types import FloatArray, Picture

Moment = Literal["standing", "bottom"]


@dataclass(frozen=True, eq=False)
class Still:
    """An upright RGB picture, and what is true in it."""

    picture: Picture
    truth: Truth
    camera: PinholeCamera
    time_s: float


@lru_cache(maxsize=4)
def performance(body: BodyShape, style: Style, attempt: Attempt) -> Performance:
    """Solve an attempt, once for all cameras that look at it."""
    return perform(make_body(body), style, attempt)


def performance_of(scenario: Scenario) -> Performance:
    """The attempt of a scenario: poses, truth and bottoms over time."""
    return performance(scenario.body, scenario.style, scenario.attempt)


class Studio:
    """Draws scenarios. Keeps meshes, and the background, while the next still shares them.

    Cheapest order: all moments of one viewpoint, then the next viewpoint of the same scenario, then the next scenario.

    Parameters
    ----------
    samples
        Samples per pixel: 4 for pictures to look at, 0 for speed.
    """

    def __init__(self, samples: int = 4) -> None:
        self._renderer = Renderer(samples)
        self._cast: tuple[BodyShape, Clothes, tuple[Person, ...]] | None = None
        self._view: tuple[Viewpoint, Room, float] | None = None
        self._camera = pinhole(Viewpoint())

    def still(self, scenario: Scenario, moment: Moment | float = "bottom", rep: int = 0) -> Still:
        """Picture and truth at the bottom of a rep, when standing, or at any time in seconds.

        Raises
        ------
        OptionError
            The scenario's depth is out of the body's reach.
        """
        acted = performance_of(scenario)
        time_s = _when(acted, moment, rep)
        self._set_cast(scenario)
        self._set_view(scenario, time_s)
        pose = acted.pose(time_s)
        self._renderer.move_body("lifter", dressed_skin(acted.body, scenario.clothes, pose))
        for i, person in enumerate(scenario.people):
            if moves(person):
                self._renderer.move_body(f"person {i}", skin_of(person, acted, time_s))
            if person.barbell is not None:
                self._renderer.put_thing(f"barbell {i}", barbell_of(person, acted, time_s))
        self._renderer.put_thing("barbell", barbell_mesh(scenario.barbell, pose))
        self._renderer.cast_shadows(scenario.light)
        raw = self._renderer.draw(self._camera, scenario.room, scenario.mirror)
        picture = finish.apply(raw, scenario.finish, (scenario.seed, round(time_s * 1e6)))
        return Still(picture, measure(acted.body, pose), self._camera, time_s)

    def depth_m(self) -> FloatArray:
        """How far (height, width) what the last still shows lies along the camera's axis, in metres."""
        return self._renderer.depth_m(self._camera)

    def _set_view(self, scenario: Scenario, time_s: float) -> None:
        view = (scenario.viewpoint, scenario.room, time_s if scenario.viewpoint.shake_deg > 0.0 else 0.0)
        if self._view == view:
            return
        self._view = view
        self._camera = pinhole(scenario.viewpoint, shake(scenario.viewpoint, scenario.seed, time_s))
        self._renderer.put_thing("room", room_mesh(scenario.room, self._camera.position_m))
        self._renderer.put_thing("floor", floor_mesh(scenario.room, self._camera.position_m))

    def _set_cast(self, scenario: Scenario) -> None:
        cast = (scenario.body, scenario.clothes, scenario.people)
        if self._cast == cast:
            return
        self._cast = cast
        self._renderer.clear()
        self._view = None
        everyone = [("lifter", scenario.body, scenario.clothes)]
        everyone += [(f"person {i}", person.body, person.clothes) for i, person in enumerate(scenario.people)]
        for name, shape, clothes in everyone:
            body = make_body(shape)
            self._renderer.put_body(name, body.vertices, dress(body, clothes), clothes)
        acted = performance_of(scenario)
        for i, person in enumerate(scenario.people):
            self._renderer.move_body(f"person {i}", skin_of(person, acted, 0.0))


def _when(acted: Performance, moment: Moment | float, rep: int) -> float:
    if moment == "bottom":
        return acted.bottoms_s[rep]
    return acted.standing_s if moment == "standing" else float(moment)


@lru_cache(maxsize=8)
def dressed_skin(body: Body, clothes: Clothes, pose: Pose) -> FloatArray:
    """Skin and cloth (13718, 3) of a body in a pose."""
    bones = dual_quaternions(body.heads, pose.rotations, pose.origins)
    return skin(bones, rig().weights, dress(body, clothes).vertices)


def skin_of(person: Person, acted: Performance, time_s: float) -> FloatArray:
    """Skin and cloth (13718, 3) of someone else, in the world."""
    vertices = dressed_skin(make_body(person.body), person.clothes, pose_of(person, acted, time_s))
    return place(person, vertices, time_s, acted.duration_s)


def barbell_of(person: Person, acted: Performance, time_s: float) -> Mesh:
    """The bar that someone else has, in the world."""
    mesh = barbell_mesh(person.barbell or Barbell(), pose_of(person, acted, time_s))
    points = place(person, mesh.points, time_s, acted.duration_s)
    ends = place(person, mesh.points + mesh.normals, time_s, acted.duration_s)
    return Mesh(points, ends - points, mesh.colours, mesh.kinds, mesh.faces)
