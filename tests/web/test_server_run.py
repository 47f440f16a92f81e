"""Where the server binds, and what it says when it cannot."""

import socket
from pathlib import Path

import pytest

from depthperception.errors import OptionError, OutputError
from depthperception.web.server import serve


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError, match=f"Port {port} of 127.0.0.1 cannot be listened on"):
            serve(port=port, folder=tmp_path)


def test_a_folder_that_cannot_be_used_is_said_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="Name another"):
        serve(port=0, folder=tmp_path / "file", on_ready=lambda address: pytest.fail("it listened"))


def test_a_network_address_without_a_token_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no token was given"):
        serve("0.0.0.0", port=0, folder=tmp_path / "library")
    assert not (tmp_path / "library").exists()
