"""Damage in what is no film: landmarks of other tools, calibrations, lists, options, results, the library."""

import contextlib
import copy
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from tests.support.campaign.damage import HOW, several
from tests.support.campaign.films import Films
from tests.support.campaign.inputs import Made, kind, one_of
from tests.support.pose_file_writers import WRITERS, in_space
from tests.support.rendered_clips import DATA

ODD: tuple[Any, ...] = (
    None, "", -1, 0, 1e308, -1e308, float("nan"), float("inf"), [], {}, "x" * 5000, True, [[[[]]]], 2**70, "\ud83d",
    "../../x",
    [None], {"a": None}, 1e-300, "1,5", [float("nan")] * 99,
)  # fmt: skip
"""Values of another kind, size or shape than anybody expects."""


def odd_json(rng: Generator, content: Any, most: int = 4) -> Any:
    """Replace, drop or double values somewhere in it."""
    content = copy.deepcopy(content)
    for _ in range(int(rng.integers(1, most + 1))):
        holder, key = content, None
        while isinstance(holder, dict | list) and holder:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = keys[int(rng.integers(len(keys)))]
            below = holder[key]
            if not (isinstance(below, dict | list) and below) or rng.random() < 0.2:
                break
            holder = below
        if key is None or not isinstance(holder, dict | list):
            return ODD[int(rng.integers(len(ODD)))]
        how = rng.random()
        if how < 0.6:
            holder[key] = ODD[int(rng.integers(len(ODD)))]
        elif how < 0.8:
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(int(key), holder[key])
        else:
            holder[f"{key}_"] = holder[key]
    return content


def odd_file(rng: Generator, path: Path) -> None:
    """Damage a file: its JSON by values, anything by bytes; or replace it by nothing, deep nesting, another text."""
    how = rng.random()
    if how < 0.06:
        path.write_bytes((b"", b"[" * 100_000, b"\xff\xfe\0x", b'{"a":' * 20_000, b"\0" * 100, b"null", b"1e999")[
            int(rng.integers(7))])  # fmt: skip
    elif how < 0.55 and path.suffix == ".json" and (content := json_of(path)) is not None:
        path.write_text(json.dumps(odd_json(rng, content)), encoding="utf-8")
    elif how < 0.55 and path.suffix in (".csv", ".trc", ".toml"):
        text = odd_cells(rng, path.read_text("latin-1"), "\t" if path.suffix == ".trc" else ",")
        path.write_text(text, "latin-1", errors="replace")
    else:
        path.write_bytes(several(rng, path.read_bytes() or b"\0", one_of(rng, list(HOW))))


def json_of(path: Path) -> Any:
    """Parse a file; None where it was damaged before."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return None


CELLS = ("", "nan", "inf", "-1e309", "x", "0", "-1", '"', "1e400", "9" * 400, "\0", "\u202e", "true", "[[]]", "{}")


def odd_cells(rng: Generator, text: str, mark: str) -> str:
    """Replace cells, drop or double rows and columns."""
    rows = [line.split(mark) for line in text.split("\n")]
    for _ in range(int(rng.integers(1, 6))):
        k = min(int(rng.integers(len(rows))), int(10 ** rng.uniform(0, 3)))
        row, how = rows[k], int(rng.integers(5))
        place = int(rng.integers(max(1, len(row))))
        if how == 0:
            del rows[k]
        elif how == 1:
            rows.insert(k, list(row))
        elif how == 2 and row:
            del row[place]
        else:
            row[place : place + 1] = [CELLS[int(rng.integers(len(CELLS)))]]
        if not rows:
            rows = [[""]]
    return "\n".join(mark.join(row) for row in rows)


def _truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "side_high.json").read_text())
    return found


def _register(name: str, write: Callable[[Path, dict[str, Any]], Path]) -> None:
    @kind(f"landmarks.{name}")
    def landmarks(rng: Generator, films: Films, folder: Path) -> Made:
        kept = films.folder / f"landmarks_{name}"
        if not kept.exists():
            kept.mkdir()
            write(kept, _truth())
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        path = next(one for one in sorted(folder.iterdir()) if (kept / one.name).exists())
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        for _ in range(int(rng.integers(1, 3))):
            odd_file(rng, files[int(rng.integers(len(files)))])
        method = ("side", "front")[int(rng.integers(2))]
        if name == "openpose" and rng.random() < 0.5:
            return Made(path, ("openpose", str(path), "--rate", "30", "--json"))
        return Made(path, ("judge-landmarks", str(path), "--rate", "30", "--method", method, "--json"))


for _name, (_, _write) in WRITERS.items():
    _register(_name, _write)
_register("in_space", in_space)

POSE2SIM = """[cam_01]
name = "cam_01"
size = [ 1088.0, 1920.0]
matrix = [ [ 1681.2, 0.0, 544.0], [ 0.0, 1681.2, 960.0], [ 0.0, 0.0, 1.0]]
distortions = [ -0.04, 0.1, 0.0, 0.0]
rotation = [ 1.21, -1.22, 1.19]
translation = [ 0.5, 0.2, 4.1]
fisheye = false

[cam_02]
name = "cam_02"
size = [ 1088.0, 1920.0]
matrix = [ [ 1681.2, 0.0, 544.0], [ 0.0, 1681.2, 960.0], [ 0.0, 0.0, 1.0]]
distortions = [ -0.04, 0.1, 0.0, 0.0]
rotation = [ 1.6, -0.2, 0.19]
translation = [ -0.5, 0.2, 3.1]
fisheye = false

[metadata]
adjusted = false
error = 0.3
"""
CAMERA = {"image_size": [640, 480], "intrinsics": [[600, 0, 320], [0, 600, 240], [0, 0, 1]], "distortion": [0.1, 0,
0, 0],
          "rotation": [[1, 0, 0], [0, 0, -1], [0, 1, 0]], "translation": [0.1, 0.2, 4]}  # fmt: skip
PLAIN = {"cameras": {"a": CAMERA, "b": {**CAMERA, "translation": [0.5, 0.2, 3]}}, "up_in_world": [0, 0, 1]}


@kind("calibration.toml", "calibration.json", "calibration.pickle")
def calibration(rng: Generator, films: Films, folder: Path) -> Made:
    """A calibration of cameras, and films of theirs that are not there."""
    form = int(rng.integers(3))
    path = folder / ("cameras.toml", "cameras.json", "opencap")[form]
    if form == 0:
        path.write_text(POSE2SIM)
    elif form == 1:
        path.write_text(json.dumps(PLAIN))
    else:
        own = path / "Cam0" / "cameraIntrinsicsExtrinsics.pickle"
        own.parent.mkdir(parents=True)
        own.write_bytes(_pickle(rng))
    odd_file(rng, own if form == 2 else path)
    return Made(path, ("multiview", "none_1.mp4", "none_2.mp4", "--calibration", str(path)))


def _pickle(rng: Generator) -> bytes:
    import pickle  # noqa: PLC0415

    def hostile() -> Any:
        class Runs:
            def __reduce__(self) -> tuple[Any, ...]:
                return (print, ("this must not run",))

        return Runs()

    arrays = {
        "imageSize": np.array([[1280], [720]]), "intrinsicMat": np.eye(3) * 800, "distortion": np.zeros((1, 5)),
        "rotation": np.eye(3), "translation": np.zeros((3, 1)),
    }  # fmt: skip
    return pickle.dumps(hostile() if rng.random() < 0.1 else odd_json(rng, arrays) if rng.random() < 0.5 else arrays)


OPTIONS = (
    '[judge]\nheight = 180\nsure = 0.7\nrules = "ipf"\nlifter = "auto"\nplate-cm = 45\nrotate = 90\nquiet = true\n'
)


@kind("options.toml")
def options(rng: Generator, films: Films, folder: Path) -> Made:
    """A file of options."""
    path = folder / "depthperception.toml"
    path.write_text(OPTIONS)
    odd_file(rng, path)
    return Made(path, ("judge", str(folder / "none.mp4")), (("DEPTHPERCEPTION_CONFIG", str(path)),))


@kind("options.variables")
def variables(rng: Generator, films: Films, folder: Path) -> Made:
    """Options in the environment."""
    name = one_of(rng, ("HEIGHT", "SURE", "RULES", "LIFTER", "PLATE_CM", "ROTATE", "PICK", "SPEED", "METHOD", "POSE"))
    value = str(ODD[int(rng.integers(len(ODD)))]).replace("\0", "").encode(errors="replace").decode()
    return Made(folder, ("judge", str(folder / "none.mp4")), ((f"DEPTHPERCEPTION_JUDGE_{name}", value),))


@kind("lists.labels", "lists.packed")
def labelled(rng: Generator, films: Films, folder: Path) -> Made:
    """Labelled landmarks to train on: a list and frames."""
    root = folder / "data"
    frames = rng.normal(0.5, 0.1, (2, 6, 33, 4))
    for clip, points in enumerate(frames):
        (root / f"c{clip}").mkdir(parents=True)
        for number, one in enumerate(points):
            np.save(root / f"c{clip}" / f"{number}.npy", one.ravel())
    (root / "labels.csv").write_text("clip,label,lifter,recording\nc0,valid,a,1\nc1,invalid,b,2\n")
    files = sorted(root.rglob("*.npy"))
    odd_file(rng, root / "labels.csv" if rng.random() < 0.5 else files[int(rng.integers(len(files)))])
    if rng.random() < 0.3:
        root = folder / "packed.npz"
        arrays = {"landmarks": frames.reshape(12, 33, 4), "offsets": np.array([0, 6, 12]), "label": np.array([1, 0]),
                  "clip_id": np.array(["a", "b"])}  # fmt: skip
        name = one_of(rng, list(arrays))
        arrays[name] = (arrays[name][:1], arrays[name].ravel()[:5].astype(str), np.zeros((0, 3)), np.array(7))[
            int(rng.integers(4))
        ]
        np.savez(root, **arrays)  # type: ignore[arg-type]
        if rng.random() < 0.4:
            odd_file(rng, root)
    return Made(root, ("dataset", str(root)))


@kind("results.judgement", "results.landmarks")
def results(rng: Generator, films: Films, folder: Path) -> Made:
    """A folder of results, from which a table is exported, or over which something is written."""
    kept = films.folder / "results"
    if not kept.exists():
        from depthperception.pose.track import PoseTrack  # noqa: PLC0415

        kept.mkdir()
        shutil.copy(DATA / "demo_judgement.json", kept / "judgement.json")
        count = 40
        generator = np.random.default_rng(1)
        track = PoseTrack(
            times_s=np.arange(count) / 8, image_px=generator.uniform(0, 500, (count, 33, 2)),
            world_m=generator.normal(0, 0.5, (count, 33, 3)), visibility=np.ones((count, 33)), presence=np.ones(count),
            noise_px=np.ones((count, 33)), regions=np.ones((count, 4)),
        )  # fmt: skip
        track.save(kept / "landmarks.npz", frame_times_s=np.arange(150) / 30)
    out = folder / "squat.judged"
    shutil.copytree(kept, out)
    odd_file(rng, out / one_of(rng, ("judgement.json", "landmarks.npz")))
    return Made(out, ("export", str(out), "-o", str(folder / "table.csv"), "-q"))


@kind("results.packet")
def packet(rng: Generator, films: Films, folder: Path) -> Made:
    """An appeal packet that does not hold."""
    from depthperception.packet.archive import archived  # noqa: PLC0415

    video = films.path("h264.mp4")
    judgement = json.loads((DATA / "demo_judgement.json").read_text())
    facts = {
        "attempt": 1,
        "video": {"sha256": "0" * 64, "name": "a.mp4"},
        "command": "x",
        "provenance": {},
        "notes": [],
    }
    members = {"judgement.json": json.dumps(odd_json(rng, judgement)).encode(errors="replace"), "sheet.html": b"<p>"}
    path = folder / "packet.zip"
    path.write_bytes(archived(members, odd_json(rng, facts) if rng.random() < 0.5 else facts) if rng.random() < 0.7
                     else several(rng, archived(members, facts), one_of(rng, list(HOW))))  # fmt: skip
    return Made(path, ("packet", "verify", str(path), str(video)))


@kind("library.database")
def library(rng: Generator, films: Films, folder: Path) -> Made:
    """The page's library: bytes of its file, or rows of its tables."""
    from depthperception.web.store import Store  # noqa: PLC0415
    from tests.support.web_runners import ATTEMPT  # noqa: PLC0415

    path = folder / "library.db"
    store = Store(f"sqlite:///{path}")
    one = store.add(
        "squat.mp4", sha256="00", size_bytes=1, playable=True, method="calibrated", height_cm=None, pick=None
    )
    store.take_next()
    store.finish(one.id, [ATTEMPT], status="judged", reason=None)
    store.close()
    if rng.random() < 0.5:
        path.write_bytes(several(rng, path.read_bytes(), one_of(rng, list(HOW))))
        return Made(path, ("library", str(path)))
    with sqlite3.connect(path) as database:
        names = [row[0] for row in database.execute("select name from sqlite_master where type='table'")]
        table = one_of(rng, names)
        columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
        column = one_of(rng, columns)
        odd = (None, "", "x", -1, b"\xff\xfe", 1e308, "[", "null")[int(rng.integers(8))]
        statement = (f"update {table} set {column} = ?", f"drop table {table}", f"alter table {table} drop {column}")
        how = int(rng.integers(3)) if rng.random() < 0.4 else 0
        with contextlib.suppress(sqlite3.Error):
            database.execute(statement[how], (odd,) if how == 0 else ())
    return Made(path, ("library", str(path)))
