"""Print what every method says of every attempt, side by side.

python examples/compare_methods.py squat.mp4
"""

import sys

import depthperception


def main(video: str) -> None:
    """Print a line for each method: depth in cm, interval and probability, or why it has none."""
    for number, attempt in enumerate(depthperception.judge(video).attempts, 1):
        print(f"attempt {number}, bottom at {attempt.bottom_s:.2f} s: {attempt.verdict}")
        for name, reading in attempt.measurements.items():
            if reading.cm is None or reading.interval90_cm is None:
                print(f"  {name:<16} {reading.reason or f'probability {reading.probability:.2f}'}")
            else:
                low, high = reading.interval90_cm
                print(f"  {name:<16} {reading.cm:+6.1f} cm  ({low:+.1f} to {high:+.1f})  {reading.probability:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
