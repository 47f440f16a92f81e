"""What networks said of pictures that they saw lately, so that the same picture is not looked at twice.

While a camera runs one squat is gone through several times: while he still rises, when he stands, and with its bar.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import onnxruntime as ort
    from numpy.typing import NDArray

REMEMBERED = ("pose_landmark_heavy", "surfaces", "plates")
"""The networks that take nine tenths of what a squat's depth costs; the others cost less, or see nothing twice."""

MOST_BYTES = 100_000_000
"""Two squats take about 20 MB: 60 looks with landmarks alone, 6 with the inner maps, 10 with points on the surface."""


class LookMemory:
    """Outputs by network and input, the latest; for several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._known: OrderedDict[tuple[Any, ...], list[NDArray[Any]]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self.asked = self.answered = 0

    def find(self, key: tuple[Any, ...]) -> "list[NDArray[Any]] | None":
        """Give what is known."""
        with self._lock:
            self.asked += 1
            found = self._known.get(key)
            if found is not None:
                self.answered += 1
                self._known.move_to_end(key)
            return found

    def keep(self, key: tuple[Any, ...], outputs: "list[NDArray[Any]]") -> None:
        """Remember outputs, and forget the oldest beyond the limit."""
        for one in outputs:
            one.setflags(write=False)
        with self._lock:
            if key in self._known:
                return
            self._known[key] = outputs
            self._bytes += sum(one.nbytes for one in outputs)
            while self._bytes > self._most_bytes:
                self._bytes -= sum(one.nbytes for one in self._known.popitem(last=False)[1])


class RememberingSession:
    """A network that answers from memory where it can; everything else is the network's."""

    def __init__(self, name: str, network: "ort.InferenceSession", memory: LookMemory) -> None:
        self._name, self._network, self._memory = name, network, memory

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def run(self, wanted: Sequence[str] | None, feed: "Mapping[str, NDArray[Any]]") -> "list[NDArray[Any]]":
        """Run it, unless it saw the very same input."""
        digests = tuple((name, values.shape, blake2b(values.tobytes()).digest()) for name, values in feed.items())
        key = (self._name, wanted and tuple(wanted), *digests)
        known = self._memory.find(key)
        if known is None:
            known = list(self._network.run(wanted and list(wanted), dict(feed)))
            self._memory.keep(key, known)
        return list(known)
