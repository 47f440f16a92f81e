"""The folder of results of several views: page, joints, cameras, and the judgement of all."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from depthperception.errors import JudgementError
from depthperception.io.atomic import write_json
from depthperception.report.folder import JUDGEMENT, PAGE

if TYPE_CHECKING:
    from depthperception.multiview.results import MultiviewJudgement
    from depthperception.multiview.together import TogetherExamination
    from depthperception.report.views.content import ViewsContent

JOINTS, CALIBRATION = "joints.trc", "calibration.toml"


def write_together(found: "TogetherExamination", folder: Path, *, content: "ViewsContent | None" = None) -> list[str]:
    """Write page, joints, cameras and, last, the judgement; gives their names. `content` is the page's, if at hand."""
    from depthperception.multiview.calibration_files import write_calibration  # noqa: PLC0415  (networks' runtime)
    from depthperception.multiview.trc import write_trc  # noqa: PLC0415
    from depthperception.report.views.content import views_content, write_views_page  # noqa: PLC0415

    for name in (PAGE, JOINTS, CALIBRATION, JUDGEMENT):
        (folder / name).unlink(missing_ok=True)
    write_views_page(folder / PAGE, content or views_content(found))
    written = [PAGE]
    if found.space is not None and found.space.facts.reason is None:
        write_trc(found.space.track.times_s, found.space.track.points_m, folder / JOINTS)
        write_calibration(found.space.calibration, folder / CALIBRATION)
        written += [JOINTS, CALIBRATION]
    write_json(folder / JUDGEMENT, found.judgement.to_dict())
    return [*written, JUDGEMENT]


def read_together(folder: Path) -> "MultiviewJudgement":
    """Read the judgement of several views in a folder of results.

    Raises
    ------
    JudgementError
        When it is not there, or cannot be read by this version.
    """
    from depthperception.multiview.results import MultiviewJudgement  # noqa: PLC0415  (which loads OpenCV)

    try:
        content = json.loads((folder / JUDGEMENT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JudgementError(
            f"There is no {JUDGEMENT} that can be read in {folder.name}; expected that of several views. Judge the "
            "videos again."
        ) from error
    return MultiviewJudgement.from_dict(content)
