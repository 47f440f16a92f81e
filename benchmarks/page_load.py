"""The page with many visitors, some of them hostile: what is answered, how fast, and what becomes of the server.

    python benchmarks/page_load.py                                    an hour, 50 visitors, 200 uploads, 1000 streams
    python benchmarks/page_load.py --minutes 480 --uploads 4000       a long day
    python benchmarks/page_load.py --minutes 3 --uploads 8 --visitors 10 --streams 100 --figure load.png

The real server runs as its own process with a token, and judges the clips of tests/data, each made different by some
bytes behind its end. Beside visitors who look around: uploads that break off half-way, senders of a byte a second,
requests whose head never ends, pages that only listen, tokens tried out, actions of other sites. Every few seconds the
server's and its children's memory, handles, threads and temporary files are noted (Linux).
"""

import argparse
import asyncio
import os
import random
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from watched import NOTED_EVERY_S, draw, quarters, state_of

CLIPS = sorted((Path(__file__).parents[1] / "tests" / "data").glob("*.mp4"))
ACTION = {"X-DepthPerception": "1"}
RUN = "import sys; from depthperception.cli.app import main; sys.exit(main())"
TOKEN = secrets.token_urlsafe(24)
DAWDLERS = 20
"""Senders of a byte a second, and as many heads that never end."""


@dataclass
class Seen:
    """What came of it all."""

    statuses: dict[str, Counter[int | str]] = field(default_factory=lambda: defaultdict(Counter))
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: list[str] = field(default_factory=list)
    """Ids of judgings."""


@dataclass(frozen=True)
class Attack:
    """The server under test, and how long it is to be asked."""

    address: str
    process: subprocess.Popen[str]
    until_s: float
    seen: Seen

    @property
    def over(self) -> bool:
        """Whether time is up."""
        return time.monotonic() > self.until_s

    async def ask(self, client: httpx.AsyncClient, kind: str, method: str, path: str, **sent: object) -> httpx.Response:
        """Ask, and note what came of it under a kind."""
        began_s = time.monotonic()
        try:
            answer = await client.request(method, path, **sent)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            self.seen.statuses[kind][type(error).__name__] += 1
            return httpx.Response(599)
        self.seen.statuses[kind][answer.status_code] += 1
        self.seen.took_s[kind].append(time.monotonic() - began_s)
        return answer

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a bare connection."""
        url = httpx.URL(self.address)
        return await asyncio.open_connection(url.host, url.port)


def client_of(attack: Attack, **headers: str) -> httpx.AsyncClient:
    """Make a visitor who has the token."""
    known = {"Authorization": f"Bearer {TOKEN}", **headers}
    return httpx.AsyncClient(base_url=attack.address, headers=known, timeout=120)


async def look_around(attack: Attack) -> None:
    """Do what a visitor does: library, a judging, its frames and pictures, exports."""
    async with client_of(attack, Accept="text/html") as client:
        while not attack.over:
            await attack.ask(client, "visit", "GET", "/")
            found = await attack.ask(client, "visit", "GET", "/api/attempts")
            items = found.json()["items"] if found.status_code == 200 else []
            for item in random.sample(items, min(2, len(items))):
                await attack.ask(client, "visit", "GET", f"/judgings/{item['judging']}")
                await attack.ask(client, "frame", "GET", f"/api/judgings/{item['judging']}/frames/30.jpg")
            await attack.ask(client, "visit", "GET", "/library.csv")
            await asyncio.sleep(random.uniform(2, 8))


async def upload(attack: Attack, number: int) -> None:
    """Send a clip that nobody has sent before."""
    content = CLIPS[number % len(CLIPS)].read_bytes() + b"\0\0\0\x18free" + secrets.token_bytes(16)
    async with client_of(attack, **ACTION, **{"X-File-Name": f"clip{number}.mp4"}) as client:
        answer = await attack.ask(client, "upload", "POST", "/judgings", content=content)
        if answer.status_code == 201:
            attack.seen.sent.append(answer.json()["id"])


async def upload_all(attack: Attack, count: int, every_s: float) -> None:
    """Send one after the other."""
    for number in range(count):
        if attack.over:
            return
        await upload(attack, number)
        await asyncio.sleep(every_s)


async def break_off(attack: Attack) -> None:
    """Send half an upload, and leave."""
    while not attack.over:
        _, writer = await attack.connect()
        writer.write(_head("POST", "/judgings", 10**7) + secrets.token_bytes(10**5))
        with suppress(ConnectionError):
            await writer.drain()
            await asyncio.sleep(1)
        writer.close()
        attack.seen.statuses["broken off"]["left"] += 1
        await asyncio.sleep(10)


async def dawdle(attack: Attack, start: bytes, kind: str) -> None:
    """Send a byte a second, for ever."""
    while not attack.over:
        reader, writer = await attack.connect()
        writer.write(start)
        with suppress(ConnectionError):
            while not attack.over and not reader.at_eof():
                writer.write(b"a")
                await writer.drain()
                with suppress(TimeoutError):
                    said = await asyncio.wait_for(reader.read(100), 1)
                    status = re.match(rb"HTTP/1.1 (\d+)", said)
                    attack.seen.statuses[kind][int(status[1]) if status else "closed"] += 1
                    break
        writer.close()


async def listen(attack: Attack) -> None:
    """Keep a stream of events open."""
    with suppress(ConnectionError):
        reader, writer = await attack.connect()
        writer.write(_head("GET", "/api/events", 0))
        status = re.match(rb"HTTP/1.1 (\d+)", await reader.readline())
        attack.seen.statuses["stream"][int(status[1]) if status else "closed"] += 1
        while not attack.over and not reader.at_eof():
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(65536), 5)
        writer.close()


async def forge(attack: Attack) -> None:
    """Try tokens out, act for another site, name another host, ask for what is not there."""
    bad: list[tuple[str, str, dict[str, str]]] = [
        ("GET", "/", {"Authorization": "Bearer wrong"}),
        ("DELETE", "/judgings/0123456789abcdef", {"Authorization": f"Bearer {TOKEN}"}),
        ("POST", "/judgings", {"Authorization": f"Bearer {TOKEN}", **ACTION, "Origin": "http://evil.example"}),
        ("GET", "/judgings/../../etc/passwd", {"Cookie": "depthperception_session=99999999999.0"}),
    ]
    async with httpx.AsyncClient(base_url=attack.address, timeout=120) as client:
        while not attack.over:
            for method, path, headers in bad:
                await attack.ask(client, "forged", method, path, headers=headers)
            await asyncio.sleep(20)


def _head(method: str, path: str, length: int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {TOKEN}", "X-DepthPerception: 1"]
    return ("\r\n".join([*lines, f"Content-Length: {length}"]) + "\r\n\r\n").encode()


async def watch(attack: Attack, folder: Path, rows: list[tuple[float, ...]]) -> None:
    """Note the server's state until time is up."""
    began_s, temporary = time.monotonic(), [folder / "tmp", folder / "library" / "incoming"]
    while not attack.over and attack.process.poll() is None:
        with suppress(OSError, IndexError):
            rows.append((time.monotonic() - began_s, *state_of(attack.process.pid, temporary)))
        await asyncio.sleep(NOTED_EVERY_S)


async def attack_all(attack: Attack, asked: argparse.Namespace, folder: Path) -> np.ndarray:
    """Let everybody loose; return the server's state over time."""
    rows: list[tuple[float, ...]] = []
    every_s = 60 * asked.minutes / max(asked.uploads, 1)
    await upload(attack, 10**6)
    endless = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "
    everybody: list[Callable[[], Awaitable[None]]] = [
        lambda: watch(attack, folder, rows),
        lambda: upload_all(attack, asked.uploads, every_s / 2),
        lambda: break_off(attack),
        lambda: forge(attack),
        *[lambda: look_around(attack)] * asked.visitors,
        *[lambda: dawdle(attack, _head("POST", "/judgings", 10**7), "slow body")] * DAWDLERS,
        *[lambda: dawdle(attack, endless, "slow head")] * DAWDLERS,
        *[lambda: listen(attack)] * asked.streams,
    ]
    await asyncio.gather(*(one() for one in everybody))
    return np.array(rows)


def report(attack: Attack, rows: np.ndarray) -> None:
    """Print what came of it."""
    print("\n| what | answers | median, s | 95 % | longest |\n| --- | --- | --- | --- | --- |")
    for kind, counts in sorted(attack.seen.statuses.items()):
        took = attack.seen.took_s.get(kind, [])
        times = [f"{value:.2f}" for value in np.percentile(took, [50, 95, 100])] if took else ["", "", ""]
        said = ", ".join(f"{status}: {count}" for status, count in counts.most_common())
        print(f"| {kind} | {said} | {' | '.join(times)} |")
    states = Counter(_state(attack, one) for one in attack.seen.sent)
    print(f"\njudgings: {', '.join(f'{count} {state}' for state, count in states.items())}\n")
    print(quarters(rows, "server"))


def _state(attack: Attack, judging: str) -> str:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return str(httpx.get(f"{attack.address}/api/judgings/{judging}", headers=headers, timeout=120).json()["state"])


def run(asked: argparse.Namespace, folder: Path) -> None:
    """Start the server, let everybody loose, report, stop it."""
    (folder / "tmp").mkdir()
    command = [sys.executable, "-c", RUN, "serve", "--port", "0", "--token", TOKEN]
    environment = os.environ | {"TMPDIR": str(folder / "tmp")}
    process = subprocess.Popen(
        [*command, "--folder", str(folder / "library")], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    address = re.search(r"http://[\d.]+:\d+", said)
    if address is None:
        sys.exit(f"the server did not start: {said}{process.stderr.read()}")
    try:
        attack = Attack(address[0], process, time.monotonic() + 60 * asked.minutes, Seen())
        rows = asyncio.run(attack_all(attack, asked, folder))
        report(attack, rows)
        if asked.figure:
            draw(rows, "server", asked.figure)
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--figure", type=Path, help="PNG of memory, handles, threads and files over time")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    random.seed(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        run(asked, Path(folder))


if __name__ == "__main__":
    main()
