"""The text of docs/lifter.md from what `lifter.py` measured."""

from collections.abc import Callable
from typing import Any

import numpy as np

from depthperception.types import BoolArray, FloatArray

Record = dict[str, Any]
Chosen = Callable[[Record], bool]

HIPS_WITHIN = 0.15
"""The pose is the lifter's when its hips are this near to his, in heights of his standing box (median over time)."""


def report(records: list[Record]) -> str:
    """The whole of docs/lifter.md."""
    seeds = [record["seed"] for record in records]
    seen = sum(any(seed in span for span in SETTLED_ON) for seed in seeds)
    head = HEAD.format(
        clips=len(records),
        first=min(seeds),
        last=max(seeds),
        seconds=sum(r["meet"]["duration_s"] for r in records),
        settled=f"{seen} of them were among those on which weights and thresholds were settled." if seen else UNTOUCHED,
    )
    return "\n".join([head, right_lifter(records), depth(records), scale(records), bar(records), cost(records), TAIL])


def is_right(said: Record) -> bool:
    """Whether the lifter was chosen, and it is his pose that was estimated."""
    return bool(said["chosen"] == "lifter" and said["hips_off"] is not None and said["hips_off"] < HIPS_WITHIN)


def right_lifter(records: list[Record]) -> str:
    """Shares of the right lifter by circumstances."""
    lines = ["## The right lifter", "", RIGHT_HEADER, "| --- " * 6 + "|"]
    for name, wanted in GROUPS:
        chosen = [record for record in records if wanted(record)]
        if not chosen:
            continue
        right = sum(is_right(record["meet"]) for record in chosen)
        low, high = wilson(right, len(chosen))
        centre = sum(record["meet"]["centre"] == "lifter" for record in chosen)
        found = sum(record["meet"]["attempt"] is not None for record in chosen)
        share = f"{right / len(chosen):.3f} | {low:.2f} to {high:.2f}"
        lines.append(f"| {name} | {len(chosen)} | {share} | {centre / len(chosen):.3f} | {found / len(chosen):.3f} |")
    wrong = [f"{r['seed']} ({r['meet']['chosen'] or 'nobody'})" for r in records if not is_right(r["meet"])]
    two, one = ([says_another_lifts(r) for r in records if r["side_by_side"] == beside] for beside in (True, False))
    told = f"Said to hold a second lifter: {sum(two)} of {len(two)} clips with two, {sum(one)} of {len(one)} others."
    return "\n".join([*lines, "", f"Not right: {', '.join(wrong) or 'none'}.", "", told, ""])


def chosen_again(found: dict[int, str | None]) -> str:
    """The part that says who is chosen by code that is newer than the tables, of each seed."""
    right, nobody = (sum(name == wanted for name in found.values()) for wanted in ("lifter", None))
    wrong = [f"{seed} ({name or 'nobody'})" for seed, name in found.items() if name != "lifter"]
    return AGAIN_TEXT.format(
        title=AGAIN,
        clips=len(found),
        right=right,
        nobody=nobody,
        wrong=len(found) - right - nobody,
        names=", ".join(wrong) or "none",
    )


def says_another_lifts(record: Record) -> bool:
    """Whether a note says that a second person lifts."""
    return any("lift as well" in note for note in record["meet"]["judgement"]["notes"])


RIGHT_HEADER = "| scenes | clips | right | 95 % interval | centremost right | bottom found |"


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (E. B. Wilson, 1927)."""
    z, share = 1.96, right / count
    middle, half = share + z * z / (2 * count), z * np.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    whole = 1 + z * z / count
    return float((middle - half) / whole), float((middle + half) / whole)


def depth(records: list[Record]) -> str:
    """Errors of depth among others and alone, where both have a number."""
    lines = ["## Depth beside the same squat alone", "", DEPTH_HEADER, "| --- " * 7 + "|"]
    both = [r for r in records if is_right(r["meet"]) and all(_depth_cm(r[kind]) is not None for kind in KINDS)]
    for name, wanted in LEGS:
        chosen = [record for record in both if wanted(record)]
        if len(chosen) < 3:
            continue
        error = np.array([[_depth_cm(r[kind]) - r["depth_cm"] for kind in KINDS] for r in chosen])
        sd = error.std(axis=0)
        low, high = _bootstrap(error)
        true = np.array([r["depth_cm"] for r in chosen])
        right = (np.sign(error + true[:, None]) == np.sign(true)[:, None]).mean(axis=0)
        lines.append(
            f"| {name} | {len(chosen)} | {sd[0]:.2f} | {sd[1]:.2f} | {sd[0] - sd[1]:+.2f} ({low:+.2f} to {high:+.2f}) "
            f"| {right[0]:.3f} | {right[1]:.3f} |"
        )
    return "\n".join([*lines, ""])


DEPTH_HEADER = (
    "| legs | clips | sd among others, cm | alone | difference (90 % interval) | sign right among others | alone |"
)
KINDS = ("meet", "alone")
LEGS: tuple[tuple[str, Chosen], ...] = (
    ("nothing covers them", lambda r: not r["covered_by"]),
    ("something covers one", lambda r: bool(r["covered_by"])),
    ("all", lambda r: True),
)


def _depth_cm(said: Record) -> Any:
    return said["attempt"]["depth"]["cm"] if said["attempt"] else None


def _bootstrap(error: FloatArray) -> tuple[float, float]:
    """90 % interval of the difference of two columns' sd, clips drawn again."""
    rng = np.random.default_rng(0)
    drawn = error[rng.integers(0, len(error), (2000, len(error)))].std(axis=1)
    low, high = np.percentile(drawn[:, 0] - drawn[:, 1], [5.0, 95.0])
    return float(low), float(high)


def scale(records: list[Record]) -> str:
    """Errors of every source of the scale, at the standing lifter."""
    lines = ["## Scale", "", SCALE_HEADER, "| --- " * 8 + "|"]
    for name, wanted in SCALES:
        chosen = [r for r in records if is_right(r["meet"]) and wanted(r) and r["meet"]["judgement"]["scale"]]
        for source in (AT_THE_PLATE, "plate", "height", "model", "all together"):
            errors = [100.0 * off for record in chosen for off in _scale_off(record, source)]
            if errors:
                off = np.abs(errors)
                told = f"{len(errors)} of {len(chosen)} | {np.mean(errors):+.1f} | {np.median(off):.1f}"
                within = f"{(off <= 3.0).mean():.2f} | {(off <= 8.0).mean():.2f}"
                lines.append(f"| {name} | {source} | {told} | {np.percentile(off, 90):.1f} | {within} |")
    return "\n".join([*lines, ""])


SCALE_HEADER = "| clips | source | told | bias, % | median, % | 9 in 10 within, % | within 3 % | within 8 % |"


AT_THE_PLATE = "a plate, where it is"


def _scale_off(record: Record, source: str) -> list[float]:
    """Shares by which a source is off: of a plate one for each, otherwise one or none."""
    if source == AT_THE_PLATE:
        return list(record["meet"]["plates_off"])
    found = record["meet"]["judgement"]["scale"]
    told = [one["cm_per_px"] for one in found["sources"] if one["source"] == source]
    told = [found["cm_per_px"]] if source == "all together" else told
    return [cm_per_px / record["cm_per_px"] - 1.0 for cm_per_px in told]


def from_the_side_deg(record: Record) -> float:
    """Azimuth on either side: 0 in front, 180 behind."""
    return float(180.0 - abs(180.0 - record["azimuth_deg"] % 360.0))


def big_plates(record: Record) -> bool:
    """Whether the largest plates have 45 cm."""
    return bool(record["plate_radius_m"] == BIG_M)


BIG_M = 0.225

SCALES: tuple[tuple[str, Chosen], ...] = (
    ("45 cm plates, 30 to 150 degrees", lambda r: big_plates(r) and 30.0 <= from_the_side_deg(r) <= 150.0),
    ("45 cm plates, other views", lambda r: big_plates(r) and not 30.0 <= from_the_side_deg(r) <= 150.0),
    ("smaller plates", lambda r: r["plate_radius_m"] is not None and not big_plates(r)),
    ("no plates", lambda r: r["plate_radius_m"] is None),
)


def bar(records: list[Record]) -> str:
    """Errors of the bar's height, of its bottom and of its speeds."""
    lines = ["## Bar", "", BAR_HEADER, "| --- " * 9 + "|"]
    for name, wanted in SCALES:
        chosen = [r for r in records if is_right(r["meet"]) and wanted(r) and r["meet"]["attempt"]]
        seen = [r for r in chosen if r["meet"]["bar_off_cm"]]
        if not seen:
            lines.append(f"| {name} | 0 of {len(chosen)} | | | | | | | |")
            continue
        off = np.abs(np.concatenate([r["meet"]["bar_off_cm"] for r in seen]))
        rms = np.median([np.sqrt(np.mean(np.square(r["meet"]["bar_off_cm"]))) for r in seen])
        timed = [r for r in seen if r["meet"]["attempt"]["bar"]["bottom_s"] is not None]
        apart = np.abs([r["meet"]["attempt"]["bar"]["bottom_s"] - r["meet"]["attempt"]["bottom_s"] for r in timed])
        hips = np.abs([r["meet"]["attempt"]["bottom_s"] - r["bottom_s"] for r in timed])
        late = np.abs([r["meet"]["attempt"]["bar"]["bottom_s"] - r["bar"]["bottom_s"] for r in timed])
        height = f"{np.median(off):.2f} | {np.percentile(off, 90):.2f} | {rms:.2f}"
        times = " | ".join(_share(off_s <= SOON_S) for off_s in (apart, late, hips))
        lines.append(f"| {name} | {len(seen)} of {len(chosen)} | {height} | {times} | {speed_off(seen)} |")
    return "\n".join([*lines, ""])


SOON_S = 0.1
"""Between two bottoms that agree."""

BAR_HEADER = (
    "| clips | followed | height off, cm: median | 9 in 10 within | rms of a clip, median "
    "| bottom by bar and hips within .1 s | bar and truth | hips and truth | mean speed up, % off (median) |"
)


def speed_off(records: list[Record]) -> str:
    """Median error of the mean concentric velocity, %."""
    told = [(r["meet"]["attempt"]["bar"]["ascent"], r["bar"]["ascent"]) for r in records]
    off = [100.0 * abs(said["mean_m_s"] / true["mean_m_s"] - 1.0) for said, true in told if said]
    return f"{np.median(off):.1f} ({len(off)} clips)" if off else ""


def _share(hits: BoolArray) -> str:
    return f"{hits.sum()} of {len(hits)}"


def cost(records: list[Record]) -> str:
    """Processor's seconds for a second of video."""
    lines = ["## Cost", "", "| clips | computing, s per s of video (median) | most |", "| --- " * 3 + "|"]
    for name, kind in (("among others", "meet"), ("alone", "alone")):
        ratio = [record[kind]["computing_s"] / record[kind]["duration_s"] for record in records]
        lines.append(f"| {name} | {np.median(ratio):.1f} | {max(ratio):.1f} |")
    return "\n".join([*lines, ""])


GROUPS: tuple[tuple[str, Chosen], ...] = (
    ("all", lambda r: True),
    *((f"{n} in the room", lambda r, n=n: r["people"] == n) for n in range(1, 6)),
    ("two or more, a spotter squats along", lambda r: r["along"]),
    ("two or more, none does", lambda r: r["people"] > 1 and not r["along"]),
    ("a mirror", lambda r: r["mirror"]),
    ("a picture of somebody", lambda r: r["picture"]),
    ("two lifters side by side", lambda r: r["side_by_side"]),
    ("one lifter only", lambda r: not r["side_by_side"]),
    ("something covers a leg", lambda r: bool(r["covered_by"])),
)

AGAIN = "## Chosen again"

BARE, FRESH = "## Squats without a bar", "## Fresh meets, most of them hard"
"""Parts by hand, of renders that this does not make."""

AGAIN_TEXT = """{title}
Made by `python benchmarks/lifter.py FOLDER --choose`: by the present code the lifter is chosen in {right} of these
{clips} clips, nobody in {nobody}, and somebody else in {wrong}.

Not the lifter: {names}.

Depth, scale and bar were not measured again, the other tables are older: since they were made people are told apart by
who stands between the plates of a bar too.
"""

SETTLED_ON = (range(700_000, 700_064), range(730_000, 730_024), range(750_000, 750_064), range(770_000, 771_021))
"""Seeds of the meets by which the choice of the lifter, the finding of plates and the bottom's time were settled."""

UNTOUCHED = """All was settled on other seeds, and these judged once; but that nobody is called the lifter below a
score of .07 was thought of when two of these had been judged wrong (its number is from the others)."""

HEAD = """# The lifter among others
Made by `python benchmarks/lifter.py FOLDER` from {clips} rendered meets (docs/synth.md), seeds {first} to {last} of
`sample_meet` at half a phone's size, 15 frames a second, {seconds:.0f} s in all: 1 to 5 people in turn, in every second
five seeds with spotters who squat along with the lifter (80 to 100 % of the way down, up to .3 s behind him), three
mirrors, two pictures of somebody on a wall and two pairs of lifters in 16; cameras usually 30 to 150 degrees from the
front, on either side; racks, plates in front of legs, people who walk through, blur, noise. The lifter's height is
given. Rendered people move alike and have poor hands, faces and clothes: nothing here was measured on a real meet.

{settled}
"""

TAIL = """## What is what
- right: the track that was chosen overlaps the lifter's true boxes more than anybody's, reflections and pictures
  included, and the pose's hips are his (median within .15 of his height). Of two who lift side by side the one who
  stands at the scene's origin, nearer to the picture's middle, counts as the lifter.
- not right: whom the track belongs to, person 0 being the other lifter where two lift side by side; "nobody" is no
  verdict, because nobody was clearly seen to lift.
- centremost: the report's rule, `--lifter centre`, on the same tracks.
- something covers a leg: a plate, the bar, the rack, a person or a thing hides at least part of the crease or the top
  of the knee of a leg at the true bottom, by rays cast at the scene; the lifter's own body does not count.
- a plate, where it is: its radius against the true one, at its own distance; plate: carried to the lifter.
- bar height: against its place at the attempt's first picture, over the attempt.
- computing: processor's time of everything that `examine` does, all cores added.
"""
