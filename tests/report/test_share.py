"""share.jpg: a picture of 9:16 that shows verdict, lifter and lights, of any video."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from depthperception.pose.track import empty_track
from depthperception.report.drawing import CREASE_LINE
from depthperception.report.share import draw_share, write_share
from depthperception.video import VideoWriter
from tests.support.report_examples import attempt, judgement, track


@pytest.mark.parametrize("size", [(800, 1200), (1920, 1080), (120, 90)])
def test_any_picture_fills_nine_by_sixteen(size: tuple[int, int]) -> None:
    wall = np.full((size[1], size[0], 3), 128, np.uint8)
    drawn = draw_share(wall, track([2.0]), judgement(attempt(2.0, 8.0)), 0)
    assert drawn.shape == (1920, 1080, 3)
    assert (np.abs(drawn[330:1710].astype(int) - 128).max(axis=2) < 3).mean() > 0.2, "the picture"


def test_the_lines_and_the_light_are_on_it_and_without_a_depth_no_line_is() -> None:
    wall = np.full((1200, 800, 3), 128, np.uint8)
    deep, refused = (draw_share(wall, track([2.0]), judgement(attempt(2.0, cm)), 0) for cm in (8.0, None))
    assert (deep == CREASE_LINE).all(axis=2).any()
    assert not (refused == CREASE_LINE).all(axis=2).any()
    assert tuple(draw_share(wall, track([2.0]), judgement(attempt(2.0, -2.0)), 0)[110, 100]) == (225, 24, 38)


def test_it_is_written_of_somebody_who_is_not_seen_at_the_bottom(tmp_path: Path) -> None:
    video = tmp_path / "squat.mp4"
    with VideoWriter(video, 800, 1200) as writer:
        for time_s in (0.0, 2.0):
            writer.write(np.full((1200, 800, 3), 128, np.uint8), time_s)
    write_share(tmp_path / "share.jpg", video, empty_track(), judgement(attempt(2.0, None)))
    written = cv2.imread(str(tmp_path / "share.jpg"))
    assert written is not None
    assert written.shape == (1920, 1080, 3)
    with pytest.raises(ValueError, match="no attempt"):
        write_share(tmp_path / "none.jpg", video, empty_track(), judgement())
