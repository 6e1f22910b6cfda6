"""Short marks of values, to see later whether a value is still the same without keeping it."""

import pickle
from hashlib import blake2b

SIZE = 16
"""Bytes. That two different values have the same mark is left out of account, as everywhere with such marks."""


def digest_of(value: object) -> bytes:
    """The mark of a value of plain types. Only equal values have the same one; that equal values have it too is usual
    and not certain, since it may tell apart how they came about. For use within one process.
    """
    return blake2b(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL), digest_size=SIZE).digest()
