"""A squat is seen, and nothing is judged all the same: the bar is of somebody who is hidden."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.detection import Movement
from depthperception.barbell import unborne
from depthperception.barbell.settings import PlateDetection
from depthperception.no_squat import nothing_to_judge
from depthperception.people import link
from depthperception.pose.recovery import Recovery
from depthperception.pose.track import empty_track
from depthperception.ruling.bearer import OF_ANOTHER
from depthperception.settings import Settings
from depthperception.video import Still
from tests.support.plate_finds import rep
from tests.support.sightings import film

EACH_S = 0.125


@pytest.mark.parametrize(
    ("hands", "attempts", "said"),
    [("hanging", 3, ("no_lifter", OF_ANOTHER)), ("bar", 3, None), ("hanging", 0, None)],
    ids=["he only bends", "he has a bar", "no bar is to be looked for"],
)
def test_who_bends_before_a_bar_that_goes_further_is_not_judged(
    hands: str, attempts: int, said: tuple[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person,) = link(film({"x_px": 400.0, "deg": 30.0, "hands": hands}))
    finds = rep()
    stills = [Still(EACH_S * k, np.zeros((8, 8, 3), np.uint8), 1.0) for k in range(round(0.5 * len(finds) / EACH_S))]
    monkeypatch.setattr(unborne, "_found", lambda still: finds[int(2 * still.time_s)])
    case: Any = SimpleNamespace(
        span_s=(0.0, 4.0),
        people=(person,),
        size_px=(720, 1280),
        settings=Settings(plates=PlateDetection(attempts=attempts)),
        seen=SimpleNamespace(frame_times_s=np.array([one.time_s for one in stills])),
        cache=SimpleNamespace(
            stills=lambda *span_s: (one for one in stills if span_s[0] <= one.time_s <= span_s[1]), count=len
        ),
    )
    movements = [Movement(Attempt(1.0, 1.5, 2.5, stood_up=True), "squat")]
    recovery = Recovery(empty_track(), person)
    choice: Any = None
    assert nothing_to_judge(case, choice, movements, recovery) == said
