"""What is kept of a judged clip, so that tables are made again without judging again."""

import hashlib
import json
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import depthperception
from depthperception import Pick, examine
from depthperception.json_types import plain

Record = dict[str, Any]

CODE = (".py", ".npz", ".onnx", ".json")
"""Files of the package on which a judgement rests."""


@cache
def code_digest() -> str:
    """Twelve digits of the hash of the package's sources and weights: when any changes, all is judged again."""
    folder = Path(depthperception.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.suffix in CODE):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def recorded(clip: Path, folder: Path, code: str | None = None, **options: Any) -> Record:
    """What was said of a clip by this state of the code, now or before; `code` names an earlier state to read only.

    `options` are those of `examine`; a pick is x and y in px and its time in s.
    """
    asked = "".join(f"-{key}-{value}" for key, value in sorted(options.items())).replace(" ", "")
    name = f"{clip.name}.{hashlib.sha256(clip.read_bytes()).hexdigest()[:12]}{asked}.json"
    kept = folder / (code or code_digest()) / name
    if not kept.exists():
        if code:
            raise FileNotFoundError(f"{clip.name} was not judged by {code}: {kept} is missing")
        kept.parent.mkdir(parents=True, exist_ok=True)
        record = {**judged(clip, **options), "code": code_digest()}
        kept.write_text(json.dumps(record, allow_nan=False), encoding="utf-8")
        print(f"{clip.name}: {record['cpu_s']:.1f} s of processor", file=sys.stderr, flush=True)
    found: Record = json.loads(kept.read_text(encoding="utf-8"))
    return found


def judged(clip: Path, **options: Any) -> Record:
    """Judge a clip; times in s, places in px of the upright picture, null where something is not seen."""
    start_s, start_cpu_s = time.perf_counter(), time.process_time()
    asked: Record = {key: Pick(*value) if key == "pick" else value for key, value in options.items()}
    examination = examine(clip, **asked)
    wall_s, cpu_s = time.perf_counter() - start_s, time.process_time() - start_cpu_s
    people = [
        {"times_s": _list(person.times_s), "boxes_px": [_list(one.box_px) for one in person.people]}
        for person in examination.people
    ]
    plates = [
        [
            {
                "side": plate.side.word,
                "times_s": _list(plate.times_s),
                "centre_px": [_list(at) for at in plate.centre_px],
                "radius_px": _list(plate.radius_px),
                "axes_px": [_list(axis) for axis in plate.axes_px],
            }
            for plate in plates
        ]
        for plates in examination.plates
    ]
    return {
        "clip": clip.name,
        "options": options,
        "judgement": examination.judgement.to_dict(),
        "chosen": examination.chosen,
        "people": people,
        "plates": plates,
        "cpu_s": round(cpu_s, 2),
        "wall_s": round(wall_s, 2),
    }


def _list(values: Any) -> Any:
    return plain(np.asarray(values, dtype=np.float64).tolist())
