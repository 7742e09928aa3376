"""Words of a claim as they are compared: folded, and cut to what forms of a word share."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

STOP = frozenset((Path(__file__).parent / "ignored-words.txt").read_text(encoding="utf-8").split())
"""Words that say nothing about which event is meant."""


def words(text: str) -> list[str]:
    """Folded words of a text."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.findall(r"\w+(?:'\w+)*", text)


def stems(text: str) -> list[str]:
    """Words that carry meaning, cut to what forms of a word share; each once, in order.

    >>> stems("the commanders shot two of the refusing soldiers")
    ['comman', 'shot', 'refus', 'soldie']
    """
    found = dict.fromkeys(cut(w) for w in words(text) if len(w) > 3 and w not in STOP)
    return list(found)


@lru_cache(maxsize=100_000)
def cut(word: str) -> str:
    """A word without its ending, at most six letters.

    >>> cut("refused"), cut("refusing")
    ('refus', 'refus')
    """
    word = re.sub(r"'s$|'$", "", word)
    for ending in ("ings", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:6]
