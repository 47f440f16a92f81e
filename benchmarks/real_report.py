"""The part on real video of docs/accuracy.md from what `real.py` measured."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from real_faults import Fault, sure
from real_labels import NEAR_S
from real_measure import CALLED, SAME_DISC, Outcome
from real_points import SAME_MOMENT_S, VIEWS, LegPoints, Scored, Statistic, interval, lifters_of

from depthperception.types import FloatArray

TITLE = "## Real video"

ALONE = "## Points on the surface, in the readers' own frames"
"""The part of benchmarks/surfaces.py."""

SURE = 0.9
"""Certainty from which a ruling on a rep that one rater could not tell is counted."""

Found = Sequence[tuple[Fault, list[str]]]


def report(outcomes: Sequence[Outcome], points: Scored, faults: Found, code: str) -> str:
    """The whole part."""
    seconds = sum(one.record["judgement"]["video"]["duration_s"] for one in outcomes)
    squats = [one for one in outcomes if one.clip.reps]
    head = HEAD.format(
        clips=len(outcomes), seconds=seconds, squats=len(squats), reps=sum(len(one.clip.reps) for one in squats),
        others=len(outcomes) - len(squats), code=code,
    )  # fmt: skip
    parts = [head, in_all(outcomes), by_film(outcomes), not_right(outcomes), by_points(points), by_fault(faults), TAIL]
    return "\n".join(part for part in parts if part)


def section_kept(before: str, now: str, title: str = TITLE) -> str:
    """A document made anew, with the part that has a title as it had it before."""
    start = before.find(title)
    if start < 0:
        return now
    after = before.find("\n## ", start)
    return section_put(now, before[start:] if after < 0 else before[start:after], title)


def section_put(document: str, section: str, title: str = TITLE) -> str:
    """A document with the part that has a title replaced, or put at its end."""
    start = document.find(title)
    if start < 0:
        return document.rstrip() + "\n\n" + section.rstrip() + "\n"
    after = document.find("\n## ", start)
    rest = "" if after < 0 else document[after:]
    return document[:start] + section.rstrip() + "\n" + rest


def in_all(outcomes: Sequence[Outcome]) -> str:
    """What was reached, summed over all films."""
    lines = ["### In all", "", "| what | reached |", "| --- | --- |"]
    rows = (*_bottoms(outcomes), *_negatives(outcomes), *_verdicts(outcomes), *_people(outcomes), *_discs(outcomes))
    return "\n".join([*lines, *(f"| {what} | {reached} |" for what, reached in (*rows, *_cost(outcomes))), ""])


Rows = list[tuple[str, str]]


def _bottoms(outcomes: Sequence[Outcome]) -> Rows:
    rows: Rows = []
    for words, held in ((f"bottoms within {NEAR_S:g} s", False), ("of a rep with a hold, within the hold", True)):
        reps = [rep for one in outcomes for rep in one.clip.reps if (rep.until_s > rep.bottom_s) == held]
        found = sum((rep.until_s > rep.bottom_s) == held for one in outcomes for rep, _ in one.pairing.found)
        rows.append((words, f"{found} of {len(reps)}"))
    off = [(rep, attempt) for one in outcomes for rep, attempt in one.pairing.off]
    away = ", ".join(f"{rep.off_s(attempt['bottom_s']):.2f}" for rep, attempt in off)
    squats = [one for one in outcomes if one.clip.reps]
    rows.append(("attempts over a rep whose bottom is elsewhere", f"{len(off)}" + (f" (s off: {away})" if off else "")))
    rows.append(("reps without an attempt", f"{sum(len(one.pairing.missed) for one in squats)}"))
    extra = sum(len(one.pairing.extra) for one in squats)
    ruled = sum(attempt["verdict"] in CALLED for one in squats for attempt in one.pairing.extra)
    rows.append(("attempts too many in films of squats", f"{extra}, ruled on {ruled}"))
    return rows


def _negatives(outcomes: Sequence[Outcome]) -> Rows:
    films = [one for one in outcomes if not one.clip.reps]
    none = sum(not one.pairing.extra for one in films)
    ruled = [one for one in films if any(_ruled_wrongly(one, attempt["verdict"]) for attempt in one.pairing.extra)]
    attempts = sum(len(one.pairing.extra) for one in films)
    return [
        ("films without a squat that have no attempt", f"{none} of {len(films)} ({attempts} attempts in the others)"),
        ("films without a squat with a verdict", f"{len(ruled)} of {len(films)}"),
    ]


def _ruled_wrongly(one: Outcome, verdict: str) -> bool:
    return verdict in CALLED and verdict != one.clip.may_be


def _verdicts(outcomes: Sequence[Outcome]) -> Rows:
    said = [call for one in outcomes for call in one.calls]
    counted = Counter(call.said for call in said)
    words = ", ".join(f"{counted[word]} {word}" for word in SAID if counted[word])
    called = counted["right"] + counted["wrong"]
    untold = [attempt for one in outcomes for rep, attempt in one.pairing.paired if rep.truth is None]
    ruled = Counter(attempt["verdict"] for attempt in untold)
    close = [attempt for attempt in untold if attempt["verdict"] in CALLED]
    firm = sum(max(p, 1.0 - p) >= SURE for a in close if (p := a["depth"]["probability"]) is not None)
    told = f"{len(close)} called, {ruled['too_close']} too close, {ruled['not_judgeable']} refused"
    return [
        (f"{len(said)} clear reps of {len({call.clip for call in said})} films", words),
        ("of these called, and right (aim: 90%, all)", f"{called} of {len(said)}, {counted['right']} of {called}"),
        (f"{len(untold)} attempts at reps that the rater could not tell", told),
        (f"of those called, {SURE:.0%} sure or more", f"{firm} of {len(close)}"),
    ]


SAID = ("right", "wrong", "too close", "refused", "not found")


def _people(outcomes: Sequence[Outcome]) -> Rows:
    said = [one.person.said for one in outcomes if one.person.said]
    counted = Counter(said)
    words = ", ".join(f"{counted[word]} {word}" for word in ("right", "nobody", "wrong") if counted[word])
    return [(f"the right person, {len(said)} films with several", words)]


def _discs(outcomes: Sequence[Outcome]) -> Rows:
    films = [(one, one.plates) for one in outcomes if one.plates and one.clip.reps]
    any_found = sum(plates.found > 0 for _, plates in films)
    shown, found = (sum(getattr(plates, name) for _, plates in films) for name in ("shown", "found"))
    false = sum(plates.followed - plates.found for _, plates in films)
    return [
        ("squats that show a plate, with one found", f"{any_found} of {len(films)}"),
        ("plates shown and found", f"{found} of {shown}; {false} followed where none is"),
    ]


def _cost(outcomes: Sequence[Outcome]) -> Rows:
    cost = [one.cost for one in outcomes]
    return [("processor, s for a s of film: median, most", f"{np.median(cost):.1f}, {max(cost):.1f}")] if cost else []


def by_film(outcomes: Sequence[Outcome]) -> str:
    """A line for each film."""
    lines = ["### Film by film", "", FILM_HEADER, "| --- " * 11 + "|"]
    for one in outcomes:
        plates = f"{one.plates.found} of {one.plates.shown}" if one.plates and one.clip.reps else ""
        said = Counter(call.said for call in one.calls)
        verdicts = ", ".join(f"{said[word]} {word}" for word in SAID if said[word])
        pairing = one.pairing
        bottoms = [len(one.clip.reps), len(pairing.found), len(pairing.off), len(pairing.missed), len(pairing.extra)]
        counts = " | ".join(str(number) for number in bottoms)
        close = sum(attempt["verdict"] == "too_close" for _, attempt in pairing.paired)
        cells = (one.clip.name, counts, verdicts, f"{close or ''}", one.person.said or "", plates, f"{one.cost:.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


FILM_HEADER = (
    "| film | reps | found | bottom elsewhere | missed | too many | clear reps | too close, all reps | person | plates "
    "| s of processor |"
)


def not_right(outcomes: Sequence[Outcome]) -> str:
    """What was said where it was not right, a line for each film."""
    told = [(one.clip.name, _faults_of(one)) for one in outcomes]
    lines = [f"- {name}: {'; '.join(words)}." for name, words in told if words]
    return "\n".join(["### What was not right", "", *lines, ""])


def _faults_of(one: Outcome) -> list[str]:
    words = [
        f"{call.said} at {call.rep.bottom_s:.2f} s ({call.rep.verdict} {call.rep.confidence:g}): {call.why.rstrip('.')}"
        for call in one.calls
        if call.said in ("wrong", "refused")
    ]
    if one.person.said in ("wrong", "nobody"):
        words.append(f"{one.person.said} judged ({one.person.why.rstrip('.')})")
    if one.pairing.missed:
        words.append(f"no attempt at {', '.join(f'{rep.bottom_s:.2f}' for rep in one.pairing.missed)} s")
    ruled = [attempt for attempt in one.pairing.extra if attempt["verdict"] in CALLED]
    refused = [attempt for attempt in one.pairing.extra if attempt["verdict"] not in CALLED]
    words += [f"too many, {a['verdict']} at {a['bottom_s']:.2f} s ({sure(a)})" for a in ruled]
    if refused:
        words.append(f"too many, not called: {_times(refused)} s")
    return words


def _times(attempts: Sequence[Mapping[str, float]]) -> str:
    return ", ".join(f"{attempt['bottom_s']:.2f}" for attempt in attempts)


def by_points(points: Scored) -> str:
    """Distances from the readers by view, and theirs from each other; what was called where they agree."""
    same = [(read, said) for _, read, said in points.verdicts if read in TRUTH]
    called = [(TRUTH[read], said) for read, said in same if said in CALLED]
    right = sum(read == said for read, said in called)
    short = sum(bool(np.isfinite(leg.height) and not np.isfinite(leg.across)) for leg in points.seen)
    lines = [
        "### Points",
        "",
        *points_table(points),
        "",
        f"Bottoms on which both readers say deep or high: {len(same)}, called {len(called)}, right {right}. "
        f"Legs whose thigh points at the camera, so that across and along mean nothing: {short}. Readings left out: "
        f"{'; '.join(f'{key}: {why}' for key, why in points.left_out) or 'none'}.",
    ]
    return "\n".join([*lines, ""])


def points_table(points: Scored) -> list[str]:
    """Lines of the table by view, and how many of the readers' points are shown."""
    lines = [POINTS_HEADER, "| --- " * 8 + "|"]
    for view in ("all", *VIEWS):
        chosen = [k for k, leg in enumerate(points.seen) if view in ("all", leg.view)]
        if chosen:
            seen, read = ([legs[k] for k in chosen] for legs in (points.seen, points.readers))
            of = {leg.clip for leg in seen}
            legs = f"{len(seen)}, {len({leg.bottom for leg in seen})}, {len(of)}, {lifters_of(of)}"
            read = [_where_shown(*pair) for pair in zip(read, seen, strict=True)]
            cells = [f"{_told(seen, name, how)} ({_told(read, name, how, spread=False)})" for name, how in COLUMNS]
            lines.append(f"| {view} | {legs} | {' | '.join(cells)} |")
    shown = (
        f"Shown of what both readers give: {_shown(points, 'knee')} tops of the knee, {_shown(points, 'height')} legs "
        "with crease and knee top; the rest is hidden by the network's own word and not scored, nor the readers' "
        "distance there."
    )
    return [*lines, "", shown, *_ellipses(points)]


IN_ELLIPSE_SD = 2.146
"""Half an axis of the ellipse that holds nine in ten errors in two dimensions, in standard deviations."""


def _ellipses(points: Scored) -> list[str]:
    """How often the readers' top of the knee lies in the ellipse that is shown."""
    away = np.array([leg.knee_sd for leg in points.seen if np.isfinite(leg.knee_sd)])
    if not len(away):
        return []
    return [
        "",
        f"Of {len(away)} shown tops of the knee {(away < IN_ELLIPSE_SD).sum()} lie in their 90 % ellipse, the error of "
        f"the readers' mean (half of their distance) counted in; median {np.median(away):.2f} sd, 1.18 where the "
        "ellipses are right.",
    ]


def _where_shown(read: LegPoints, seen: LegPoints) -> LegPoints:
    """The readers' distances at points that the judgement shows."""
    hidden = [name for name in ("knee", "across", "along", "height") if not np.isfinite(getattr(seen, name))]
    values: dict[str, Any] = dict.fromkeys(hidden, np.nan)
    return replace(read, **values)


def _shown(points: Scored, name: str) -> str:
    """How many of the legs at which both readers give a value have it in the judgement too."""
    there = [np.isfinite(getattr(leg, name)) for leg in points.readers]
    also = [np.isfinite(getattr(leg, name)) for leg in points.seen]
    return f"{sum(one and other for one, other in zip(there, also, strict=True))} of {sum(there)}"


TRUTH = {"deep": "depth", "high": "no_depth"}


def _told(legs: Sequence[LegPoints], name: str, how: Statistic, *, spread: bool = True) -> str:
    values: FloatArray = np.array([getattr(leg, name) for leg in legs])
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return ""
    between = interval([leg.clip for leg in legs], values, how) if spread else None
    sign = "+" if how is _mean or how is _signed_median else ""
    return f"{how(known):{sign}.1f}" + (f" [{between[0]:.1f} to {between[1]:.1f}]" if between else "")


def _median(values: FloatArray) -> float:
    return float(np.median(np.abs(values)))


def _signed_median(values: FloatArray) -> float:
    return float(np.median(values))


def _mean(values: FloatArray) -> float:
    return float(values.mean())


def _sd(values: FloatArray) -> float:
    return float(values.std(ddof=1))


COLUMNS: tuple[tuple[str, Callable[[FloatArray], float]], ...] = (
    ("knee", _median),
    ("across", _median),
    ("along", _signed_median),
    ("height", _median),
    ("height", _mean),
    ("height", _sd),
)

POINTS_HEADER = (
    "| view | legs, bottoms, films, lifters | knee top, median | crease across, median | crease along, median, + from "
    "the knee | height of crease over knee top, median off | bias | sd |"
)


def by_fault(faults: Found) -> str:
    """The known faults, each as expected or not."""
    lines = ["### Known faults", "", "| input | expected | as expected |", "| --- | --- | --- |"]
    for fault, wrong in faults:
        lines.append(f"| {fault.film} | {fault.expected} | {'yes' if not wrong else 'no: ' + '; '.join(wrong)} |")
    return "\n".join([*lines, ""]) if faults else ""


HEAD = f"""{TITLE}
Made by `python benchmarks/real.py ../shared` from {{clips}} films of public repositories, {{seconds:.0f}} s, which are
not part of the project: {{squats}} show squats ({{reps}} reps), {{others}} do not. State of the package: `{{code}}`.
Neither the height nor whom to judge is given. Nothing was trained or tuned on them.

One rater labelled them by eye on enlarged pictures, before any tool had judged them: when the hips are lowest (to .1
s), and a verdict with his own chance that a panel of referees would agree. From .65 on a verdict counts as true; of
the other reps only the bottoms are scored, and how sure the rulings on them are. Boxes of lifters and of some plates
are his too; the plates on the bars of twelve more films were read once, with this benchmark, under a grid. So it is
one pair of eyes: its errors count as ours, a clear rep is an easy one by choice, and {{reps}} reps of few people in
few gyms say little of the next film. No verdict here is a referee's.
"""

TAIL = f"""### What is what on real video
- found: each attempt is for one rep; its bottom is within {NEAR_S:g} s of it, or within the hold. Bottom elsewhere: the
  attempt lasts over the rep's bottom and has its own elsewhere. Too many: attempts that are neither; a refusal of a
  descent that the film cuts off is none.
- clear reps: right and wrong are rulings; too close and refused call nothing, so a clear rep that is either counts as
  not called. Too close, all reps: also of those that the rater could not tell, where it may be the honest answer.
- person: the judged track's box at the first labelled bottom overlaps the lifter's by .4 (intersection over union) and
  nobody else's more, and the points that were ruled on are inside it.
- plates: boxes of the first attempt's ellipses, at the sighting nearest to the label, that overlap a labelled one by
  {SAME_DISC:g}. Plates that the picture's edge or the lifter cuts are counted as shown.
- points: two readers put crease and top of the knee of each leg on 36 bottoms, independently, from the picture alone;
  they are no referees. Lengths are in % of the thigh's length in the picture, in brackets the readers from each other;
  [90 % intervals] by drawing films again. The readers' crease is the fold, nearer to the knee than the skin over the
  joint: "along" holds that choice too. Height is along the camera's up, positive less deep. A bottom over
  {SAME_MOMENT_S:g} s from the reading is not scored. Who errs as the readers do is off their mean by .87 of their
  distance from each other.
- cost: all cores added; on a machine that did other work too.
"""
