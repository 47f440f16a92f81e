"""The packet as a file: a zip whose bytes follow from its members alone, and reading one without trust.

Members are stored, not compressed: pictures and films are compressed already, every version of zlib packs differently,
and what is not packed cannot unpack to more than the file has. Nothing is ever unpacked to a folder.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from depthperception.errors import PacketError, quoted

SCHEMA = "depthperception/packet/1"
MANIFEST = "manifest.json"

MEMBER = re.compile(r"(?:[a-z0-9_]{1,40}/)?[a-z0-9_]{1,40}\.(?:html|json|csv|png|jpg|mp4)")
"""A name in a packet: at most one folder, nothing absolute, nothing that goes up."""

MOST_BYTES = 2 * 1024**3
"""Of a packet: ten frames of 8K have a tenth of it."""

MOST_MEMBERS = 100
"""A packet has 16."""

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The oldest date that a zip can hold: a packet does not depend on when it was made."""

UNIX, REGULAR_FILE = 3, 0o100644 << 16


def archived(members: Mapping[str, bytes], facts: Mapping[str, Any]) -> bytes:
    """Put members into a zip, behind a manifest with the facts and each member's SHA-256."""
    hashes = {name: {"sha256": digest(content), "bytes": len(content)} for name, content in members.items()}
    return packed({MANIFEST: json_bytes({"schema": SCHEMA, **facts, "members": hashes}), **members})


def packed(members: Mapping[str, bytes]) -> bytes:
    """Write members as they are, in their order, into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.create_system, entry.external_attr = UNIX, REGULAR_FILE
            archive.writestr(entry, content)
    return out.getvalue()


def digest(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def json_bytes(content: Any) -> bytes:
    """Write JSON in the one way that packets have it."""
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def unpacked(path: Path) -> tuple[dict[str, bytes], list[str]]:
    """Read a zip's members into memory, and name those that cannot be read because they were changed.

    Raises
    ------
    PacketError
        When it is no zip, or holds what no packet holds.
    """
    content = _content(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check(path, entries, len(content))
            found = {entry.filename: _read(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, OSError) as error:
        raise _no_packet(path, f"it cannot be read as a zip ({error})") from error
    damaged = [name for name, member in found.items() if member is None]
    return {name: member for name, member in found.items() if member is not None}, damaged


def manifest_of(path: Path, members: Mapping[str, bytes]) -> dict[str, Any]:
    """Read the manifest of a packet.

    Raises
    ------
    PacketError
        When there is none, or none of this version.
    """
    try:
        manifest = json.loads(members[MANIFEST])
        listed = manifest["schema"] == SCHEMA and all(
            isinstance(one["sha256"], str) for one in manifest["members"].values()
        )
        whole = listed and isinstance(manifest["attempt"], int) and isinstance(manifest["video"]["sha256"], str)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise _no_packet(path, f"it has no {MANIFEST} that can be read") from error
    if not whole:
        raise _no_packet(path, f"its {MANIFEST} does not keep the contract {SCHEMA}")
    return dict(manifest)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _no_packet(path, f"it has {path.stat().st_size / 1e9:.1f} GB")
        return path.read_bytes()
    except OSError as error:
        raise _no_packet(path, f"it cannot be read ({error.strerror})") from error


def _check(path: Path, entries: list[zipfile.ZipInfo], size_bytes: int) -> None:
    """Refuse what no packet holds, before anything of it is read."""
    names = [entry.filename for entry in entries]
    strange = next((name for name in names if not MEMBER.fullmatch(name)), None)
    if strange is not None:
        raise _no_packet(path, f"it holds a member called {quoted(strange)}")
    if len(set(names)) < len(names) or len(names) > MOST_MEMBERS:
        raise _no_packet(path, "it holds a member twice, or too many")
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
        raise _no_packet(path, "it holds compressed or encrypted members")
    if sum(entry.file_size for entry in entries) > size_bytes:
        raise _no_packet(path, "its members claim to be larger than the file")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """Give a member; None where its checksum or its own header says something else than the directory."""
    try:
        content = archive.read(entry)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError):
        return None
    return content if len(content) == entry.file_size else None


def _no_packet(path: Path, found: str) -> PacketError:
    return PacketError(
        f"{path} is no appeal packet, or was changed: {found}. Expected a file that `depthperception packet` or the "
        "page wrote, as it was written. Ask for it again, or make it again from the video."
    )
