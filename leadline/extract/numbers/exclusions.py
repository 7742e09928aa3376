"""Figures that count nothing: dates, units, designations, ages, addresses, telephone numbers, list marks."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc, Token

from leadline.extract.numbers.quantity import Quantity
from leadline.extract.numerals import Item, is_dash, items, lexicon
from leadline.extract.times import TimeReading
from leadline.extract.units import UnitReading

_BLANK = "\0"  # matches no word of a grammar
_BINDS_BEFORE = frozenset({"#", "№", "/", ":", "+", "°", "@", "_", ".", "*"})
_BINDS_AFTER = frozenset({"°", "/", "_", "@", ":"})
_QUOTES = frozenset("\"“”„«»‘’'")
_LONGEST_SUFFIX = 3
_LONGEST_COUNT = 9  # digits without separators; longer ones are numbers of telephones, accounts, documents


def countable(text: str, times: Sequence[TimeReading], units: Sequence[UnitReading]) -> list[Item]:
    """Items of the text, with those blanked in which a number does not count."""
    covered = sorted(
        [(t.start, t.end) for t in times if t.kind != "DURATION" or t.is_relative] + [(u.start, u.end) for u in units]
    )
    found = list(items(text))
    out = []
    n = 0
    was_inside = False
    for k, item in enumerate(found):
        while n < len(covered) and covered[n][1] <= item.start:
            n += 1
        inside = n < len(covered) and covered[n][0] < item.end
        counts = (
            item.value is None or item.form == "ordinal" or not names_something(text, found, k, after_time=was_inside)
        )
        was_inside = inside
        out.append(Item(item.start, item.end, _BLANK) if inside or not counts else item)
    return out


def names_something(text: str, found: Sequence[Item], k: int, *, after_time: bool = False) -> bool:
    """Whether a figure is part of a name, an age, an address, a telephone number, a ratio or a list mark.

    `after_time` says that a time expression ends before it: "the last day 300 men" is no day 300.
    """
    item = found[k]
    before = found[k - 1] if k else None
    after = found[k + 1] if k + 1 < len(found) else None
    if item.form == "digits" and (
        _in_row(found, k) or (len(item.text) >= _LONGEST_COUNT and "," not in item.text and " " not in item.text)
    ):
        return True
    if before is not None and _bound_before(found, k, item, before, after_time):
        return True
    if item.form == "digits" and before is not None and after is not None and {before.text, after.text} <= _QUOTES:
        return True  # `the column reads "200"`: a mark that is quoted
    if item.form == "digits" and after is not None and _is_list_mark(text, found, k, after):
        return True
    return after is not None and (_bound_after(text, found, k, item, after) or _is_age(found, k))


def _bound_before(found: Sequence[Item], k: int, item: Item, before: Item, after_time: bool) -> bool:
    touching = before.end == item.start
    if touching and item.form == "digits" and (before.text.isalpha() or before.text in _BINDS_BEFORE):
        return True
    if touching and is_dash(before.text) and k >= 2 and found[k - 2].end == before.start and found[k - 2].value is None:
        return True  # "T-72"
    if item.form == "digits" and not after_time and before.text in lexicon("numbers")["not_counts"]["designators"]:
        return True
    return before.text == "." and k >= 2 and found[k - 2].text in ("no", "nos", "art", "vol", "pp")


def _bound_after(text: str, found: Sequence[Item], k: int, item: Item, after: Item) -> bool:
    if item.form != "digits":
        return False
    is_measure = after.text in lexicon("numbers")["measures"] and not (
        len(after.text) == 1 and text[after.start].isupper()
    )
    if after.start == item.end and not is_measure and (after.text in _BINDS_AFTER or _is_suffix(text, after)):
        return True
    street = k + 2 < len(found) and found[k + 2].text in lexicon("numbers")["not_counts"]["streets"]
    return bool(street) and text[after.start].isupper() and text[found[k + 2].start].isupper()


def _is_suffix(text: str, after: Item) -> bool:
    """Whether letters that touch a figure make it a name ("9M", "5G"); a whole word only lost its space ("300soldiers")."""
    return after.text.isalpha() and (len(after.text) <= _LONGEST_SUFFIX or text[after.start].isupper())


def _is_list_mark(text: str, found: Sequence[Item], k: int, after: Item) -> bool:
    """Whether a figure numbers a point: "1. First" at the start of a line, "1) first" anywhere."""
    if after.text == ")":
        return len(found[k].text) <= 2 and all(i.text != "(" for i in found[max(0, k - 6) : k])
    return after.text == "." and _starts_line(text, found[k].start)


def _starts_line(text: str, start: int) -> bool:
    return start == 0 or text[:start].rstrip(" \t")[-1:] in ("", "\n") if start < 200 else text[start - 1] == "\n"


def _in_row(found: Sequence[Item], k: int) -> bool:
    """Whether a figure is one of at least three with nothing but dashes and brackets between them."""
    row = 1
    for step in (1, -1):
        for n in range(1, 7):
            j = k + step * n
            if not 0 <= j < len(found) or row >= 3:
                break
            if found[j].form == "digits":
                row += 1
            elif not (is_dash(found[j].text) or found[j].text in ("+", "(", ")")):
                break
    return row >= 3


def _is_age(found: Sequence[Item], k: int) -> bool:
    """Whether a figure is an age: "27-year-old", "27 years old", "Name, 27,"."""
    rest = [i.text for i in found[k + 1 : k + 6] if not is_dash(i.text)]
    if (
        len(rest) >= 2
        and rest[0] in ("year", "years", "month", "months")
        and (rest[1] in ("old", "olds") or rest[1:3] == ["of", "age"])
    ):
        return True
    is_small = found[k].form == "digits" and 1 <= (found[k].value or 0) <= 110
    apposed = k >= 2 and found[k - 1].text == "," and bool(rest) and rest[0] in (",", ".", ")")
    return is_small and apposed and found[k - 2].value is None and found[k - 2].text.isalpha()


def ends_a_name(doc: Doc, item: Item, noun: Token | None, at: dict[int, int]) -> bool:
    """Whether a figure belongs to the name before it: "a Leopard 2 tank", "World War Two"."""
    q: Quantity = item.meaning
    i = at.get(item.start)
    if i is None or i == 0 or q.low != q.high or not q.text:
        return False
    before = doc[i - 1]
    if before.tag_ not in ("NNP", "NNPS") or not before.text[:1].isupper() or before.is_sent_start:
        return False
    if doc[i].is_alpha:
        return bool(doc[i].text[0].isupper())
    goes_on = noun is not None and not (noun.tag_ in ("NN", "NNP") and q.low != 1)
    return (q.low or 0) < 100 and not goes_on
