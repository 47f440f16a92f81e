"""Words that only an author knows: kept so that nobody can read them, and compared in constant time."""

import hashlib
import hmac
import secrets

SALT_BYTES = 16
WORK = {"n": 2**14, "r": 8, "p": 1}
"""Of scrypt (RFC 7914): 50 ms and 16 MB for each try."""


def locked(word: str) -> str:
    """Make a lock that a word opens; none of an empty word."""
    if not word:
        return ""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"{salt.hex()}${hashlib.scrypt(word.encode(), salt=salt, **WORK).hex()}"


def opens(word: str, lock: str) -> bool:
    """Whether it is the word that the lock was made of."""
    salt, _, kept = lock.partition("$")
    found = hashlib.scrypt(word.encode(), salt=bytes.fromhex(salt), **WORK)
    return hmac.compare_digest(found.hex(), kept)
