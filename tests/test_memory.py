"""The memory of pictures that were let go of is given back, also where others that were made later stay."""

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
