"""The rules by which a lifter can be chosen, read from what somebody asks for."""

from typing import Literal, TypeAlias

from depthperception.errors import OptionError, quoted

Rule: TypeAlias = Literal["auto", "centre"] | int
"""How the lifter is chosen: by his marks, centremost as in the report, or by his number."""


def parse_rule(words: str) -> Rule:
    """Read what somebody asked for: auto, centre, or a number from 1.

    Raises
    ------
    OptionError
    """
    return checked_rule(int(words) if words.isdecimal() else words)


def checked_rule(rule: object) -> Rule:
    """Refuse what is no rule.

    Raises
    ------
    OptionError
    """
    if rule in ("auto", "centre"):
        return "auto" if rule == "auto" else "centre"
    if isinstance(rule, int) and not isinstance(rule, bool) and rule > 0:
        return rule
    raise OptionError(
        f"The lifter was given as {quoted(str(rule))}; expected auto, centre, or a number from 1 as the overlay "
        "shows it. Choose one of these."
    )
