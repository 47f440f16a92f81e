"""Looks at a bottom by everything that sees it: where hips and shoulders are lowest, or where the bar is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from depthperception.appearance.features import HeadPrediction, predicting
from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import other_low
from depthperception.attempts.refinement import Bottom, LifterIsolation
from depthperception.pose.beyond import APART_S
from depthperception.pose.footing import FEET_STAY
from depthperception.pose.recovery import Recovery
from depthperception.pose.samples import PoseSamples
from depthperception.results import AttemptJudgement
from depthperception.surfaces import SeenSurfaces, begin_seeing
from depthperception.video import Source, Still, frames


@dataclass(frozen=True)
class SeenBottom:
    """A bottom, and what the networks saw of it; of the pictures only that is kept.

    Attributes
    ----------
    surfaces
        Gives what was seen: nothing needs it before the bar was watched, and it is looked at while that keeps one core
        busy.
    elsewhere
        Whether what was looked at stands elsewhere than the lifter did, and nobody sighted him meanwhile.
    """

    bottom: Bottom
    prediction: HeadPrediction
    surfaces: Callable[[], SeenSurfaces]
    elsewhere: bool = False


class BottomLooks:
    """Looks at the bottoms of one lifter.

    Parameters
    ----------
    source
        The film.
    recovery
        Where he is.
    standing
        How he stands.
    isolation
        He, and the others.
    """

    def __init__(self, source: Source, recovery: Recovery, standing: PoseSamples, isolation: LifterIsolation) -> None:
        self._source, self._recovery, self._isolation = source, recovery, isolation
        self._predict = predicting(standing)

    def look(self, attempt: Attempt) -> SeenBottom:
        """Look at an attempt's bottom, where hips and shoulders are lowest."""
        found = self._look(attempt)
        if self._recovery.hidden_at(attempt.bottom_s):
            # Where he is hidden the course of his hips is surer than close looks.
            return replace(found, bottom=replace(found.bottom, time_s=attempt.bottom_s))
        return found

    def look_again(self, attempt: Attempt, judged: AttemptJudgement, bar_low_s: float | None) -> SeenBottom | None:
        """Look where the bar is lowest, if that is another moment, else at another low of the attempt, if it has one.

        Who was not seen well at the one is not looked at at the other, but where the bar says that it is the bottom.
        """
        if bar_low_s is not None:
            return self._look_at(attempt, bar_low_s)
        if judged.verdict == "not_judgeable":
            return None
        low = other_low(self._recovery.track, attempt, judged.bottom_s, settings=self._isolation.settings)
        return self.look(low) if low else None

    def _look_at(self, attempt: Attempt, at_s: float) -> SeenBottom:
        """Look at another moment as at a bottom."""
        return self._look(replace(attempt, bottom_s=at_s), at_s)

    def _look(self, attempt: Attempt, at_s: float | None = None) -> SeenBottom:
        """Look, and where his feet are not what is seen, again above them."""
        bottom = self._isolation.refine_bottom(self._source, self._recovery.track, attempt, at_s)
        feet = self._recovery.footing_at(attempt.bottom_s)
        if feet is None or feet.off(bottom.samples) <= FEET_STAY:
            return self._seen(bottom, elsewhere=False)
        if track := self._recovery.above_feet(self._stills_about(attempt.bottom_s)):
            again = self._isolation.refine_bottom(self._source, track, attempt, at_s)
            bottom = min(bottom, again, key=lambda one: feet.off(one.samples))
        unsighted = self._recovery.person.unseen_s(bottom.time_s) > APART_S
        return self._seen(bottom, elsewhere=unsighted and feet.off(bottom.samples) > FEET_STAY)

    def _stills_about(self, time_s: float) -> Iterator[Still]:
        around_s = self._isolation.settings.refinement.scan_s
        about = frames(self._source, start_s=time_s - around_s, end_s=time_s + around_s, every_s=around_s)
        return (frame.still() for frame in about)

    def _seen(self, bottom: Bottom, *, elsewhere: bool) -> SeenBottom:
        prediction, surfaces = self._predict(bottom.samples), begin_seeing(bottom.samples)
        return SeenBottom(bottom.without_pictures(), prediction, surfaces, elsewhere)
