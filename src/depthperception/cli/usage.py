"""Wrong usage in a sentence: what was found, what is expected, what to do."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from cyclopts.exceptions import CoercionError, CycloptsError, MissingArgumentError, UnknownCommandError

from depthperception.errors import quoted, shortened

KINDS: dict[object, str] = {float: "a number", int: "a whole number"}
"""What is expected of a value that cannot be read as one of these."""


def usage_sentence(error: CycloptsError, given: Sequence[str], commands: Sequence[str]) -> str:
    """Say what is wrong with a call.

    Parameters
    ----------
    error
        What the parser found.
    given
        The words of the call.
    commands
        Those that there are.
    """
    if isinstance(error, UnknownCommandError):
        return _no_command(given, commands)
    name = error.argument.name if error.argument else ""
    more = f"See: {' '.join(['depthperception', *(error.command_chain or ()), '--help'])}"
    if isinstance(error, CoercionError) and error.token is not None and error.target_type in KINDS:
        return f"{name} was given as {quoted(error.token.value)}; expected {KINDS[error.target_type]}. {more}"
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        wanted = error.argument.token_count()[0]
        found = f"{len(error.tokens_so_far)} of {wanted} values" if wanted > 1 else "no value"
        return f"{name} was given {found}; expected {wanted}. {more}"
    said = str(error)
    for word in given:
        said = said.replace(word, shortened(word))
    return f"{said} {more}"


def _no_command(given: Sequence[str], commands: Sequence[str]) -> str:
    word = next((one for one in given if not one.startswith("-")), "")
    if Path(word).suffix or os.path.exists(word):  # no command has a dot
        return f"{quoted(word)} stands where a command is expected. To judge it: depthperception judge {word}"
    found = f"There is no command called {quoted(word)}; expected one of {', '.join(commands)}."
    if word == "help":
        return f"{found} For help: {' '.join(['depthperception', *given[1:2], '--help'])}"
    near = get_close_matches(word, commands, n=1)
    return f"{found} {f'Did you mean {near[0]}?' if near else 'See: depthperception --help'}"
