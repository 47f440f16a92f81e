"""Commands give the memory of pictures back when they are let go of, also where others that were made later stay."""

import subprocess
import sys

import pytest

PICTURES = """
import re, sys
import numpy as np
from depthperception.memory import keep_small
def resident_mb():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
if sys.argv[1] == "small":
    keep_small()
for size in (3, 6):
    np.ones(size * 2**20, np.uint8)
before = resident_mb()
pictures = [np.ones(3 * 2**20, np.uint8) for _ in range(60)]
del pictures[::2]
print(resident_mb() - before)
"""


def kept_mb(how: str) -> float:
    said = subprocess.run([sys.executable, "-c", PICTURES, how], capture_output=True, text=True, check=True)
    return float(said.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc is Linux's")
def test_half_of_the_pictures_takes_half_of_the_memory() -> None:
    assert kept_mb("small") == pytest.approx(90.0, abs=8.0)
    assert kept_mb("as it is") > 150.0
