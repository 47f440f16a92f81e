"""The appeal packet: one zip with the proof of one attempt, which anybody with the video can check.

`write_packet` makes it, `verify_packet` says whether it is what it claims to be. The same video, numbers and words give
the same bytes on the same machine. Another build of FFmpeg, OpenCV or the networks' runtime may give pictures that
differ by single grey levels, films of other bytes, and last digits: `verify_packet` knows that.
"""

from depthperception.packet.said import HandReading, Said
from depthperception.packet.verifying import Verification, verify_packet
from depthperception.packet.writing import write_packet

__all__ = ["HandReading", "Said", "Verification", "verify_packet", "write_packet"]
