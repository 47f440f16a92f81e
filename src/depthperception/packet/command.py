"""The command line that makes a packet again, and the options that it stands for."""

import shlex
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from depthperception.errors import OptionError, PacketError
from depthperception.options import DEFAULT_METHOD, Options
from depthperception.people import Pick

FLAGS = {
    "height_cm": "--height",
    "method": "--method",
    "lifter": "--lifter",
    "plate_cm": "--plate-cm",
    "rotate_deg": "--rotate",
    "speed": "--speed",
    "sure": "--sure",
    "rules": "--rules",
    "pose": "--pose",
    "detector": "--detector",
    "start_s": "--start",
    "end_s": "--end",
}
"""Of the command line, by the fields of `Options`; `pick` takes three values."""


def options_of(provenance: Mapping[str, Any]) -> Options:
    """Give the options that a judgement says it was made with.

    Raises
    ------
    PacketError
        When it was made with detectors' numbers of its own, or its options make no sense.
    """
    asked = {field.name: provenance[field.name] for field in fields(Options) if field.name in provenance}
    if asked.pop("settings", None):
        raise PacketError(
            "This attempt was judged with other numbers of the detectors (provenance.settings); expected the defaults. "
            "Judge it again from Python, with the same settings."
        )
    try:
        pick = asked.pop("pick", None)
        return Options(**asked, pick=Pick(**pick) if pick else None)
    except (OptionError, TypeError) as error:
        raise PacketError(
            f"The options in the packet make no sense ({error}); expected those of a judgement. Make the packet again."
        ) from error


def command(video: str, attempt: int, provenance: Mapping[str, Any]) -> str:
    """Write the command that makes the packet again; what is as it would be anyway is left out.

    Parameters
    ----------
    video
        The file's name.
    attempt
        Its number, from 1.
    provenance
        Of the judgement.
    """
    usual = {"method": DEFAULT_METHOD, **{name: getattr(Options(), name) for name in FLAGS if name != "method"}}
    words = ["depthperception", "packet", f"./{video}" if video.startswith("-") else video, "--attempt", f"{attempt}"]
    for name, flag in FLAGS.items():
        value = provenance.get(name, usual[name])
        words += [] if value == usual[name] else [flag, f"{value:g}" if isinstance(value, float) else f"{value}"]
    pick = provenance.get("pick")
    words += ["--pick", *(f"{value:g}" for value in pick.values())] if pick else []
    words += ["--out", f"attempt_{attempt}.zip"]
    return shlex.join(words)
