"""What a text shows of how it was made: signs of machine spinning and of translation, each with its words.

Nothing here looks at another document. A spinner swaps words for synonyms without knowing what they mean: a month
becomes a verb ("in Could"), a surname an adjective, a set phrase loses its set word ("tortured phrases" [1]). A
translation keeps another language's typography, spellings of names and word order.

[1] Cabanac, Labbé, Magazinov 2021, arXiv:2107.06751
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from leadline.schema import Evidence
from leadline.trace.text import DATA, FUNCTION_WORDS

SPEECH = r"(?:said|told|explained|added|stated|wrote|noted|argued|warned|claimed|mentioned|reported|informed|commented|continued)"
MONTH_BEFORE = r"(?:in|since|until|till|by|last|this|next|late|early|mid|of|from|between|during)"
FULL_NAME = re.compile(r"\b[A-Z][\w’'-]{1,40}(?: [A-Z][\w’'.-]{0,40}){0,4} ([A-Z][a-z]{1,40})\b")
ENOUGH_SPUN = 7.5
"""Two strong signs and a little more: no text of 447 in the war-news set reaches 4 (benchmarks/carriers.py)."""
ENOUGH_TRANSLATED = 3.0


class Sign(msgspec.Struct, frozen=True, order=True):
    """One sign in a text."""

    start: int
    end: int
    family: str
    weight: float
    note: str
    language: str | None = None
    meant: str | None = None
    """the name that stood here, where the sign is a displaced name"""

    def evidence(self, document: str, text: str) -> Evidence:
        """The sign as evidence, with its words quoted."""
        return Evidence(
            rule=self.family,
            note=self.note,
            document=document,
            start=self.start,
            end=self.end,
            quote=text[self.start : self.end],
        )


def spun_signs(text: str) -> list[Sign]:
    """Signs that words were swapped for synonyms by machine, in order; a phrase counts once.

    >>> [s.note for s in spun_signs("It fell in Could, in accordance to them.")]
    ['`Could` stands where a month belongs (May)', 'a set phrase with one of its words replaced']
    """
    found: dict[str, Sign] = {}
    for s in (*_months(text), *_surnames(text), *_phrases(text), *_displaced(text)):
        key = text[s.start : s.end].casefold()
        if key not in found or s < found[key]:
            found[key] = s
    kept: list[Sign] = []
    for s in sorted(found.values(), key=lambda s: (s.start, -s.weight, -s.end)):
        if not kept or s.start >= kept[-1].end:
            kept.append(s)
        elif s.weight > kept[-1].weight:
            kept[-1] = s
    return kept


def is_spun(signs: list[Sign]) -> bool:
    """Whether signs of spinning are many and strong enough to say so: two strong ones, and 7.5 in sum."""
    return sum(s.weight >= 3 for s in signs) >= 2 and sum(s.weight for s in signs) >= ENOUGH_SPUN


def translation_signs(text: str) -> list[Sign]:
    """Signs that a text was translated, in order; each kind of sign counts once.

    >>> sorted({s.family for s in translation_signs("Those who run , said Evgueni, “will be shot”, specifies the note.")})
    ['calque', 'foreign spelling', 'typography']
    """
    data = _translated()
    found: list[Sign] = []
    for family, weight in (("stated", 9.0), ("typography", 1.0), ("calques", 1.5), ("leftovers", 2.0), ("damage", 0.5)):
        for rule in data.get(family, ()):
            hits = list(rule["compiled"].finditer(text))
            if len(hits) >= rule.get("least", 1):
                m = hits[0]
                name = {"calques": "calque", "leftovers": "source language"}.get(family, family)
                note = rule.get("note") or "the text says that it is a translation"
                often = 1.0 if len(hits) >= 3 else 0.0  # once may be a slip, three times is a habit
                found.append(_sign(m, name, weight + often, note, rule.get("language")))
    found += _names(text)
    found += _unpaired(text)
    return sorted(found)


def is_translated(signs: list[Sign]) -> bool:
    """Whether signs of translation suffice: the text says so, or two families agree, one of them names or calques."""
    if any(s.family == "stated" for s in signs):
        return True
    families = {s.family for s in signs if s.family != "damage"}
    telling = families & {"calque", "foreign spelling", "source language"}
    return len(families) >= 2 and bool(telling) and sum(s.weight for s in signs) >= ENOUGH_TRANSLATED


def source_language(signs: list[Sign]) -> str | None:
    """Name of the language that most signs point to, None where they point nowhere."""
    weights: dict[str, float] = {}
    for s in signs:
        if s.language:
            weights[s.language] = weights.get(s.language, 0.0) + s.weight
    if not weights:
        return None
    most = max(weights.values())
    return " or ".join(str(_translated()["languages"].get(k, k)) for k in sorted(weights) if weights[k] == most)


def _sign(
    m: re.Match[str], family: str, weight: float, note: str, language: str | None = None, meant: str | None = None
) -> Sign:
    return Sign(start=m.start(), end=m.end(), family=family, weight=weight, note=note, language=language, meant=meant)


# -- spinning -----------------------------------------------------------------------------------------------------------


def _months(text: str) -> Iterator[Sign]:
    for month, words in _spun()["months"].items():
        for word in words:
            shown = word.capitalize()
            if shown not in text:
                continue
            for m in re.finditer(
                rf"(?<!\w){MONTH_BEFORE} ({re.escape(shown)})(?=[\s.,;:!?)]|$)(?!\s+(?:you|we|they|he|she|it|I)\b)",
                text,
            ):
                yield _sign(m, "displaced month", 3.0, f"`{shown}` stands where a month belongs ({month.capitalize()})")
            for m in re.finditer(
                rf"(?<!\w)(?:{re.escape(shown)} \d{{1,2}}(?:st|nd|rd|th)?(?=[,.\s])(?! (?:percent|per|people))|\d{{1,2}} {re.escape(shown)}(?=[,.\s]))",
                text,
            ):
                yield _sign(
                    m,
                    "displaced month",
                    3.0,
                    f"`{shown}` stands beside a day where a month belongs ({month.capitalize()})",
                )


def _surnames(text: str) -> Iterator[Sign]:
    """A person introduced by a surname that is an ordinary word, and then spoken of under a synonym of it."""
    spun = _spun()["surnames"]
    introduced: dict[str, str] = {}
    for m in FULL_NAME.finditer(text):
        if m[1].casefold() in spun and m[0].split()[0].casefold() not in FUNCTION_WORDS:
            introduced.setdefault(m[1].casefold(), m[0])
    for name in sorted(introduced):
        for synonym in spun[name]:
            shown = synonym.capitalize()
            pattern = rf"(?<!\w)({re.escape(shown)}) {SPEECH}\b(?! (?:goodbye|hello))"
            for m in re.finditer(pattern, text):
                yield _sign(
                    m,
                    "displaced name",
                    3.0,
                    f"`{shown}` speaks where the person named {name.capitalize()} belongs",
                    meant=introduced[name],
                )


def _phrases(text: str) -> Iterator[Sign]:
    folded = text.casefold().replace("’", "'")
    if len(folded) != len(text):  # a letter that folds to two: offsets would shift
        folded = text.lower().replace("’", "'")
        if len(folded) != len(text):
            return
    for m in _phrase_pattern().finditer(folded):
        weight, why = _phrase_weights()[m[0]]
        yield _sign(m, "swapped words", weight, why)


def _displaced(text: str) -> Iterator[Sign]:
    for rule in _spun()["displaced"]:
        for m in rule["compiled"].finditer(text):
            yield _sign(m, "displaced word", rule["weight"], rule["for"])


# -- translation ----------------------------------------------------------------------------------------------------------


def _names(text: str) -> Iterator[Sign]:
    for language, entry in _translated()["names"].items():
        m = entry["compiled"].search(text)
        if m:
            full = _translated()["languages"][language]
            yield _sign(m, "foreign spelling", 2.0, f"a name as {full} spells it", language)


def _unpaired(text: str) -> Iterator[Sign]:
    """Curly quotation marks that close what was not opened, or the reverse, within one paragraph."""
    for paragraph in re.finditer(r"[^\n]+", text):
        depth = 0
        for m in re.finditer(r"[“”]", paragraph[0]):
            depth += 1 if m[0] == "“" else -1
            if depth < 0:
                at = paragraph.start() + m.start()
                start = max(paragraph.start(), at - 24)
                yield Sign(start, at + 1, "typography", 0.5, "a quotation is closed that was not opened")
                return


# -- data ------------------------------------------------------------------------------------------------------------------


@cache
def _spun() -> dict[str, Any]:
    data = tomllib.loads((DATA / "spun.toml").read_text(encoding="utf-8"))
    for rule in data["displaced"]:
        rule["compiled"] = re.compile(rule["pattern"])
    return data


@cache
def _phrase_weights() -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    for group in sorted(_spun()["phrases"], key=lambda g: g["weight"]):
        found |= dict.fromkeys(group["words"], (group["weight"], group["for"]))
    return found


@cache
def _phrase_pattern() -> re.Pattern[str]:
    words = sorted(_phrase_weights(), key=lambda w: (-len(w), w))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)")


@cache
def _translated() -> dict[str, Any]:
    data = tomllib.loads((DATA / "translated.toml").read_text(encoding="utf-8"))
    for family in ("stated", "typography", "calques", "leftovers", "damage"):
        for rule in data.get(family, ()):
            rule["compiled"] = re.compile(rule["pattern"])
    for entry in data["names"].values():
        weak = set(entry.get("weak", ()))
        words = "|".join(re.escape(w) for w in sorted(entry["words"], key=lambda w: (-len(w), w)) if w not in weak)
        pattern = rf"\b(?:{words})\b" + (f"|{entry['pattern']}" if "pattern" in entry else "")
        entry["compiled"] = re.compile(pattern)
    return data
