"""Writing landmarks as the published data set lays them out (Kaggle, "Powerlifting Squat Dataset")."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from depthperception.errors import DataError, OutputError
from depthperception.geometry.skeletons import COUNT
from depthperception.pose.blazepose import px_per_m
from depthperception.pose.track import PoseTrack
from depthperception.video import VideoInfo

CHANNELS = 4
"""x, y, z, visibility."""

TIMES_FOLDER = "Times"
"""Beside the clips, where published readers do not look."""


def write_kaggle_layout(folder: Path, clip_id: str, landmarks: ArrayLike, *, times_s: ArrayLike | None = None) -> Path:
    """Write one clip in the published layout, the report's getKeypoints.

    Parameters
    ----------
    folder
        Holds the clips: "Squat_Data", or any folder to be labelled by CSV.
    clip_id
        The clip's folder in there: "Valid/3", or any name.
    landmarks : (n, 33, 4)
        x in picture widths, y in picture heights, z, visibility; NaN rows where nobody was seen become zeros.
    times_s : (n,)
        Presentation times, kept beside the clips so that training knows the true frame rate.

    Returns
    -------
    Path
        The clip's folder.

    Raises
    ------
    DataError
        When the landmarks have another shape.
    OutputError
        When the folder cannot be written, or holds frames already.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    if points.ndim != 3 or points.shape[1:] != (COUNT, CHANNELS) or len(points) == 0:
        raise DataError(
            f"Found landmarks of shape {points.shape} for clip {clip_id}; expected (n, {COUNT}, {CHANNELS}) with at "
            "least one frame: x, y, z, visibility. Give all four."
        )
    points = np.where(np.isfinite(points).all(axis=(1, 2), keepdims=True), points, 0.0)
    clip = folder / clip_id
    if clip.is_dir() and any(clip.glob("*.npy")):
        raise OutputError(
            f"{clip} holds frames already; expected a new clip, since old frames would be mixed with new ones. "
            "Choose another name or remove the folder."
        )
    try:
        clip.mkdir(parents=True, exist_ok=True)
        for number, frame in enumerate(points):
            np.save(clip / f"{number}.npy", frame.ravel())
        if times_s is not None:
            beside = folder / TIMES_FOLDER / f"{clip_id}.npy"
            beside.parent.mkdir(parents=True, exist_ok=True)
            np.save(beside, np.asarray(times_s, dtype=np.float64))
    except OSError as error:
        raise OutputError(
            f"{clip} cannot be written ({error.strerror}); expected a folder that can be. Choose another place."
        ) from error
    return clip


def write_track_as_frames(track: PoseTrack, folder: Path, info: VideoInfo) -> None:
    """Write a track as the published data set is laid out: FOLDER/<frame>.npy of 33 x (x, y, z, visibility).

    x and y are shares of the picture's width and height, z is in picture widths from the hips.

    Raises
    ------
    OutputError
        When the folder cannot be written, or holds frames already.
    """
    scale = [px_per_m(image, world) for image, world in zip(track.image_px, track.world_m, strict=True)]
    depth = track.world_m[..., 2] * np.array(scale)[:, None] / info.width
    share = track.image_px / [info.width, info.height]
    landmarks = np.concatenate([share, depth[..., None], track.visibility[..., None]], axis=-1)
    write_kaggle_layout(folder.parent, folder.name, landmarks, times_s=track.times_s)
