"""Military units: numbered units in one canonical form, named formations, military unit numbers, and their side.

"1428 Regiment", "the 1,428th regiment" and "1428th Motorised Rifle Regiment" are one unit, "1428th regiment". The text is
read, not the parser's tokens, which split numbers and names differently from spelling to spelling.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
from spacy.tokens import Doc

from leadline.extract.numerals import Item, is_dash, items, lexicon

# Words that may stand between a unit's number and its echelon ("58th Separate Motorised Rifle Guards Brigade"): the
# longest official names have seven; the bound also keeps the search linear.
_LONGEST_NAME = 9


class UnitReading(msgspec.Struct, frozen=True, kw_only=True):
    """One mention of a unit.

    `canonical` is the form under which mentions are one unit; `number` is null for named formations; `branch` is what
    describes the unit ("motor rifle"); `side` is given where the words or the list of formations say it, else null.
    """

    start: int
    end: int
    canonical: str
    number: int | None = None
    echelon: str | None = None
    branch: str | None = None
    side: str | None = None
    basis: str | None = None


def find_units(doc: Doc) -> tuple[UnitReading, ...]:
    """Units named in a document, in order of their place, without overlaps.

    >>> import spacy
    >>> doc = spacy.blank("en")("Men of Russia's 1428 Regiment met the 77th Separate Rifle Brigade.")
    >>> [(u.canonical, u.branch, u.side) for u in find_units(doc)]
    [('1428th regiment', None, 'RUS'), ('77th brigade', 'separate rifle', None)]
    """
    text = doc.text
    found = items(text)
    readings = [*_numbered(text, found), *_named(text), *_unit_numbers(text), *_called(text, found)]
    readings.sort(key=lambda u: (u.start, -(u.end - u.start), u.number is None))
    out: list[UnitReading] = []
    for u in readings:
        if not out or u.start >= out[-1].end:
            out.append(u)
    return tuple(_bare(text, found, out))


def ordinal(n: int) -> str:
    """A number with its English ending.

    >>> ordinal(1), ordinal(112), ordinal(1423)
    ('1st', '112th', '1423rd')
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


@cache
def _words() -> tuple[dict[str, str], dict[str, list[str]], frozenset[str], frozenset[str]]:
    data = lexicon("units")
    return data["echelons"], data["abbreviations"], frozenset(data["qualifiers"]["words"]), frozenset(data["ambiguous"]["words"])


def _echelon_at(found: Sequence[Item], k: int) -> tuple[str, int] | None:
    """Echelon that begins at item `k` and the item after it; phrases before words."""
    echelons, *_ = _words()
    for n in (3, 2, 1):
        phrase = " ".join(i.text for i in found[k : k + n])
        if phrase in echelons:
            return echelons[phrase], min(k + n, len(found))
    return None


def _numbered(text: str, found: Sequence[Item]) -> list[UnitReading]:
    out: list[UnitReading] = []
    _, abbreviations, qualifiers, ambiguous = _words()
    for k, item in enumerate(found):
        if item.value is None or not _can_number(item):
            continue
        if k and found[k - 1].end == item.start and (found[k - 1].text.isalpha() or is_dash(found[k - 1].text)):
            continue
        described: list[str] = []
        j = k + 1
        while j < len(found) and j - k <= _LONGEST_NAME:
            word = found[j].text
            hit = _echelon_at(found, j)
            if hit is not None and not (word == "army" and _echelon_soon(found, j, qualifiers)):
                if _is_unit(text, item, found[j], found[hit[1] - 1], described, ambiguous):
                    out.extend(_with_others(text, found, k, hit[1], hit[0], described))
                break
            if word in abbreviations and text[found[j].start].isupper():
                echelon, branch = abbreviations[word]
                out.append(_unit(text, found, k, j + 1, item, echelon, branch.split()))
                break
            if is_dash(word) or word in ("'", "’", "s", '"', "“", "”"):
                j += 1
                continue
            capital = text[found[j].start].isupper() and word.isalpha()
            if not (capital or word in qualifiers):
                break
            described.append(word)
            j += 1
    out.extend(_number_after(text, found))
    return out


def _can_number(item: Item) -> bool:
    return item.value == int(item.value or 0) and 1 <= (item.value or 0) <= 9999 and " " not in item.text.replace(" - ", "-")


def _echelon_soon(found: Sequence[Item], j: int, qualifiers: frozenset[str]) -> bool:
    """Whether "army" only describes what follows: "3rd Army Corps", "12th Army Aviation Brigade"."""
    for k in range(j + 1, min(j + 5, len(found))):
        if _echelon_at(found, k) is not None:
            return True
        if found[k].text not in qualifiers:
            return False
    return False


def _is_unit(text: str, number: Item, echelon: Item, last: Item, described: list[str], ambiguous: frozenset[str]) -> bool:
    """A unit, and not a count ("three brigades") or an order ("the second company to leave")."""
    capital = text[echelon.start].isupper()
    plural = last.text.endswith("s") and last.text != "corps"
    if number.form == "words":
        return False
    if number.form == "digits":
        return not plural and (capital or (not described and echelon.text not in ambiguous))
    in_words = number.text[0].isalpha()
    if echelon.text in ambiguous:
        return capital or (not in_words and bool(described))
    return True


def _with_others(text: str, found: Sequence[Item], k: int, end: int, echelon: str, described: list[str]) -> list[UnitReading]:
    """The unit, and those that share its echelon word: "the 25th and 144th brigades"."""
    out = [_unit(text, found, k, end, found[k], echelon, described)]
    j = k - 1
    for _ in range(12):
        while j >= 0 and found[j].text in (",", "and", "or", "the", "&"):
            j -= 1
        if j < 0 or j == k - 1 or found[j].form != "ordinal" or not _can_number(found[j]):
            break
        out.append(_unit(text, found, j, j + 1, found[j], echelon, described, till=found[end - 1].end))
        k, j = j, j - 1
    return out


def _unit(text: str, found: Sequence[Item], k: int, end: int, number: Item, echelon: str, described: list[str], till: int | None = None) -> UnitReading:
    n = int(number.value or 0)
    spelling, drop = lexicon("units")["spelling"], {"of", "the", "and", "named", "after", *lexicon("units")["sides"]}
    branch = " ".join(spelling.get(w, w) for w in described if w not in drop) or None
    side = _side(text, found, k, end, described)
    return UnitReading(
        start=found[k].start, end=found[end - 1].end, canonical=f"{ordinal(n)} {echelon}", number=n, echelon=echelon,
        branch=branch, side=side, basis="words" if side else None,
    )  # fmt: skip


def _side(text: str, found: Sequence[Item], k: int, end: int, described: list[str]) -> str | None:
    """The side that the words in, right before or right after a unit's name state."""
    sides: dict[str, str] = lexicon("units")["sides"]
    for word in described:
        if word in sides:
            return sides[word]
    before = [i.text for i in found[max(0, k - 5) : k] if i.text not in ("'", "’", "s")]
    for word in reversed(before[-2:]):
        if word in sides:
            return sides[word]
        if word not in ("army", "forces", "military", "the", "separate", "elite"):
            break
    after = [i.text for i in found[end : end + 7]]
    if after[:1] == ["of"]:
        for word in after[1:]:
            if word in sides:
                return sides[word]
            if word in (".", ",", ";", "in", "at"):
                break
    return None


def _number_after(text: str, found: Sequence[Item]) -> list[UnitReading]:
    """ "Regiment No. 1428", "brigade number 25"."""
    out = []
    echelons, *_ = _words()
    for k, item in enumerate(found):
        if item.text not in echelons:
            continue
        j = k + 1
        while j < len(found) and j - k < 4 and found[j].text in ("no", ".", "number", "№", "#"):
            j += 1
        if j == k + 1 or j >= len(found) or found[j].form != "digits" or not _can_number(found[j]):
            continue
        out.append(_unit(text, found, k, j + 1, found[j], echelons[item.text], []))
    return out


# -- named formations, unit numbers -----------------------------------------------------------------------------------


class Formation(msgspec.Struct, frozen=True):
    """One entry of `data/formations.csv`."""

    canonical: str
    kind: str
    side: str
    names: tuple[str, ...]


@cache
def formations() -> tuple[Formation, ...]:
    """The named formations that are listed."""
    lines = files("leadline.extract").joinpath("data", "formations.csv").read_text(encoding="utf-8").splitlines()
    return tuple(Formation(r["canonical"], r["kind"], r["side"], tuple(r["names"].split("|"))) for r in csv.DictReader(lines))


@cache
def _named_pattern() -> tuple[re.Pattern[str], dict[str, Formation]]:
    by_name = {re.sub(r"[-\s]+", " ", n): f for f in formations() for n in f.names}
    by_name |= {n.upper(): f for n, f in by_name.items() if len(n) > 4}
    names = sorted(by_name, key=lambda n: (-len(n), n))
    alternatives = "|".join(re.escape(n).replace(r"\ ", r"[-\s]") for n in names)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)"), by_name


def _named(text: str) -> list[UnitReading]:
    pattern, by_name = _named_pattern()
    out = []
    for m in pattern.finditer(text):
        formation = by_name[re.sub(r"[-\s]+", " ", m[0])]
        out.append(
            UnitReading(start=m.start(), end=m.end(), canonical=formation.canonical, echelon=formation.kind, side=formation.side or None, basis="list")
        )
    return out


_MILITARY_UNIT = re.compile(r"\b(?:military\s+unit|unit|v/ch|в/ч)\s*(?:no\.?\s*|number\s*|№\s*|#\s*)?([0-9]{5})(?![0-9,]|\.[0-9])", re.IGNORECASE)


def _unit_numbers(text: str) -> list[UnitReading]:
    return [
        UnitReading(start=m.start(), end=m.end(), canonical=f"military unit {m[1]}", number=int(m[1]), echelon="military unit")
        for m in _MILITARY_UNIT.finditer(text)
    ]


def _called(text: str, found: Sequence[Item]) -> list[UnitReading]:
    """Units known by a name before their echelon: "the Granit Battalion", “Granit” battalion."""
    out = []
    echelons, _, qualifiers, ambiguous = _words()
    not_names = frozenset(lexicon("units")["not_names"]["words"])
    for k, item in enumerate(found):
        echelon = echelons.get(item.text)
        if echelon is None or k == 0 or item.text in ambiguous or item.text.endswith("s"):
            continue
        j = k - 1
        while j >= 0 and k - j < 5 and (found[j].text in qualifiers or found[j].text in "”\"'’"):
            j -= 1
        if j < 0 or not found[j].text.isalpha() or found[j].text in not_names or found[j].text in qualifiers:
            continue
        quoted = found[j].end < len(text) and text[found[j].end] in "”\"’'" and found[j].start > 0 and text[found[j].start - 1] in "“\"‘'"
        capital = text[found[j].start].isupper() and text[item.start].isupper()
        if not (quoted or capital) or len(found[j].text) < 3:
            continue
        name = text[found[j].start : found[j].end]
        out.append(
            UnitReading(
                start=found[j].start, end=item.end, canonical=f"{name} {echelon}", echelon=echelon,
                side=_side(text, found, j, k + 1, [i.text for i in found[j + 1 : k]]),
            )  # fmt: skip
        )
    return out


def _bare(text: str, found: Sequence[Item], units: list[UnitReading]) -> list[UnitReading]:
    """Add mentions that leave the echelon out ("men of the 1,428th") of units the same text names in full."""
    known: dict[int, set[str]] = {}
    for u in units:
        if u.number is not None and u.echelon:
            known.setdefault(u.number, set()).add(u.echelon)
    if not known:
        return units
    sides = {(u.number, u.echelon): u.side for u in sorted(units, key=lambda u: u.side is None, reverse=True) if u.side}
    spans = [(u.start, u.end) for u in units]
    out = [u if u.side else msgspec.structs.replace(u, side=sides.get((u.number, u.echelon)), basis="same unit" if (u.number, u.echelon) in sides else None) for u in units]
    n = 0
    for item in found:
        while n < len(spans) and spans[n][1] <= item.start:
            n += 1
        if item.form != "ordinal" or not text[item.start].isdigit() or (n < len(spans) and spans[n][0] < item.end):
            continue
        echelons = known.get(int(item.value or 0), set())
        if len(echelons) == 1 and (item.value or 0) > 31:
            echelon = next(iter(echelons))
            out.append(
                UnitReading(
                    start=item.start, end=item.end, canonical=f"{ordinal(int(item.value or 0))} {echelon}", number=int(item.value or 0),
                    echelon=echelon, side=sides.get((int(item.value or 0), echelon)), basis="same unit",
                )  # fmt: skip
            )
    return sorted(out, key=lambda u: u.start)
