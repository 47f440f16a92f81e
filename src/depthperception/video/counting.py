"""How many frames a film has before a time, told from its packets: nothing is decoded."""

from depthperception.video.container import opened
from depthperception.video.reading import first_picture
from depthperception.video.resampling import SAME_TIME_S
from depthperception.video.source import Source, parts_of
from depthperception.video.timestamps import Clock


def frames_before(source: Source, time_s: float) -> int:
    """Count the frames that are shown before a time: the number of the first one from there on.

    Raises
    ------
    VideoError
        When the file cannot be read.
    """
    path, _ = parts_of(source)
    if time_s <= 0.0:
        return 0
    with opened(path) as (container, stream):
        clock = Clock.of(container, stream, first_picture(path, container, stream))
    first, wanted = clock.ticks_at(0.0), clock.ticks_at(time_s - SAME_TIME_S)
    with opened(path) as (container, stream):
        stamps = (one.pts if clock.by_presentation else one.dts for one in container.demux(stream))
        return sum(stamp is not None and first <= stamp < wanted for stamp in stamps)
