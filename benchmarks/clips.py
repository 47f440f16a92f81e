"""Judge a folder of labelled clips: are the bottoms found, is nothing found where nobody squats, who is right.

    python benchmarks/clips.py FOLDER

FOLDER holds clips with the truth that `depthperception render` writes beside them, or a labels.json:

    {"clip.mp4": {"reps": [{"bottom_s": 2.1, "depth": true, "confidence": 0.8}, ...]}, "bench.mp4": {"reps": []}}

`depth` may be null where nobody could tell. Labels of a confidence below .65 are left out.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from depthperception.pipeline import examine
from depthperception.results import AttemptJudgement, Judgement

NEAR_S = 0.25
LEAST_CONFIDENCE = 0.65
CALLED = ("depth", "no_depth")
METHODS = ("calibrated", "appearance", "gravity", "side", "floor_plane")


@dataclass(frozen=True)
class Rep:
    """A labelled rep; `depth` is None where it was not labelled, and a pause is bottom from its start to its end."""

    bottom_s: float
    depth: bool | None
    pause_s: float = 0.0

    def off_s(self, time_s: float) -> float:
        """How far a time is from the bottom."""
        return max(self.bottom_s - time_s, time_s - self.bottom_s - self.pause_s, 0.0)


def labels(folder: Path) -> dict[Path, list[Rep]]:
    """Labelled reps of every clip in a folder."""
    by_hand = folder / "labels.json"
    if by_hand.exists():
        content = json.loads(by_hand.read_text(encoding="utf-8"))
        return {folder / name: _by_hand(entry["reps"]) for name, entry in content.items()}
    found = {}
    for truth in sorted(folder.glob("*.json")):
        content = json.loads(truth.read_text(encoding="utf-8"))
        asked = content["scenario"]["attempt"]["reps"]
        found[truth.with_suffix(".mp4")] = [
            Rep(rep["bottom_s"], rep["depth_cm"]["mean"] > 0, drawn["pause_s"])
            for rep, drawn in zip(content["reps"], asked, strict=True)
        ]
    return found


def _by_hand(reps: list[dict[str, float]]) -> list[Rep]:
    sure = [rep for rep in reps if rep.get("confidence", 1.0) >= LEAST_CONFIDENCE]
    return [Rep(rep["bottom_s"], bool(rep["depth"]) if rep.get("depth") is not None else None) for rep in sure]


def matched(judgement: Judgement, rep: Rep) -> AttemptJudgement | None:
    """The attempt whose bottom is the rep's."""
    near = [a for a in judgement.attempts if rep.off_s(a.bottom_s) <= NEAR_S]
    return min(near, key=lambda attempt: rep.off_s(attempt.bottom_s)) if near else None


def main(folder: Path) -> None:
    """Print a line for each clip, and the sums."""
    found = wanted = extra = refused = called = 0
    right = dict.fromkeys(METHODS, 0)
    told = dict.fromkeys(METHODS, 0)
    for clip, reps in labels(folder).items():
        judgement = examine(clip).judgement
        pairs = [(rep, matched(judgement, rep)) for rep in reps]
        wanted += len(reps)
        found += sum(attempt is not None for _, attempt in pairs)
        extra += max(0, len(judgement.attempts) - len(reps))
        words = []
        for rep, attempt in pairs:
            if attempt is None or rep.depth is None:
                continue
            refused += attempt.verdict not in CALLED
            called += attempt.verdict in CALLED
            wrong = attempt.verdict == ("no_depth" if rep.depth else "depth")
            words.append(f"{attempt.verdict}{' (wrong)' if wrong else ''}")
            for name in METHODS:
                probability = attempt.measurements[name].probability
                if probability is not None:
                    told[name] += 1
                    right[name] += (probability > 0.5) == rep.depth
        print(
            f"{clip.name:<32} reps {len(reps):2d}  attempts {len(judgement.attempts):2d}  {', '.join(words)}",
            flush=True,
        )
    print(f"bottoms found within {NEAR_S} s: {found} of {wanted}; attempts too many: {extra}")
    print(f"called {called}, too close or refused {refused}")
    for name in METHODS:
        print(f"{name:<12} right on {right[name]} of {told[name]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
