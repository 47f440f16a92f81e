"""Judge the demo clip from every pose source, and write the table of docs/networks.md.

    python -m benchmarks.pose_sources [--out docs/networks.md]

The tests' tiny networks find the dots that are painted at the truth's joints, and the tests' writers lay the same truth
out as other tools do: what is measured is the way from a source's output to centimetres, not a network.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tests.support.painted_networks import KINDS, dotted, truth_px, write_network
from tests.support.pose_file_writers import WRITERS, in_space

from depthperception.pipeline import examine
from depthperception.planar.files import judge_landmarks
from depthperception.results import Reading

DEMO = Path(__file__).parents[1] / "src" / "depthperception" / "demo" / "squat.mp4"
HEIGHT_CM = 178.0
BEGIN, END = "<!-- pose_sources: begin -->\n", "<!-- pose_sources: end -->\n"


def main() -> None:
    """Run from the command line, in the root of the repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/networks.md"))
    out = parser.parse_args().out
    rows = ["| source | side, cm | off the geometry, cm |", "| --- | --- | --- |", *rows_of()]
    text = out.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    out.write_text(before + BEGIN + "\n".join(rows) + "\n" + END + after, encoding="utf-8")


def rows_of() -> Iterator[str]:
    """Give a row for each source."""
    truth = json.loads(DEMO.with_suffix(".json").read_text(encoding="utf-8"))
    _, px = truth_px(truth)
    tall_px = (px[:, [27, 28], 1].mean(axis=1) - px[:, [0, 2, 5], 1].min(axis=1)).max() / 0.89
    lowest = int(px[:, [23, 24], 1].mean(axis=1).argmax())
    geometry_cm = float((px[lowest, [23, 24], 1] - px[lowest, [25, 26], 1]).mean() * HEIGHT_CM / tall_px)
    yield f"| geometry of the truth, in the picture | {geometry_cm:.2f} | |"
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield row("BlazePose", examined(DEMO), geometry_cm)
        film = dotted(DEMO, folder / "dotted.mp4")
        for kind in KINDS:
            network = write_network(folder / f"{kind}.onnx", kind)
            yield row(f"network, {kind}", examined(film, str(network)), geometry_cm)
        for kind, (tool, write) in WRITERS.items():
            (folder / kind).mkdir()
            path = write(folder / kind, truth)
            (attempt,) = judge_landmarks(path, rate_hz=30.0, height_cm=HEIGHT_CM).attempts
            yield row(f"file of {tool}, {kind}", attempt.measurements["side"], geometry_cm)
        heights = [[truth["frames"][lowest][joint][side][2] for side in ("left", "right")] for joint in ("knee", "hip")]
        in_space_cm = float(100.0 * np.mean(np.array(heights[0]) - np.array(heights[1])))
        (attempt,) = judge_landmarks(in_space(folder, truth)).attempts
        yield row(f"TRC in space (there the truth is {in_space_cm:.2f})", attempt.measurements["side"], in_space_cm)


def examined(film: Path, pose: str = "blazepose") -> Reading:
    """Judge a film by a network; what the side method says."""
    (attempt,) = examine(film, height_cm=HEIGHT_CM, pose=pose).judgement.attempts
    return attempt.measurements["side"]


def row(source: str, side: Reading, truth_cm: float) -> str:
    """Lay out one."""
    assert side.cm is not None
    return f"| {source} | {side.cm:.2f} | {side.cm - truth_cm:+.2f} |"


if __name__ == "__main__":
    main()
