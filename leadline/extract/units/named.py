"""Units known by a name: listed formations, a name before an echelon word, the numbers of military units."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from leadline.extract.units.reading import Lexed, UnitReading, side_of, words


class Formation(msgspec.Struct, frozen=True):
    """One entry of `data/formations.csv`."""

    canonical: str
    kind: str
    side: str
    names: tuple[str, ...]


@cache
def formations() -> tuple[Formation, ...]:
    """The named formations that are listed.

    >>> any(f.kind == "mercenary group" for f in formations())
    True
    """
    lines = files("leadline.extract").joinpath("data", "formations.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines)
    return tuple(Formation(r["canonical"], r["kind"], r["side"], tuple(r["names"].split("|"))) for r in rows)


# Names up to this length are not looked for in capitals: they would be any acronym.
_SHORT_NAME = 4


@cache
def _listed() -> tuple[re.Pattern[str], dict[str, Formation]]:
    by_name = {_spaced(n): f for f in formations() for n in f.names}
    by_name |= {n.upper(): f for n, f in by_name.items() if len(n) > _SHORT_NAME}
    names = sorted(by_name, key=lambda n: (-len(n), n))
    alternatives = "|".join(re.escape(n).replace(r"\ ", r"[-\s]") for n in names)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)"), by_name


def _spaced(name: str) -> str:
    return re.sub(r"[-\s]+", " ", name)


def listed_units(text: str) -> Iterator[UnitReading]:
    """Mentions of the listed formations, by any of their names."""
    pattern, by_name = _listed()
    for m in pattern.finditer(text):
        f = by_name[_spaced(m[0])]
        yield UnitReading(
            start=m.start(),
            end=m.end(),
            canonical=f.canonical,
            echelon=f.kind,
            side=f.side or None,
            basis="list" if f.side else None,
        )


_MILITARY_UNIT = re.compile(
    r"\b(?:military\s+unit|unit|v/ch|в/ч)\s*(?:no\.?\s*|number\s*|№\s*|#\s*)?([0-9]{5})(?![0-9,]|\.[0-9])",
    re.IGNORECASE,
)


def unit_numbers(text: str) -> Iterator[UnitReading]:
    """Read "military unit 29760", "v/ch 29760": the five figures under which an army files a unit."""
    for m in _MILITARY_UNIT.finditer(text):
        yield UnitReading(
            start=m.start(), end=m.end(), canonical=f"military unit {m[1]}", number=int(m[1]), echelon="military unit"
        )


def called_units(lexed: Lexed) -> Iterator[UnitReading]:
    """Read "the Granit Battalion", “Granit” battalion: a name in capitals or quotation marks before an echelon word."""
    lists = words()
    for k, item in enumerate(lexed.found):
        echelon = lists.echelons.get(item.text)
        if echelon is None or k == 0 or item.text in lists.ambiguous or item.text.endswith("s"):
            continue
        j = k - 1
        while j >= 0 and k - j < 5 and (lexed.found[j].text in lists.branches or lexed.found[j].text in "”\"'’"):
            j -= 1
        if j < 0 or not _is_name(lexed, j, k):
            continue
        name = lexed.found[j]
        side = side_of(lexed, j, k + 1, [i.text for i in lexed.found[j + 1 : k]])
        yield UnitReading(
            start=name.start,
            end=item.end,
            canonical=f"{lexed.text[name.start : name.end]} {echelon}",
            echelon=echelon,
            side=side,
            basis="words" if side else None,
        )


def _is_name(lexed: Lexed, j: int, k: int) -> bool:
    name, lists = lexed.found[j], words()
    if not name.text.isalpha() or len(name.text) < 3 or name.text in lists.not_names or name.text in lists.qualifiers:
        return False
    before, after = lexed.text[max(0, name.start - 1) : name.start], lexed.text[name.end : name.end + 1]
    quoted = bool(before) and bool(after) and before in "“\"‘'" and after in "”\"’'"
    return quoted or (lexed.is_capital(j) and lexed.is_capital(k))
