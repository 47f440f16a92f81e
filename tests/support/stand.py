"""A job that stands in for judging in a process of its own: it loads nothing, and does what its video's name says."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from depthperception.batch.jobs import Tell
from depthperception.errors import VideoError


@dataclass(frozen=True)
class Stand:
    """A job whose video's name says what it does."""

    video: str
    folder: str = ""

    def do(self, tell: Tell) -> Any:
        """Do what the name says."""
        tell("begun", {"sha256": self.video, "duration_s": 0.0})
        if self.folder:
            (Path(self.folder) / f"{self.video}-{time.monotonic_ns()}").touch()
        if self.video.startswith("hangs"):
            time.sleep(600)
        if self.video.startswith("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.video.startswith("broken"):
            raise VideoError(f"{self.video}: found this. Expected that. Do so.")
        if self.video.startswith("faulty"):
            raise RuntimeError("a fault of ours")
        if self.video.startswith("slow"):
            time.sleep(0.4)
        return self.video, os.getpid()
