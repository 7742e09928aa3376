"""Units known by a number: "1,306th regiment", "the 25th and 144th brigades", "Regiment No. 1306", "72nd OMBr"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadline.extract.numerals import Item, is_dash
from leadline.extract.units.reading import Lexed, UnitReading, ordinal, side_of, words

# Words that may stand between a unit's number and its echelon ("58th Separate Guards Motorised Rifle Brigade"): the
# longest official names have seven; the bound also keeps the search linear.
_LONGEST_NAME = 9
_HIGHEST_NUMBER = 9999
_MARKS = frozenset({"'", "’", "s", '"', "“", "”"})


def numbered_units(lexed: Lexed) -> Iterator[UnitReading]:
    """Numbered units of a text; several may share one echelon word."""
    for k, item in enumerate(lexed.found):
        if _can_number(item) and not _is_joined(lexed.found, k):
            yield from _from_number(lexed, k)
        elif item.text in words().echelons:
            yield from _number_after(lexed, k)


def _can_number(item: Item) -> bool:
    n = item.value
    return n is not None and n == int(n) and 1 <= n <= _HIGHEST_NUMBER and " " not in item.text.replace(" - ", "-")


def _is_joined(found: Sequence[Item], k: int) -> bool:
    """Whether a figure hangs on the word before it ("T-72")."""
    return k > 0 and found[k - 1].end == found[k].start and (found[k - 1].text.isalpha() or is_dash(found[k - 1].text))


def _from_number(lexed: Lexed, k: int) -> Iterator[UnitReading]:
    found, lists = lexed.found, words()
    described: list[str] = []
    for j in range(k + 1, min(k + 1 + _LONGEST_NAME, len(found))):
        word = found[j].text
        echelon, end = _echelon_at(found, j)
        if echelon is not None and not (word == "army" and _echelon_soon(found, j)):
            if _is_unit(lexed, k, j, end, described):
                yield from _with_others(lexed, k, end, echelon, described)
            return
        if word in lists.abbreviations and lexed.is_capital(j):
            echelon, branch = lists.abbreviations[word]
            yield _unit(lexed, k, j + 1, echelon, branch.split())
            return
        if is_dash(word) or word in _MARKS:
            continue
        if not (word in lists.qualifiers or (word.isalpha() and lexed.is_capital(j))):
            return
        described.append(word)


def _echelon_at(found: Sequence[Item], k: int) -> tuple[str | None, int]:
    """Echelon that begins at item `k` and the item after it; phrases before words."""
    for n in (3, 2, 1):
        echelon = words().echelons.get(" ".join(i.text for i in found[k : k + n]))
        if echelon is not None:
            return echelon, min(k + n, len(found))
    return None, k


def _echelon_soon(found: Sequence[Item], j: int) -> bool:
    """Whether "army" only describes what follows: "3rd Army Corps", "12th Army Aviation Brigade"."""
    for k in range(j + 1, min(j + 5, len(found))):
        if _echelon_at(found, k)[0] is not None:
            return True
        if found[k].text not in words().qualifiers:
            return False
    return False


def _is_unit(lexed: Lexed, k: int, j: int, end: int, described: list[str]) -> bool:
    """A unit, and not a count ("three brigades") or an order ("the second company to leave")."""
    number, first, last = lexed.found[k], lexed.found[j].text, lexed.found[end - 1].text
    plural = last.endswith("s") and last != "corps"
    ambiguous = first in words().ambiguous
    if number.form == "words":
        return False
    if number.form == "digits":
        return not plural and (lexed.is_capital(j) or (not described and not ambiguous))
    spelled = number.text[0].isalpha()
    return not ambiguous or lexed.is_capital(j) or (not spelled and bool(described))


def _with_others(lexed: Lexed, k: int, end: int, echelon: str, described: list[str]) -> Iterator[UnitReading]:
    """The unit, and those before it that share its echelon word: "the 25th and 144th brigades"."""
    last = _unit(lexed, k, end, echelon, described)
    yield last
    for _ in range(12):
        j = k - 1
        while j >= 0 and lexed.found[j].text in (",", "and", "or", "the", "&"):
            j -= 1
        if j < 0 or j == k - 1 or lexed.found[j].form != "ordinal" or not _can_number(lexed.found[j]):
            return
        yield _unit(lexed, j, j + 1, echelon, described, side=last.side)
        k = j


def _unit(
    lexed: Lexed, k: int, end: int, echelon: str, described: Sequence[str], side: str | None = None
) -> UnitReading:
    lists = words()
    n = int(lexed.found[k].value or 0)
    side = side or side_of(lexed, k, end, described)
    branch = " ".join(lists.spelling.get(w, w) for w in described if w not in lists.between and w not in lists.sides)
    return UnitReading(
        start=lexed.found[k].start,
        end=lexed.found[end - 1].end,
        canonical=f"{ordinal(n)} {echelon}",
        number=n,
        echelon=echelon,
        branch=branch or None,
        side=side,
        basis="words" if side else None,
    )


def _number_after(lexed: Lexed, k: int) -> Iterator[UnitReading]:
    """Read "Regiment No. 1306", "brigade number 25"."""
    found = lexed.found
    j = k + 1
    while j < len(found) and j - k < 4 and found[j].text in ("no", ".", "number", "№", "#"):
        j += 1
    if (
        j == k + 1
        or j >= len(found)
        or found[j].form != "digits"
        or not _can_number(found[j])
        or found[k + 1].text == "."
    ):
        return
    n, echelon = int(found[j].value or 0), words().echelons[found[k].text]
    side = side_of(lexed, k, j + 1, [])
    yield UnitReading(
        start=found[k].start,
        end=found[j].end,
        canonical=f"{ordinal(n)} {echelon}",
        number=n,
        echelon=echelon,
        side=side,
        basis="words" if side else None,
    )
