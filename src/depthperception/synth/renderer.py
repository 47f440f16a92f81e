"""Drawing with OpenGL 3.3 through EGL: software rendering is enough, no display is needed."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any

import cv2
import numpy as np

from depthperception.errors import MissingExtraError
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth.body import rig
from depthperception.synth.clothes import Dressed
from depthperception.synth.geometry import unit
from depthperception.synth.mirror import corners, reflected, through_glass
from depthperception.synth.scenario import Clothes, Light, Mirror, Room
from depthperception.synth.scene import Mesh
from depthperception.types import FloatArray, Picture

SHADOW_PX = 1024
NEAR_M, FAR_M = 0.05, 40.0
SHADOW_REACH_M = 2.4
"""Half the width of the square, seen from the lamp, in which shadows fall: lifter, bar and spotters."""

_SHADERS = files("depthperception.synth") / "shaders"


@dataclass(eq=False)
class _Drawable:
    """One mesh on the card: `moving` is rewritten as it moves; `owned` goes with the mesh."""

    moving: Any
    seen: Any
    shadow: Any
    uniforms: dict[str, Any]
    owned: tuple[Any, ...]


class Renderer:
    """One OpenGL context for any number of scenes and picture sizes.

    Parameters
    ----------
    samples
        Samples per pixel against jagged edges: 4 for clips to look at, 0 for speed.

    Raises
    ------
    MissingExtraError
        moderngl, EGL or an OpenGL driver is not installed.
    """

    def __init__(self, samples: int = 4) -> None:
        self._gl, self._moderngl = _context()
        self._samples = min(samples, int(self._gl.max_samples))
        self._body = self._program("body")
        self._thing = self._program("thing")
        self._shadow = self._program("shadow")
        self._glass = self._program("mirror")
        self._targets: dict[tuple[int, int], tuple[Any, Any, Any]] = {}
        self._reflections: dict[tuple[int, int], tuple[Any, Any]] = {}
        self._drawables: dict[str, _Drawable] = {}
        self._background_of: tuple[PinholeCamera, Light] | None = None
        self._light = Light()
        self._shadow_map = self._gl.depth_texture((SHADOW_PX, SHADOW_PX))
        self._shadow_map.compare_func = ""
        self._shadow_target = self._gl.framebuffer(depth_attachment=self._shadow_map)
        self._noise = self._noise_texture()
        faces = rig().faces.astype("i4")
        self._body_faces = self._gl.buffer(faces.tobytes())

    def clear(self) -> None:
        """Forget every mesh."""
        for name in list(self._drawables):
            self.remove(name)

    def remove(self, name: str) -> None:
        """Forget one mesh."""
        drawable = self._drawables.pop(name, None)
        if drawable is not None:
            for part in (drawable.seen, drawable.shadow, *drawable.owned):
                part.release()

    def put_thing(self, name: str, mesh: Mesh) -> None:
        """Add or replace a rigid mesh. The name "room" is background: drawn once per camera, casts no shadow."""
        self.remove(name)
        rows = np.concatenate([mesh.points, mesh.normals, mesh.colours, mesh.kinds[:, None]], axis=1)
        data, faces = self._gl.buffer(_bytes(rows)), self._gl.buffer(mesh.faces.astype("i4").tobytes())
        seen = self._gl.vertex_array(
            self._thing, [(data, "3f 3f 3f 1f", "position", "normal", "colour", "kind")], faces
        )
        shadow = self._gl.vertex_array(self._shadow, [(data, "3f 28x", "position")], faces)
        self._drawables[name] = _Drawable(data, seen, shadow, {}, (data, faces))
        if name == "room":
            self._background_of = None

    def put_body(self, name: str, rest: FloatArray, dressed: Dressed, clothes: Clothes) -> None:
        """Add a body; its pose comes with `move_body`."""
        self.remove(name)
        moving = self._gl.buffer(reserve=len(rest) * 24, dynamic=True)
        still = self._gl.buffer(_bytes(np.concatenate([rest, dressed.zones], axis=1)))
        seen = self._gl.vertex_array(
            self._body,
            [(moving, "3f 3f", "position", "normal"), (still, "3f 4f 4f", "rest", "zonesA", "zonesB")],
            self._body_faces,
        )
        shadow = self._gl.vertex_array(self._shadow, [(moving, "3f 12x", "position")], self._body_faces)
        self._drawables[name] = _Drawable(moving, seen, shadow, _colours(clothes), (moving, still))

    def move_body(self, name: str, vertices: FloatArray) -> None:
        """Give a body its skin (13718, 3) in the world."""
        self._drawables[name].moving.write(_bytes(np.concatenate([vertices, rig().normals(vertices)], axis=1)))

    def cast_shadows(self, light: Light) -> None:
        """Draw the shadow map of all meshes but the background; call after moving things, before drawing."""
        azimuth, elevation = np.radians([light.azimuth_deg, light.elevation_deg])
        level = np.cos(elevation)
        lamp = np.array([-np.sin(azimuth) * level, np.cos(azimuth) * level, np.sin(elevation)])
        view = _lamp_view(lamp)
        self._light = light
        self._gl.enable(self._moderngl.DEPTH_TEST)
        self._shadow_target.use()
        self._shadow_target.clear()
        self._shadow["lampProjection"].write(_bytes(view.T))
        for name, drawable in self._drawables.items():
            if name != "room":
                drawable.shadow.render()
        for program in (self._body, self._thing):
            program["lampProjection"].write(_bytes(view.T))
            _set(program, _lighting(light, lamp))

    def draw(self, camera: PinholeCamera, room: Room, mirror: Mirror | None = None) -> Picture:
        """Picture (height, width, 3) of all meshes; the background is reused while camera and room are the same."""
        multi, plain, background = self._target(camera.width_px, camera.height_px)
        self._shadow_map.use(0)
        self._noise.use(1)
        _set(self._thing, {"floorPattern": room.floor_pattern, "wallPattern": room.wall_pattern})
        self._gl.enable(self._moderngl.DEPTH_TEST)
        clip = _projection(camera)
        if mirror is not None:
            self._reflect(camera, mirror, clip)
        self._look(clip, camera.position_m)
        key = (camera, self._light)
        if self._background_of != key:
            background.use()
            background.clear(0.5, 0.52, 0.55)
            self._drawables["room"].seen.render()
            self._background_of = key
        self._gl.copy_framebuffer(multi, background)
        multi.use()
        self._draw_all_but("room")
        if mirror is not None:
            self._hang(mirror, clip)
        self._gl.copy_framebuffer(plain, multi)
        rows = np.frombuffer(plain.read(components=3), np.uint8)
        return np.ascontiguousarray(rows.reshape(camera.height_px, camera.width_px, 3)[::-1])

    def depth_m(self, camera: PinholeCamera) -> FloatArray:
        """How far (height, width) what `draw` last drew for a camera lies along the camera's axis, in metres."""
        _, plain, _ = self._target(camera.width_px, camera.height_px)
        rows = np.frombuffer(plain.read(components=1, attachment=-1, dtype="f4"), np.float32)
        stored = 2.0 * rows.reshape(camera.height_px, camera.width_px)[::-1].astype(np.float64) - 1.0
        return np.asarray(2.0 * FAR_M * NEAR_M / (FAR_M + NEAR_M - stored * (FAR_M - NEAR_M)))

    def _look(self, clip: FloatArray, eye_m: FloatArray) -> None:
        for program in (self._body, self._thing):
            program["viewProjection"].write(_bytes(clip.T))
            _set(program, {"eye": tuple(eye_m), "shadowMap": 0, "noiseMap": 1})

    def _draw_all_but(self, left_out: str = "") -> None:
        for name, drawable in self._drawables.items():
            if name != left_out:
                _set(self._body, drawable.uniforms)
                drawable.seen.render()

    def _reflect(self, camera: PinholeCamera, mirror: Mirror, clip: FloatArray) -> None:
        """Draw what the mirror shows, for the whole picture, as if the glass were as large."""
        multi, _, _ = self._target(camera.width_px, camera.height_px)
        resolved, texture = self._reflection(camera.width_px, camera.height_px)
        self._look(through_glass(mirror, clip, camera), reflected(mirror, camera.position_m))
        multi.use()
        multi.clear(0.5, 0.52, 0.55)
        self._draw_all_but()
        self._gl.copy_framebuffer(resolved, multi)
        texture.use(2)

    def _hang(self, mirror: Mirror, clip: FloatArray) -> None:
        """Draw the glass with the reflection in it."""
        data = self._gl.buffer(_bytes(corners(mirror)))
        glass = self._gl.vertex_array(self._glass, [(data, "3f", "position")])
        self._glass["viewProjection"].write(_bytes(clip.T))
        _set(self._glass, {"reflectionMap": 2})
        glass.render(self._moderngl.TRIANGLE_FAN)
        glass.release()
        data.release()

    def _reflection(self, width: int, height: int) -> tuple[Any, Any]:
        if (width, height) not in self._reflections:
            texture = self._gl.texture((width, height), 3)
            depth = self._gl.depth_renderbuffer((width, height))
            self._reflections[(width, height)] = self._gl.framebuffer([texture], depth), texture
        return self._reflections[(width, height)]

    def _target(self, width: int, height: int) -> tuple[Any, Any, Any]:
        if (width, height) not in self._targets:
            size = (width, height)

            def make(samples: int) -> Any:
                colour = self._gl.renderbuffer(size, 3, samples=samples)
                return self._gl.framebuffer([colour], self._gl.depth_renderbuffer(size, samples=samples))

            self._targets[size] = (make(self._samples), make(0), make(self._samples))
        return self._targets[(width, height)]

    def _program(self, name: str) -> Any:
        lighting = (_SHADERS / "lighting.glsl").read_text()
        vertex, fragment = ((_SHADERS / f"{name}.{part}").read_text() for part in ("vert", "frag"))
        return self._gl.program(vertex_shader=vertex, fragment_shader=fragment.replace("//lighting", lighting))

    def _noise_texture(self) -> Any:
        """A tile of cloudy (red) and grainy (green) noise for cloth, skin and walls."""
        rng = np.random.default_rng(1)
        size = 512
        clouds = np.zeros((size, size))
        for octave, share in ((16, 0.5), (32, 0.25), (64, 0.15), (128, 0.1)):
            tile = np.pad(rng.random((octave, octave)), ((0, 1), (0, 1)), mode="wrap")
            side = size + size // octave
            clouds += share * cv2.resize(tile, (side, side), interpolation=cv2.INTER_CUBIC)[:size, :size]
        both = np.stack([np.clip(clouds, 0.0, 1.0), rng.random((size, size))], axis=-1) * 255.0
        texture = self._gl.texture((size, size), 2, both.astype(np.uint8).tobytes())
        texture.build_mipmaps()
        texture.filter = (self._moderngl.LINEAR_MIPMAP_NEAREST, self._moderngl.LINEAR)
        return texture


def _context() -> tuple[Any, Any]:
    """Return an OpenGL context without a window, and the moderngl module."""
    advice = "run `pip install depthperception[synth]` and, on Debian, `apt-get install libegl1 libgl1-mesa-dri`"
    try:
        import moderngl  # noqa: PLC0415
    except ImportError as problem:
        message = f"the package moderngl is missing; rendering needs OpenGL 3.3 through EGL; {advice}"
        raise MissingExtraError(message) from problem
    try:
        backend: dict[str, Any] = {"backend": "egl"} if sys.platform == "linux" else {}
        return moderngl.create_context(require=330, standalone=True, **backend), moderngl
    except Exception as problem:  # moderngl and glcontext raise bare Exception
        message = f"OpenGL does not start ({problem}); rendering needs OpenGL 3.3 through EGL; {advice}"
        raise MissingExtraError(message) from problem


def _bytes(a: FloatArray) -> bytes:
    return np.ascontiguousarray(a, dtype="f4").tobytes()


def _set(program: Any, values: Mapping[str, Any]) -> None:
    """Set the uniforms that the driver kept; it drops those that a shader does not use."""
    for name, value in values.items():
        if name in program:
            program[name] = value


def _colours(clothes: Clothes) -> dict[str, Any]:
    """Return the uniforms of a body: `skin_colour` is the shader's `skinColour`."""
    names = [f.name for f in fields(clothes) if f.name.endswith("_colour")]
    colours = {name.replace("_colour", "Colour"): getattr(clothes, name) for name in names}
    return {**colours, "stripes": clothes.stripes}


def _lighting(light: Light, lamp: FloatArray) -> dict[str, Any]:
    return {
        "lampDirection": tuple(lamp),
        "keyLight": light.key,
        "ambientLight": light.ambient,
        "fillLight": light.fill,
        "exposure": light.exposure,
        "lightCast": light.cast,
    }


def _lamp_view(lamp: FloatArray) -> FloatArray:
    """Orthographic projection along the lamp's rays, centred on the lifter."""
    u = unit(np.cross([0.0, 1.0, 0.0], lamp))
    axes = np.stack([u, np.cross(lamp, u), lamp])
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = axes, -axes @ np.array([0.0, 0.0, 0.8])
    return np.diag([1.0 / SHADOW_REACH_M, 1.0 / SHADOW_REACH_M, -1.0 / 5.0, 1.0]) @ view


def _projection(camera: PinholeCamera) -> FloatArray:
    """OpenGL's clip matrix of an OpenCV camera."""
    w, h, k = camera.width_px, camera.height_px, camera.K
    depth = FAR_M - NEAR_M
    clip = np.array(
        [
            [2.0 * k[0, 0] / w, 0.0, 2.0 * k[0, 2] / w - 1.0, 0.0],
            [0.0, -2.0 * k[1, 1] / h, 1.0 - 2.0 * k[1, 2] / h, 0.0],
            [0.0, 0.0, (FAR_M + NEAR_M) / depth, -2.0 * FAR_M * NEAR_M / depth],
            [0.0, 0.0, 1.0, 0.0],
        ]
    )
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = camera.R, camera.t
    return clip @ view
