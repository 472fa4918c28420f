"""How hard a secret is to guess: an estimate that errs on the low side."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence

MIN_BITS = 100.0
MIN_CHARACTERS = 32
_WORD_BITS = 11.0  # a word is one of two thousand
_CHUNKS = re.compile(r"[A-Z]?[a-z]{3,11}|[A-Z]{4,12}")
_NOT_LETTERS = re.compile(r"[^A-Za-z]+")
_CONSONANTS = re.compile(r"[^aeiouy]{4}")
_RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
)
_PRINTABLE = frozenset(range(32, 127))


def secret_bits(text: str) -> float:
    """Estimate the bits of a secret; 100 or more is out of reach.

    Repetition, runs of neighbouring characters or keys, and dictionary-like words count for little, however long.
    """
    once = text[: _period(text)]
    if len(set(once)) < 8 or any(map(_is_run, (once.casefold(), _NOT_LETTERS.sub("", once).casefold()))):
        return 0.0
    steps = [ord(after) - ord(before) for before, after in itertools.pairwise(once)]
    drawn = min(_shannon(once) * len(once), _shannon(steps) * len(steps))
    return min(drawn, _bits_of_words(once, _shannon(once)))


def _bits_of_words(text: str, each: float) -> float:
    """Estimate the bits of a text made of words, with or without other characters between; infinite if not."""
    pieces = [piece for piece in _NOT_LETTERS.split(text) if piece]
    digits = sum(sign.isdigit() for sign in text)
    spoken = all(piece.islower() or piece.istitle() or piece.isupper() for piece in pieces)
    parted = len(text) - digits - sum(map(len, pieces)) >= len(pieces) - 1
    if len(pieces) > 2 and spoken and parted and sum(map(len, pieces)) >= 3 * len(pieces):
        return len(pieces) * _WORD_BITS + digits * math.log2(10)
    words = [chunk for chunk in _CHUNKS.findall(text) if _looks_like_a_word(chunk.lower())]
    covered = sum(map(len, words))
    if covered < 0.8 * len(text):
        return math.inf
    return len(words) * _WORD_BITS + (len(text) - covered) * each


def is_weak_secret(text: str) -> bool:
    """Tell whether a text is too short or too easy to sign cookies with."""
    return len(text) < MIN_CHARACTERS or secret_bits(text) < MIN_BITS


def is_weak_key(key: bytes) -> bool:
    """Tell whether 32 bytes look made by a person: text, a pattern, few distinct values. Random bytes never do."""
    steps = {(after - before) % 256 for before, after in itertools.pairwise(key)}
    return set(key) <= _PRINTABLE or len(set(key)) < 18 or len(steps) < 16


def _period(text: str) -> int:
    """Return the length after which a text only repeats itself."""
    return next(
        (n for n in range(1, len(text)) if text == (text[:n] * (len(text) // n + 1))[: len(text)]), len(text)
    )


def _shannon(values: Sequence[object]) -> float:
    """Return the Shannon bits of each value, corrected for the sample size (Miller and Madow)."""
    counts, many = Counter(values), len(values)
    if not many:
        return 0.0
    seen = -sum(n / many * math.log2(n / many) for n in counts.values())
    return seen + (len(counts) - 1) / (2 * many * math.log(2))


def _looks_like_a_word(chunk: str) -> bool:
    vowels = sum(letter in "aeiouy" for letter in chunk)
    return len(chunk) >= 4 and 0.3 <= vowels / len(chunk) <= 0.67 and not _CONSONANTS.search(chunk)


def _is_run(bare: str) -> bool:
    """Recognise a walk along the keys or the alphabet, with at most two characters around it."""
    compact = re.sub(r"[\W_]+", "", bare)
    return any(
        compact[start : start + length] in run
        for run in _RUNS
        for length in range(max(len(compact) - 2, 8), len(compact) + 1)
        for start in range(len(compact) - length + 1)
    )
