"""Memory that was let go of is given back: of pictures, also where others made later stay, and of networks."""

import os
import subprocess
import sys

import pytest

PICTURES = """
import re
import numpy as np
from depthperception.memory import give_back
def resident_mb():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
for size in (3, 6):
    np.ones(size * 2**20, np.uint8)
before = resident_mb()
pictures = [np.ones(3 * 2**20, np.uint8) for _ in range(60)]
del pictures[::2]
kept = resident_mb() - before
give_back()
print(kept, resident_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc is Linux's")
def test_half_of_the_pictures_takes_half_of_the_memory() -> None:
    said = subprocess.run([sys.executable, "-c", PICTURES], capture_output=True, text=True, check=True)
    kept_mb, after_mb = map(float, said.stdout.split())
    assert kept_mb > 150.0
    assert after_mb == pytest.approx(90.0, abs=8.0)


NETWORKS = """
import re
import numpy as np
from depthperception.models import let_go_of_networks, session, shrink_arena
def resident_mb():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
shrink_arena()
before = resident_mb()
for name in ("pose_landmark_heavy", "surfaces"):
    network = session(name, threads=1)
    network.run(None, {one.name: np.zeros(one.shape, np.float32) for one in network.get_inputs()})
del network
print(resident_mb() - before)
shrink_arena()
print(resident_mb() - before)
let_go_of_networks()
print(resident_mb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc is Linux's")
def test_what_networks_worked_in_is_given_back_between_stages_and_they_themselves_between_pieces() -> None:
    said = subprocess.run([sys.executable, "-c", NETWORKS], capture_output=True, text=True, check=True)
    worked_mb, kept_mb, left_mb = map(float, said.stdout.split())
    assert worked_mb - kept_mb > 20.0
    assert kept_mb > 25.0  # the heavy network's file has 27
    assert left_mb < 15.0


HEAPS = """
import ctypes, os, re, sys, tempfile, threading
from depthperception.cli.app import main
try:
    main(["--version"])
except SystemExit:
    pass
together = threading.Barrier(6)
def work():
    together.wait()
    block = bytearray(60_000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(len(re.findall(rb"<heap nr", told.read())), os.environ["MALLOC_ARENA_MAX"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc is Linux's")
@pytest.mark.parametrize(("asked", "heaps"), [(None, 2), ("5", 5)])
def test_threads_of_a_command_work_in_two_heaps_unless_somebody_asks_for_more(asked: str | None, heaps: int) -> None:
    given = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    given |= {"MALLOC_ARENA_MAX": asked} if asked else {}
    said = subprocess.run([sys.executable, "-c", HEAPS], capture_output=True, text=True, check=True, env=given)
    assert said.stdout.split()[-2:] == [str(heaps), str(heaps)]
