"""What the first pictures of the latest files said, for whoever looks at a later part of one.

Whoever seeks spares decoding the first picture again, with all that the decoder reads ahead: as long as eight pictures.
"""

from collections import OrderedDict
from pathlib import Path
from typing import TypeAlias

from depthperception.video.orientation import Orientation
from depthperception.video.timestamps import Clock

Beginning: TypeAlias = tuple[Orientation, Clock]
"""How pictures lie, and what time stamps mean."""

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
