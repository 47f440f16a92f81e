"""The film's last part, as the camera gave it, and a file made of a piece of it."""

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

from depthperception.errors import VideoError
from depthperception.live.feed import Kept
from depthperception.live.settings import KEEP_S, MOST_BYTES

IN_MP4 = frozenset({"h264", "hevc", "av1", "mpeg4", "mjpeg"})
"""Codecs that MP4 holds with every clock; others go to Matroska, which keeps milliseconds."""


class Ring:
    """Packets of the last while, so many that their key frames reach back far enough, and no more.

    Parameters
    ----------
    stream, base
        Whose packets they are, and the length of their time stamps' unit, s.
    keep_s, most_bytes
        How much is kept.
    """

    def __init__(
        self, stream: VideoStream, base: Fraction, *, keep_s: float = KEEP_S, most_bytes: int = MOST_BYTES
    ) -> None:
        self._stream = stream
        self._base = base
        self._keep_s = keep_s
        self._most_bytes = most_bytes
        self._packets: deque[Kept] = deque()
        self.bytes = 0

    def add(self, packet: Kept) -> None:
        """Take the next packet, and let go of what is too old."""
        self._packets.append(packet)
        self.bytes += len(packet.data)
        oldest = packet.dts - self._keep_s / self._base
        while len(self._packets) > 1 and (self._packets[0].dts < oldest or self.bytes > self._most_bytes):
            self.bytes -= len(self._packets.popleft().data)

    def since(self, start_pts: float) -> list[Kept]:
        """Give the packets from the last key frame at or before a time stamp on; from the first one after it else."""
        packets = list(self._packets)
        return packets[self._first(start_pts) :]

    def key_before(self, start_pts: float) -> float:
        """Give the time stamp from which on `since` would give packets; the one that was asked for where none is."""
        first = self._first(start_pts)
        return self._packets[first].pts if first < len(self._packets) else start_pts

    def _first(self, start_pts: float) -> int:
        keys = [k for k, one in enumerate(self._packets) if one.is_key]
        before = [k for k in keys if self._packets[k].pts <= start_pts]
        return before[-1] if before else keys[0] if keys else len(self._packets)

    @property
    def hides_beginnings(self) -> bool:
        """Whether a file can say that its first pictures are not shown, because later ones are predicted from them."""
        return self._stream.codec_context.codec.canonical_name in IN_MP4

    def write(self, path: Path, packets: Sequence[Kept], shown_pts: int) -> Path:
        """Write packets to a file beside `path`, whose ending says what it is; nothing is encoded again.

        `shown_pts` is the first picture's that is to be shown.

        Raises
        ------
        VideoError
            When the codec fits into no file.
        """
        ending, kind = (".mp4", "mp4") if self.hides_beginnings else (".mkv", "matroska")
        path = path.with_suffix(ending)
        try:
            with av.open(str(path), "w", format=kind) as container:
                out = container.add_stream_from_template(self._stream)
                out.time_base = self._base
                for kept in packets:
                    packet = av.Packet(kept.data)
                    packet.stream, packet.time_base = out, self._base
                    packet.pts, packet.dts = kept.pts - shown_pts, kept.dts - shown_pts
                    packet.duration, packet.is_keyframe = kept.duration, kept.is_key
                    container.mux(packet)
        except (av.FFmpegError, ValueError) as error:
            raise VideoError(
                f"The film cannot be kept ({error}). Expected a camera that gives H.264, HEVC or MJPEG. Choose another."
            ) from error
        return path
