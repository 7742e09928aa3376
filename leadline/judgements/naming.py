"""Ids as people type them: shown by digest where they hold a name, and what was meant by one that is not there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from difflib import get_close_matches

from leadline.schema import Claim

SHOWN = re.compile(r"(?P<document>[0-9a-f]{12})(?P<rest>#.+)")
CLOSE = 0.75  # how like an id must be to one that is not there to be offered in its place
LEAST = 4  # letters of a part of an id that says which one is meant
OFFERED = 8


def as_it_is(shown: str, claims: Iterable[Claim]) -> str:
    """The claim's id that pages and `why` show by the digest of its document's name; what was given where it is none such.

    >>> c = Claim(claim_id="ivo-karan.txt#c1", document="ivo-karan.txt", start=0, end=1, quote="x", event="threat", realis="actual",
    ...           medium="video", verification="not-stated")
    >>> as_it_is("990f4d7134d5#c1", [c]), as_it_is("a.txt#c1", [c])
    ('ivo-karan.txt#c1', 'a.txt#c1')
    """
    asked = SHOWN.fullmatch(shown)
    if asked is None:
        return shown
    for c in claims:
        digest = hashlib.sha256(c.document.encode("utf-8", "surrogatepass")).hexdigest()
        if c.claim_id == c.document + asked["rest"] and digest.startswith(asked["document"]):
            return c.claim_id
    return shown


def near(asked: str, ids: Iterable[str]) -> list[str]:
    """Ids that may have been meant: those that begin with or hold what was typed, then those that are spelled nearly so.

    >>> near("A.TXT#c", ["a.txt#c1", "b.txt#c1"]), near("a.tzt#c1", ["a.txt#c1", "far#c9"]), near("i", ["i1", "lines.txt"])
    (['a.txt#c1'], ['a.txt#c1'], [])
    """
    known = sorted(set(ids))
    folded = asked.casefold()
    holding = [x for x in known if len(asked) >= LEAST and folded in x.casefold()]
    holding.sort(key=lambda x: not x.casefold().startswith(folded))
    return (holding or get_close_matches(asked, known, n=3, cutoff=CLOSE))[:OFFERED]
