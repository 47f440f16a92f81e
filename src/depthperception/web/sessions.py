"""Who has shown the token: a signed cookie that ends, so that the server keeps no list; and who tries tokens out."""

import hmac
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable

logger = logging.getLogger(__name__)

LASTING_S = 12 * 3600
"""A day at a meet; whoever is active in its second half is given a new one."""

MOST_GUESSES, WITHIN_S = 10, 60.0
"""Wrong tokens of one address before it has to wait: a person mistypes a few, and at this rate the shortest token that
is taken (16 characters) outlives everybody even if it is made of digits."""

MOST_ADDRESSES = 10_000
"""Addresses whose wrong tokens are remembered; the oldest is forgotten first, so that memory stays small."""

Clock = Callable[[], float]
"""Seconds; of the day for what outlives a restart, of any beginning for what does not."""


class Sessions:
    """Cookies that say until when they hold, signed with the server's token.

    Parameters
    ----------
    token
        The server's secret: another token ends every session.
    now
        Seconds since 1970.
    """

    def __init__(self, token: str, *, now: Clock = time.time) -> None:
        self._key = token.encode()
        self._now = now

    def issue(self) -> str:
        """Make a cookie that holds from now on."""
        return self._signed(f"{self._now() + LASTING_S:.0f}")

    def left_s(self, cookie: str) -> float:
        """Return how long a cookie still holds, s; 0 for one that is not ours, or over."""
        until = cookie.partition(".")[0]
        if not (until.isascii() and until.isdecimal() and len(until) < 12):
            return 0.0
        ours = secrets.compare_digest(cookie.encode(), self._signed(until).encode())
        return max(float(until) - self._now(), 0.0) if ours else 0.0

    def _signed(self, until: str) -> str:
        return f"{until}.{hmac.digest(self._key, f'session until {until}'.encode(), 'sha256').hex()}"


class Guesses:
    """Wrong tokens of the last minute by address; an address with too many has to wait.

    Parameters
    ----------
    now
        Seconds that only grow.
    """

    def __init__(self, *, now: Clock = time.monotonic) -> None:
        self._now = now
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, address: str) -> None:
        """Remember a wrong token."""
        times = self._wrong.setdefault(address, deque(maxlen=MOST_GUESSES))
        times.append(self._now())
        self._wrong.move_to_end(address)
        if len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)
        if self.wait_s(address):
            said = "%s: %d wrong tokens within %.0f s; no token of it is taken now"
            logger.warning(said, address, MOST_GUESSES, WITHIN_S)

    def wait_s(self, address: str) -> float:
        """Return how long no token of an address is looked at, s: 0 unless it has sent too many wrong ones."""
        times = self._wrong.get(address)
        if times is None or len(times) < MOST_GUESSES:
            return 0.0
        return max(times[0] + WITHIN_S - self._now(), 0.0)
