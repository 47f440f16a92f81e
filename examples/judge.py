"""Judge a squat and say what was found.

python examples/judge.py squat.mp4 180
"""

import sys

import depthperception


def main(video: str, height_cm: float | None = None) -> None:
    """Print verdict, depth and reason of every attempt."""
    judgement = depthperception.judge(video, height_cm=height_cm)
    print(judgement.status, judgement.reason or "")
    for attempt in judgement.attempts:
        depth = attempt.depth  # cm is positive when the crease is below the top of the knee
        print(f"{attempt.bottom_s:.2f} s: {attempt.verdict}. {attempt.reason}")
        print("  ", depth.cm, depth.interval90_cm, depth.probability)


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:3]))
