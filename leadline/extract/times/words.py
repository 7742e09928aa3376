"""The words of a text as the time grammar sees them: a word that is shown to be something else loses its classes."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from leadline.extract.numerals import Item, items, lexicon, text_of, tokens_at

_BLANK = "\0"  # matches no word of a grammar


class _Tags:
    """Part-of-speech tags by the offset of their token; empty where no token begins or none is tagged."""

    def __init__(self, doc: Doc) -> None:
        self._doc, self._at = doc, tokens_at(doc)

    def at(self, offset: int) -> str:
        n = self._at.get(offset)
        return "" if n is None else str(self._doc[n].tag_)


def time_words(doc: Doc) -> Sequence[Item]:
    """Items of the text; "may" the verb, "march" in small letters are blanked, "2000" soldiers are an amount."""
    text = text_of(doc)
    found = items(text)
    ambiguous = lexicon("times")["ambiguous"]
    doubtful = [n for n, i in enumerate(found) if i.text in ambiguous or _may_be_year(i)]
    if not doubtful:
        return found
    tags = _Tags(doc)
    out = list(found)
    for n in doubtful:
        item = found[n]
        rule = ambiguous.get(item.text)
        if rule is None:
            if not _is_year(found, n, tags):
                out[n] = item._replace(form="amount")
            continue
        tag = tags.at(item.start)
        is_other = bool(rule.get("capital")) and not text[item.start].isupper() and not _beside_figure(found, n)
        is_other |= bool(tag) and "tags" in rule and tag not in rule["tags"]
        is_other |= bool(rule.get("alone")) and _describes(found, n, tags)
        if is_other:
            out[n] = Item(item.start, item.end, _BLANK)
    return out


def _beside_figure(found: Sequence[Item], n: int) -> bool:
    """Whether a figure stands beside a word: "4 march 2031" is a date in small letters too."""
    return any(0 <= k < len(found) and found[k].form in ("digits", "ordinal") for k in (n - 1, n + 1))


def _describes(found: Sequence[Item], n: int, tags: _Tags) -> bool:
    """Whether a season only describes the noun after it ("the spring offensive", but "last spring")."""
    pointed = n > 0 and found[n - 1].text in lexicon("times")["values"]["toward"]
    return not pointed and n + 1 < len(found) and tags.at(found[n + 1].start) in ("NN", "NNS")


def _may_be_year(item: Item) -> bool:
    return item.form == "digits" and len(item.text) == 4 and item.text.isdigit()


def _is_year(found: Sequence[Item], n: int, tags: _Tags) -> bool:
    """Whether a four-digit figure is a year, by the words around it."""
    figures = lexicon("times")["figures"]
    values = lexicon("times")["values"]
    before = found[n - 1].text if n else ""
    after = found[n + 1] if n + 1 < len(found) else None
    if before in figures["before_amount"]:
        return False
    after_text = after.text if after is not None else ""
    counted = (lexicon("units")["echelons"], lexicon("numbers")["measures"], values["units"], figures["after_clock"])
    if any(after_text in words for words in counted):
        return False
    if before in figures["before_year"] or any(before in values[c] for c in ("month", "monthabbr", "season")):
        return True
    value, (first, last) = found[n].value or 0, figures["modern"]
    if first <= value <= last and (value % 100 or before in figures["determiners"]):
        return True
    return value >= figures["earliest"] and not _counts(found, n, tags)


def _counts(found: Sequence[Item], n: int, tags: _Tags) -> bool:
    """Whether a plural noun follows, at once or after words that describe it ("1260 Russian soldiers")."""
    for item in found[n + 1 : n + 4]:
        tag = tags.at(item.start)
        if tag in ("NNS", "NNPS"):
            return True
        if tag not in ("JJ", "NNP", "NN", "VBN"):
            return False
    return False
