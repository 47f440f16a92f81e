"""What the routes share: one object, made in app.py, that lives as long as the app."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Request

from depthperception.web.answers import refuse
from depthperception.web.decoder import Decoder
from depthperception.web.events import Events
from depthperception.web.folders import ID, Folders
from depthperception.web.jobs import Jobs
from depthperception.web.store import Store
from depthperception.web.tables import Judging
from depthperception.web.uploads import Limits

if TYPE_CHECKING:
    from depthperception.web.live import Recordings

Number = Annotated[int, Path(le=2**31 - 1)]
"""Of an attempt or a reading; databases keep no larger one."""


@dataclass(frozen=True)
class State:
    """The parts of a running app."""

    folders: Folders
    store: Store
    events: Events
    jobs: Jobs
    decoder: Decoder
    limits: Limits
    recordings: "Recordings"


def _state(request: Request) -> State:
    found: State = request.app.state.parts
    return found


Parts = Annotated[State, Depends(_state)]


def _judging(judging_id: Annotated[str, Path()], parts: Parts) -> Judging:
    judging = parts.store.get(judging_id) if ID.fullmatch(judging_id) else None
    if judging is None:
        refuse(404, "There is no such judging here; expected one of the library's. It may have been deleted: open the "
                    "library and look.")  # fmt: skip
    return judging


Found = Annotated[Judging, Depends(_judging)]
"""The judging that the address names; an unknown one ends the request with 404."""


def _finished(judging: Found) -> Judging:
    if judging.state != "done":
        refuse(409, f"This judging is {judging.state}; expected a finished one. Wait for it, or judge the video again.")
    return judging


Finished = Annotated[Judging, Depends(_finished)]
"""A judging that is done; any other ends the request with 409."""


def of_one_video(judging: Found) -> None:
    """End a request that asks of one video what several cameras have not: frames of one clock, a reading by hand."""
    if judging.cameras:
        refuse(409, "This judging is of one lift by several cameras; expected one video. Judge the video of one camera "
                    "by itself, and ask there.")  # fmt: skip


OF_ONE_VIDEO = Depends(of_one_video)
