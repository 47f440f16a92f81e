"""The command line in the process of the test."""

from pathlib import Path

import pytest

from depthperception.cli.app import main


def run(*arguments: str | Path) -> int:
    """Run the command line in this process; returns its exit code."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    return code if isinstance(code, int) else 0
