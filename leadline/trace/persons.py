"""Who is who among the persons of one document: a name beside a role, and who is heard only through another.

"The wife of a soldier, Mara Lind, said" makes one person of the wife and of Mara Lind. What a husband told his wife is
known from the wife alone, also where a later sentence says "her husband said" without her.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from leadline.register import Register, fold
from leadline.schema import Claim, Hop
from leadline.trace.roles import role

NAME = r"[A-ZÀ-ÞЀ-ЯҐЄІЇ][\w’'-]+(?:\s[A-ZÀ-ÞЀ-ЯҐЄІЇ][\w’'.-]*){0,2}"
NAME_AFTER = re.compile(rf"(?:\s(?:of|from|in)\s[^,.;:\n]{{2,60}})?,\s(?:named\s|called\s)?({NAME}),")
"""`the wife of a soldier, Mara Lind, told`"""
ROLE_AFTER = re.compile(r",\s(?:the|an?|his|her|whose|one of the)\s([a-z][^,.;:\n]{2,60}),")
"""`Mara Lind, the wife of a soldier, told`"""


NAMED_LATER = re.compile(
    rf"\b(woman|man|soldier|serviceman)\b(?:, (?:whom|who)\b[^.,;\n]{{0,60}}?| (?:who )?)\b(?:calls?|called|named|identified as|identifies as|gave (?:her|his) name as|goes by) ({NAME})"
)
"""`The woman, whom the paper calls Mara`: a name for somebody who was brought in as a relative or a soldier."""
WOMEN = frozenset({"wife", "mother", "sister", "widow", "daughter", "girlfriend", "grandmother", "aunt", "woman"})


def told_by(text: str, claims: Sequence[Claim], register: Register) -> dict[str, str]:
    """Key of a speaker to the key of the person who stands for it: another word for the same one, or who passed it on."""
    same: dict[str, str] = {}
    heard: dict[str, str] = {}
    direct: set[str] = set()
    for c in claims:
        persons = [(h, r) for h in c.chain if not (r := role(h, register)).is_body]
        for hop, r in persons:
            for name, key in _called(text, hop, named=r.is_named):
                same.setdefault(fold(name), key or r.key)
        if c.medium == "testimony":
            if len(persons) < len(c.chain):  # an outlet that heard them itself
                direct.update(r.key for _, r in persons[:1])
            for _, r in persons[1:]:
                heard.setdefault(r.key, persons[0][1].key)
    roles = {r.key for c in claims for h in c.chain if not (r := role(h, register)).is_body and not r.is_named}
    for found in NAMED_LATER.finditer(text):
        fitting = [k for k in sorted(roles) if (found[1] == "woman") == bool(WOMEN & set(k.split()))]
        if fitting and len({k.split()[0] for k in fitting}) == 1:
            same.setdefault(fold(found[2]), fitting[0])
    stands_for = {**{k: v for k, v in heard.items() if k not in direct}, **same}
    return {k: _end(v, same) for k, v in stands_for.items() if k != v}


def _called(text: str, hop: Hop, *, named: bool) -> list[tuple[str, str | None]]:
    """What else the words after a mention call the person, with the key it stands for where that is not the mention's own."""
    end = hop.end
    if end is None:  # "she": whom an earlier mention names
        at = text.find(hop.name)
        end = at + len(hop.name) if at >= 0 and len(hop.name) > 3 else None
    if end is None:
        return []
    after = text[end : end + 140]
    if not named and (found := NAME_AFTER.match(after)):
        return [(found[1], None)]
    if named and (found := ROLE_AFTER.match(after)):
        return [(found[1], None), (re.split(r"\s(?:of|from|in|who)\s", found[1])[0], None)]
    return []


def _end(key: str, same: Mapping[str, str]) -> str:
    seen = {key}
    while (up := same.get(key)) is not None and up not in seen:
        seen.add(up)
        key = up
    return key
