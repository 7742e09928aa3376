"""Roles instead of names: what pages show of persons who are not in the source register.

Names are masked twice: by the offsets that extraction found, and, in strings that have no offsets (canonical names,
notes), by the name itself and by its last part, in capitals too. In names of files, where words stand in any letter case
and between any marks, a name is looked for in that form. Phone numbers and addresses are masked everywhere before the names in
them. Coordinates of incidents that concern refusers or witnesses are coarsened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from leadline.publish.contacts import find_contacts, mask_contacts
from leadline.schema import PersonMention, Place

DISTRICT_M = 25_000.0  # about the radius of a second-level district: nothing finer is drawn for protected events
BESIDE = 200  # characters beside a stretch of text in which a contact that reaches into it begins or ends
_WORD = re.compile(r"[^\W_]+")
_GAP = r"(?:%20|[\W_])+"


def _folded(words: Iterable[str]) -> str:
    return " ".join(words).casefold()


def _parts(name: str) -> list[str]:
    """The words of a name as they are looked for in prose, where a double name is also spelt without its hyphen."""
    return [w for w in re.split(r"[\s-]+", name) if w]


def _alternatives(
    names: Iterable[str], gap: str, inside: str, flags: int, words: Callable[[str], list[str]]
) -> re.Pattern[str]:
    """Any of the names, the longest first, with `gap` between their words and no character of `inside` beside them."""
    any_name = "|".join(gap.join(map(re.escape, words(n))) for n in names)
    return re.compile(rf"(?<!{inside})(?:{any_name})(?!{inside})", flags)


class Names:
    """Masks the names of persons outside the register in one document or in a whole case.

    `accounts` are handles of known sources, which stay. `others` masks what is known from elsewhere: a full name recognised in one document is hidden in all.

    >>> m = PersonMention(document="a", start=0, end=9, name="Ivo Karan", role="a soldier")
    >>> Names([m]).mask("Ivo Karan spoke; Karan is afraid.")
    '[a soldier] spoke; [a soldier] is afraid.'
    >>> Names([m]).mask_file("2022_ivo-karan-speaks.txt")
    '2022_[a soldier]-speaks.txt'
    """

    def __init__(
        self,
        mentions: Iterable[PersonMention],
        *,
        show: bool = False,
        last_names: bool = True,
        others: Names | None = None,
        accounts: frozenset[str] = frozenset(),
    ) -> None:
        self.show, self.others = show, None if show else others
        self.accounts = accounts
        self.hidden = (
            [] if show else sorted((m for m in mentions if m.source_id is None), key=lambda m: (m.start, m.end))
        )
        self.roles: dict[str, str] = {}  # by folded words
        names: set[str] = set()
        unsure: set[str] = set()  # by folded words, full names with several roles
        for m in self.hidden:
            name = " ".join(m.name.split())
            last = re.sub(r"['’]s$", "", name.split(" ")[-1]) if name else ""
            said = name.split(" ")
            parts = [" ".join(said[k:]) for k in range(1, len(said) - 1)]  # `Major Ivo Karan` is Ivo Karan elsewhere
            for n in (name, *parts, last if last_names and len(last) > 3 and last[:1].isupper() else ""):
                if words := _WORD.findall(n):
                    names.add(n)
                    key = _folded(words)
                    known = self.roles.setdefault(key, m.role)
                    if known != m.role and (len(words) == 1 or "a person" not in (known, m.role)):
                        self.roles[key] = (
                            "a person"  # namesakes: the role of one would be a false statement about another
                        )
                    elif known == "a person" and len(words) > 1 and key not in unsure:
                        self.roles[key] = m.role
                    if self.roles[key] == "a person" and "a person" not in (known, m.role):
                        unsure.add(key)
        self.beginnings = {words.split(" ")[0] for words in self.roles}
        longest_first = sorted(names, key=lambda n: (-len(n), n))
        spellings = [x for n in longest_first for x in dict.fromkeys((n, n.upper()))]
        self.pattern = _alternatives(spellings, r"[\s-]+", r"\w", 0, _parts) if names else None
        self.file_pattern = _alternatives(longest_first, _GAP, r"[^\W_]", re.I, _WORD.findall) if names else None

    def mask(self, text: str) -> str:
        """A string without offsets, its names and contacts replaced by what they are in square brackets."""
        return text if self.show else self._mask_names(mask_contacts(text, known=self.accounts))

    def mask_place(self, text: str, *, resolved: bool) -> str:
        """A line about a place: a name that the gazetteer knows is a place's, whatever persons are called alike."""
        return text if self.show else mask_contacts(text, known=self.accounts) if resolved else self.mask(text)

    def _mask_names(self, text: str) -> str:
        if self.pattern is not None and not self._is_free(text):
            text = self.pattern.sub(self._role, text)
        return self.others._mask_names(text) if self.others is not None else text

    def mask_file(self, name: str) -> str:
        """A file's name (or an id that begins with one), its persons' names replaced, however they are written in it."""
        if self.show:
            return name
        name = mask_contacts(name, file_name=True, known=self.accounts)
        return name if self.file_pattern is None or self._is_free(name) else self.file_pattern.sub(self._role, name)

    def _is_free(self, text: str) -> bool:
        """Whether no word of the text begins a name: a quick look that spares most strings the long patterns."""
        return self.beginnings.isdisjoint(w.casefold() for w in _WORD.findall(text.replace("%20", " ")))

    def _role(self, match: re.Match[str]) -> str:
        words = _folded(_WORD.findall(match[0].replace("%20", " ")))
        return f"[{self.roles.get(words, 'a person')}]"  # a few letters (dotless i) match and fold differently

    def hidden_in(self, text: str) -> list[tuple[int, int]]:
        """Start and end of everything that is not printed of a whole text: by offsets, and by names known from elsewhere.

        >>> m = PersonMention(document="a", start=0, end=9, name="Ivo Karan", role="a soldier")
        >>> Names([m]).hidden_in("Ivo Karan spoke; Karan is afraid.")
        [(0, 9), (17, 22)]
        """
        found = [(a, b) for a, b, _ in self.spans(text, 0, len(text))]
        for names in (self, self.others):
            if names is not None and names.pattern is not None:
                found += [
                    m.span()
                    for m in names.pattern.finditer(text)
                    if not any(a < m.end() and m.start() < b for a, b in found)
                ]
        return sorted(found)

    def spans(self, text: str, start: int, end: int) -> list[tuple[int, int, str]]:
        """Start, end and role of each mention and contact to hide between two offsets, in order and without overlap.

        A name that stands in a contact is hidden with it.
        """
        if self.show:
            return []
        left = max(0, start - BESIDE)
        found = [
            (left + a, left + b, kind) for a, b, kind in find_contacts(text[left : end + BESIDE], known=self.accounts)
        ]
        found += [(m.start, m.end, m.role) for m in self.hidden]
        out: list[tuple[int, int, str]] = []
        for a, b, kind in sorted((s for s in found if s[0] < end and s[1] > start), key=lambda s: (s[0], -s[1])):
            if out and a < out[-1][1]:
                out[-1] = (out[-1][0], max(b, out[-1][1]), out[-1][2])
            else:
                out.append((a, b, kind))
        return [(max(a, start), min(b, end), kind) for a, b, kind in out]


class Protection:
    """Which places are drawn no finer than a district: those of protected events, and the same places in all other events.

    A neighbouring claim that gave the point of a place where somebody refused would undo the coarse one. A place is the same
    by its gazetteer entry, or where its point falls into the same cell of the coarse grid.

    >>> here = Place(name="X", lat=48.59, lon=38.0, precision_m=2000.0, gazetteer_id="1")
    >>> there = Place(name="Y", lat=50.1, lon=38.0, precision_m=2000.0, gazetteer_id="2")
    >>> p = Protection({"refusal"}, [("refusal", here), ("losses", there)])
    >>> p.covers("losses", here), p.covers("losses", there), p.covers("refusal", there)
    (True, False, True)
    """

    def __init__(self, events: Iterable[str], placed: Iterable[tuple[str, Place]] = ()) -> None:
        self.events = frozenset(events)
        fine = [p for event, p in placed if event in self.events and (p.precision_m or 0.0) < DISTRICT_M]
        self.entries = {p.gazetteer_id for p in fine if p.gazetteer_id is not None}
        self.cells = {_cell(p.lat, p.lon) for p in fine if p.lat is not None and p.lon is not None}

    def covers(self, event: str, place: Place | None) -> bool:
        """Whether a place of such an event is drawn no finer than a district."""
        if event in self.events or place is None:
            return event in self.events
        if place.gazetteer_id in self.entries:
            return True
        return place.lat is not None and place.lon is not None and _cell(place.lat, place.lon) in self.cells


def _cell(lat: float, lon: float) -> tuple[float, float]:
    return round(lat * 4) / 4, round(lon * 4) / 4


def coarse(place: Place, *, protect: bool) -> Place:
    """The place as it may be drawn: for a protected event on a grid of a quarter degree, never finer than a district.

    >>> p = Place(name="X", lat=48.5912, lon=38.0, precision_m=2000.0, gazetteer_id="1")
    >>> coarse(p, protect=True).lat, coarse(p, protect=True).precision_m
    (48.5, 25000.0)
    """
    if not protect or place.lat is None or place.lon is None:
        return place
    precision = max(place.precision_m or 0.0, DISTRICT_M)
    lat, lon = _cell(place.lat, place.lon)
    return Place(
        name=place.name,
        lat=lat,
        lon=lon,
        precision_m=precision,
        gazetteer_id=None,
    )
