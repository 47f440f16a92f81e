"""What the first pictures of the latest files said, for whoever asks again or looks at a later part of one.

He spares decoding the first picture again, with all that the decoder reads ahead: as long as eight pictures.
"""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from depthperception.video.orientation import Orientation
from depthperception.video.timestamps import Clock, capture_rate_hz, stated_duration_s


@dataclass(frozen=True, eq=False)
class Beginning:
    """What a file says of itself, and its first picture of it: how pictures lie, and what time stamps mean.

    The other fields are those of `VideoInfo`.
    """

    upright: Orientation
    clock: Clock
    codec: str
    duration_s: float | None
    mean_interval_s: float | None
    capture_rate_hz: float | None

    @classmethod
    def of(cls, container: InputContainer, stream: VideoStream, first: av.VideoFrame) -> "Beginning":
        """Read it from an open file and its first picture."""
        rate = stream.average_rate
        return cls(
            upright=Orientation.of(first, stream.sample_aspect_ratio),
            clock=Clock.of(container, stream, first),
            codec=stream.codec_context.codec.canonical_name,
            duration_s=stated_duration_s(container, stream),
            mean_interval_s=float(1 / rate) if rate else None,
            capture_rate_hz=capture_rate_hz(container),
        )


MOST = 16
"""Files that are remembered."""

_KNOWN: OrderedDict[tuple[str, int, int], Beginning] = OrderedDict()


def remember(path: Path, begins: Beginning) -> None:
    """Keep what a file's first picture said."""
    _KNOWN[_now(path)] = begins
    while len(_KNOWN) > MOST:
        _KNOWN.popitem(last=False)


def remembered(path: Path) -> Beginning | None:
    """Give what is known of a file, unless it was changed."""
    return _KNOWN.get(_now(path))


def _now(path: Path) -> tuple[str, int, int]:
    """Name a file as it is now."""
    state = path.stat()
    return str(path.absolute()), state.st_mtime_ns, state.st_size
