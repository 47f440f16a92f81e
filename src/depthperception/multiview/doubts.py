"""What speaks against videos being of one lift, where nothing refuses them: said in notes.

Two squats of one lifter look alike in their course, and without a board the cameras go wherever the legs fit. Then the
depths that the views give by themselves, and attempts that one of them does not show, are what is left to tell them by;
the error of depths that differ much grows too (`fusion.contradiction`). A mirrored picture is that of a camera on the
lifter's other side: nothing but the way in which that camera looks gives it away.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

from depthperception.multiview.fusion import apart_sd
from depthperception.multiview.results import CalibrationFacts
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.multiview.views import Bottom, View, common_bottoms
from depthperception.results import Reading


def of_one_lift(views: Sequence[View], *, settings: Together = TOGETHER) -> tuple[list[View], dict[int, str]]:
    """Leave out that one of three or more whose depth contradicts those of all others, which agree.

    Gives the others, and why it is left out by its number.
    """
    for bottom in common_bottoms(views, settings=settings):
        known = {place: one.depth for place, one in bottom.attempts.items() if one.depth.cm is not None}
        for place, reading in known.items():
            others = [one for other, one in known.items() if other != place]
            between = [apart_sd(*pair, settings) for pair in combinations(others, 2)]
            apart = [apart_sd(reading, one, settings) for one in others]
            if between and max(between) < settings.much_apart_sd <= min(apart):
                why = (
                    f"By itself it is {_words(reading)} the top of the knee, {min(apart):.1f} times the error of that "
                    "from every other, while these agree: it shows another lift, or not the legs that it takes for the "
                    "lifter's."
                )
                return [one for one in views if one is not views[place]], {views[place].number: why}
    return list(views), {}


def doubts(
    views: Sequence[View],
    bottoms: Sequence[Bottom],
    facts: CalibrationFacts | None,
    *,
    settings: Together = TOGETHER,
) -> list[str]:
    """Say in sentences what speaks against one lift, or against one of the pictures."""
    said = []
    for number, bottom in enumerate(bottoms, 1):
        said += _depths_apart(views, bottom, number, settings)
        said += _not_shown(views, bottom, number)
    if facts is not None and facts.source == "lifter":
        said += [
            f"By how they see the lifter, {view.name} looks the same way as {views[0].name}, within {turned_deg:.0f} "
            "degrees. Expected cameras at different sides of the lifter: two that look the same way see alike. If they "
            "stood apart, one picture is mirrored; film with it the right way round, or give a calibration."
            for view, turned_deg in zip(views[1:], facts.turned_deg, strict=True)
            if turned_deg < settings.least_turn_deg
        ]
    return said


def _depths_apart(views: Sequence[View], bottom: Bottom, number: int, settings: Together) -> list[str]:
    """Name the two views that differ most for their errors, where that is much."""
    known = {place: one.depth for place, one in bottom.attempts.items() if one.depth.cm is not None}
    worst = max(
        combinations(known, 2), key=lambda pair: apart_sd(known[pair[0]], known[pair[1]], settings), default=None
    )
    if worst is None:
        return []
    one, other = (known[place] for place in worst)
    apart = apart_sd(one, other, settings)
    if apart < settings.much_apart_sd:
        return []
    names = " and ".join(views[place].name for place in worst)
    depths = " and ".join(_words(reading) for reading in (one, other))
    return [
        f"By themselves {names} differ about attempt {number} ({depths} the top of the knee): {apart:.1f} times the "
        f"error of that, expected up to {settings.much_apart_sd:g}. They may show two lifts, or one of them not the "
        "legs that it takes for the lifter's. Look at them side by side."
    ]


def _words(reading: Reading) -> str:
    cm = reading.cm or 0.0
    return f"{abs(cm):.1f} cm {'below' if cm > 0.0 else 'above'}"


def _not_shown(views: Sequence[View], bottom: Bottom, number: int) -> list[str]:
    """Name the views that filmed all of the attempt, followed somebody then, and saw none."""
    blind = []
    for place, view in enumerate(views):
        times_s = view.examination.track.times_s + view.offset.offset_s
        seen = times_s[(times_s >= bottom.start_s) & (times_s <= bottom.end_s)]
        moments = [bottom.start_s, *seen, bottom.end_s]
        if place not in bottom.attempts and max(b - a for a, b in pairwise(moments)) < LONGEST_BLINK_S:
            blind.append(view.name)
    if not blind:
        return []
    return [
        f"{' and '.join(blind)} filmed while attempt {number} was made, and shows none. It may show another lift, or "
        "the clocks are not where they should be: give them with --offset."
    ]


LONGEST_BLINK_S = 0.5
"""Looks at the lifter are an eighth of a second apart; with a longer gap he was not followed."""
