"""Landmarks that other tools wrote: a registry of readers, chosen by what a file holds.

A reader of one's own is registered like ours.
"""

from pathlib import Path

from depthperception.damaged import unless_damaged
from depthperception.errors import PoseSourceError
from depthperception.io.pose_files import deeplabcut, hdf5, mmpose, openpose, sleap, trc
from depthperception.io.pose_files.openpose import read_openpose
from depthperception.io.pose_files.people import PoseFile, Reader

_READERS = [
    trc.READER,
    openpose.READER,
    mmpose.MMPOSE,
    mmpose.RTMLIB,
    deeplabcut.READER,
    sleap.READER,
    hdf5.READER,
]


def register(reader: Reader) -> None:
    """Add a reader, which is asked before those that are there."""
    _READERS.insert(0, reader)


def readers() -> tuple[Reader, ...]:
    """Every reader, in the order in which they are asked."""
    return tuple(_READERS)


def read_poses(path: Path, rate_hz: float | None = None) -> PoseFile:
    """Read the lifter's landmarks from a file or folder of another tool.

    Parameters
    ----------
    path
        The file, or the folder.
    rate_hz
        Frames a second of the video, for files that hold no times.

    Raises
    ------
    PoseSourceError
        When it is not there, no reader knows it, or it does not hold what its layout promises.
    OptionError
        When a file without times comes without a rate.
    MissingExtraError
        When a package that it needs is not installed.
    """
    if not path.exists():
        raise PoseSourceError(f"{path} is not there; expected a file or folder of landmarks. Check the path.")
    with unless_damaged(PoseSourceError, path, "landmarks as its tool writes them. Export it again."):
        for reader in _READERS:
            if reader.recognises(path):
                return reader.read(path, rate_hz)
    known = "; ".join(f"{reader.tool}: {reader.looks_like}" for reader in _READERS)
    raise PoseSourceError(f"{path} holds no landmarks that are known; expected {known}. Export it in one of these.")


__all__ = ["PoseFile", "Reader", "read_openpose", "read_poses", "readers", "register"]
