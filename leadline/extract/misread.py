"""Words that scraping or optical reading left run together or with a letter misread: `refused toattack`, `he to1d us`, `regirnent`.

Only what is no word is touched, and only where it then is: a small word and a word beside it, or one letter taken for another.

>>> list(repairs("They were told toattack the rni11 at once."))
[(17, 17, ' '), (28, 33, 'mill')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from leadline.extract.broken import Repair, mending_words
from leadline.extract.vocabulary import is_word

GLUED = re.compile(r"(?<![^\s(“\"‘])(?<!-\n)[a-z]{5,30}(?=[\s,;:!?)”\"]|\.(?!\w)|$)")
DOUBTED = re.compile(
    r"(?<![^\s(“\"‘])(?=[A-Za-z01]{0,29}(?:[01]|rn))[A-Za-z][A-Za-z01]{2,29}(?=[\s,;:!?)”\"’]|\.(?!\w)|$)"
)
REMEMBERED = 20_000
SHORTEST_PART = 4
"""Letters of what stands beside a small word; shorter rests come about by chance (`an|ton`, `his|ham`)."""


def repairs(text: str) -> Iterator[Repair]:
    """What is to be read otherwise, in order."""
    found = [(m.start() + a, m.start() + b, " ") for m in GLUED.finditer(text) if (at := joint(m[0])) for a, b in [at]]
    found += [(*m.span(), new) for m in DOUBTED.finditer(text) if (new := reread(m[0]))]
    yield from sorted(found)


@lru_cache(maxsize=REMEMBERED)
def joint(word: str) -> tuple[int, int] | None:
    """Where two words meet in one that is none, with the stray letter between two small words that are one letter apart.

    >>> joint("basementin"), joint("ofhtheir"), joint("basement"), joint("anton")
    ((8, 8), (2, 3), None, None)
    """
    words = mending_words()
    if is_word(word):
        return None
    for k in range(len(word) - 1, 0, -1):
        a, b = word[:k], word[k:]
        if (
            (a in words.small and b in words.small)
            or (a in words.fronts and len(b) >= SHORTEST_PART and is_word(b))
            or (b in words.tails and len(a) >= SHORTEST_PART and is_word(a))
        ):
            return k, k
    return next(((k, k + 1) for k in range(2, len(word) - 2) if {word[:k], word[k + 1 :]} <= words.small), None)


@lru_cache(maxsize=REMEMBERED)
def reread(word: str) -> str | None:
    """The word that a misread one stands for, if it is one.

    >>> reread("to1d"), reread("regirnent"), reread("stern"), reread("A10"), reread("NY1"), reread("Sarn")
    ('told', 'regiment', None, None, None, None)
    """
    if is_word(word.lower()) or not word[1:].islower() or 2 * sum(c.isdigit() for c in word) > len(word):
        return None
    for one in "li":
        new = word.replace("0", "o").replace("1", one)
        for reading in (new, new.replace("rn", "m") if word[0].islower() else new):  # `Sarn` is no Sam
            if reading != word and is_word(reading.lower()):
                return reading
    return None
