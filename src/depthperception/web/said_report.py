"""report.html as it leaves the page: with who lifted what when, and what people read."""

from typing import Any

from jinja2 import Environment, PackageLoader

from depthperception.web.schemas import AttemptDetail, JudgingDetail

END = "</main>"
"""The report's own content ends here; what people said comes last, as it is no part of what was measured."""

VERDICTS = {"depth": "depth", "no_depth": "no depth", "too_close": "too close", "not_judgeable": "not judgeable"}


def with_said(html: str, judging: JudgingDetail) -> str:
    """Put what people said of a judging's attempts into its report; one of which nobody said anything stays as it is.

    A jury's readings are in it once the last member has read, as on the page.
    """
    attempts = [one for one in judging.attempts if _is_said(one)]
    before, end, after = html.rpartition(END)
    if not attempts or not end:
        return html
    said = _TEMPLATES.get_template("said.html.jinja").render(judging=judging, attempts=attempts)
    return f"{before}{said}{end}{after}"


def _is_said(one: AttemptDetail) -> bool:
    return bool(one.lifter or one.weight_kg is not None or one.date or one.notes or one.readings)


def _depth(cm: float | None) -> str:
    return "" if cm is None else f"{abs(cm):.1f} cm {'below' if cm > 0 else 'above'}"


def _interval(reading: Any) -> str:
    """Say a reading's 90 % interval; those of earlier versions have none."""
    if reading.low_cm is None or reading.high_cm is None:
        return ""
    return f"90 %: {_depth(reading.low_cm)} to {_depth(reading.high_cm)}"


_TEMPLATES = Environment(
    loader=PackageLoader("depthperception.web", "pages"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.globals |= {"depth_words": _depth, "interval_words": _interval, "verdict_words": VERDICTS}
