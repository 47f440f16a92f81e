"""Everything that judging does with a file before a network sees it, and what must hold of it."""

import math
from pathlib import Path

import numpy as np

from depthperception.case import COARSE_STEP_S
from depthperception.pose.tracking import SIDE_PX
from depthperception.video import EditingWatch, FrameCache, frames, probe
from depthperception.video.resampling import SAME_TIME_S
from depthperception.video.sound import loud_calls

LOOKED_AT = 12
"""Every so many frames one is converted, as for the network that looks for people."""


def read(path: Path) -> tuple[str, str]:
    """Decode a film as judging does: once through, a second time from the middle, its sound.

    Returns
    -------
    An outcome and what was wrong, see `trial.Row`.
    """
    info = probe(path)
    cache, watch, times = FrameCache(path, COARSE_STEP_S, SIDE_PX), EditingWatch(), []
    damage: list[None] = []
    for number, frame in enumerate(frames(path, on_damage=lambda: damage.append(None))):
        watch.offer(frame.time_s, frame.thumbnail())
        cache.offer(frame)
        times.append(frame.time_s)
        if number % LOOKED_AT == 0:
            small = frame.rgb(384)
            if small.ndim != 3 or max(small.shape) > 384 or min(small.shape) < 1:
                return "wrong", f"a picture of shape {small.shape}"
    cache.finish()
    watch.finish()
    if wrong := _wrong(times, info.width, info.height):
        return "wrong", wrong
    kept = [still.time_s for still in cache.stills()]
    if not set(kept) <= set(times):
        return "wrong", "a kept picture has a time that no frame has"
    middle = times[len(times) // 2]
    again = [frame.time_s for frame in frames(path, start_s=middle, end_s=middle + 0.5)]
    first_again = again[0] if again else math.inf
    if abs(first_again - middle) > SAME_TIME_S and not damage:
        return "wrong", f"a second pass begins at {again[:1]} and not at {middle}"
    loud_calls(path, 0.0, min(times[-1], 5.0))
    return "read", f"{len(times)} frames, {len(damage)} damaged"


def _wrong(times: list[float], width: int, height: int) -> str | None:
    if not times or times[0] != 0.0:
        return f"times begin with {times[:1]}"
    if not all(math.isfinite(time_s) for time_s in times):
        return "a time is not finite"
    if len(times) > 1 and np.diff(times).min() <= 0.0:
        return "times do not grow"
    return None if width > 0 and height > 0 else f"a picture of {width} x {height} px"
