"""Rules over word classes, in passes: a finite-state cascade whose grammar is data.

Each item of a text (`numerals.Item`) belongs to classes: those its word is listed under, those its number earns, those
of the expression an earlier pass has read. A rule is a pattern over classes:

    pattern = "<month> dot? <day> (comma? <year>)?"     # <name> or <name:class|class> captures, a bare class matches
    pattern = "the? 'end' 'of' <x:dated>"               # a quoted word matches itself
    pattern = "'since' any any? 'in' <x:point>"          # `any` is one item, but no mark that ends a clause, no point

The items' classes are written as a string with one character an item and every pattern becomes a regular expression
over it. Patterns repeat nothing without bound, so a pass is linear in the length of the text. In each pass the leftmost
longest matches are kept and the items of a match become one item that carries what was read.

Method: cascaded finite-state transducers (Hobbs et al. 1997, FASTUS; Abney 1996, doi:10.1017/S1351324997001599).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, combinations
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from leadline.errors import CodebookError
from leadline.extract.numerals import Item, items

Classes = frozenset[str]
Groups = Mapping[str, Item]
Reader = Callable[[Groups], Any]

_TOKEN = re.compile(
    r"<(?P<name>\w+)(?::(?P<classes>[\w|]+))?>|'(?P<word>[^']+)'|(?P<bare>\w+)|(?P<mark>[()|?])|(?P<bad>\S)"
)
ANY = "any"
_ENDS = frozenset({"dot", "comma", "point"})
_MACRO = re.compile(r"\$(\w+)")
_FIRST_CODE = 0xE000  # private use: never a letter with a meaning for `re`
_NOTHING: Classes = frozenset()
_NO_CODE = chr(_FIRST_CODE)


def _subsets(members: list[str]) -> Iterable[tuple[str, ...]]:
    return chain.from_iterable(combinations(members, n) for n in range(len(members) + 1))


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of a grammar file: its name, its pattern, the reader that says what it means."""

    name: str
    pattern: str
    reads: str


class Coded(NamedTuple):
    """Items with the string of their classes, one character an item."""

    items: list[Item]
    codes: str


class Cascade:
    """A grammar compiled: word lists, and passes of rules with their readers.

    Parameters: `words` maps a class to its words; `passes` lists the rules of each pass; `readers` maps the names in
    `reads` to functions from captured items to a meaning, or None where the words turn out to say something else;
    `numeral_classes` and `meaning_classes` say which classes a numeral and a meaning earn, always a subset of one of
    `families`. Raises `CodebookError` for a pattern that names an unknown class or reader.
    """

    def __init__(
        self,
        *,
        words: Mapping[str, Iterable[str]],
        passes: Iterable[Iterable[Rule]],
        readers: Mapping[str, Reader],
        numeral_classes: Callable[[Item], Classes],
        meaning_classes: Callable[[Any], Classes],
        families: Iterable[Iterable[str]],
        macros: Mapping[str, str] = MappingProxyType({}),
        place: str,
    ) -> None:
        expand = lambda r: Rule(name=r.name, pattern=_MACRO.sub(lambda m: macros[m[1]], r.pattern), reads=r.reads)  # noqa: E731
        rules = [tuple(map(expand, p)) for p in passes]
        self._readers, self._numeral, self._meaning = readers, numeral_classes, meaning_classes
        earned = {frozenset(c) for f in families for c in _subsets(sorted(f))}
        listed: dict[str, set[str]] = {}
        for name, members in words.items():
            for w in members:
                listed.setdefault(w, set()).add(name)
        for rule in (r for p in rules for r in p):
            for m in _TOKEN.finditer(rule.pattern):
                if m["word"]:
                    listed.setdefault(m["word"], set()).add("=" + m["word"])
        self._listed = {w: frozenset(c) for w, c in listed.items()}
        known = set(words).union(*earned)
        both = {
            self._listed[i.text] | numeral_classes(i)
            for w in self._listed
            for i in items(w)[:1]
            if i.form and i.text in self._listed
        }
        self._codes: dict[Classes, str] = {_NOTHING: _NO_CODE}
        for classes in [*self._listed.values(), *sorted(earned, key=sorted), *sorted(both, key=sorted)]:
            self._codes.setdefault(classes, chr(_FIRST_CODE + len(self._codes)))
        self._word_codes = {w: self._codes[c] for w, c in self._listed.items()}
        self._passes = [[(rule, self._compile(rule, known, place)) for rule in p] for p in rules]

    def _compile(self, rule: Rule, known: set[str], place: str) -> re.Pattern[str]:
        if rule.reads not in self._readers:
            raise CodebookError(
                f"rule {rule.name!r} reads {rule.reads!r}",
                expected="one of " + ", ".join(sorted(self._readers)),
                place=place,
            )
        out = []
        for m in _TOKEN.finditer(rule.pattern):
            if m["mark"]:
                out.append({"(": "(?:"}.get(m["mark"], m["mark"]))
                continue
            if m["bare"] == ANY:
                out.append(
                    "[" + "".join(code for classes, code in self._codes.items() if classes.isdisjoint(_ENDS)) + "]"
                )
                continue
            names = ["=" + m["word"]] if m["word"] else (m["classes"] or m["name"] or m["bare"] or "").split("|")
            if m["bad"] or not all(n in known or n.startswith("=") for n in names):
                raise CodebookError(
                    f"rule {rule.name!r} names {m[0]!r}", expected="a class of the file or a quoted word", place=place
                )
            letters = "".join(code for classes, code in self._codes.items() if not classes.isdisjoint(names))
            out.append(f"(?P<{m['name']}>[{letters}])" if m["name"] else f"[{letters}]")
        return re.compile("".join(out))

    def __len__(self) -> int:
        """Number of passes."""
        return len(self._passes)

    def classes(self, item: Item) -> Classes:
        """The classes of one item."""
        if item.meaning is not None:
            return self._meaning(item.meaning)
        if item.form:
            return self._numeral(item) | self._listed.get(item.text, _NOTHING)
        return self._listed.get(item.text, _NOTHING)

    def _code(self, item: Item) -> str:
        if item.meaning is None and not item.form:
            return self._word_codes.get(item.text, _NO_CODE)
        return self._codes[self.classes(item)]

    def run(self, text_items: Sequence[Item], *, upto: int | None = None) -> Coded:
        """The items after all passes; those with a `meaning` are the expressions found."""
        current = Coded(list(text_items), "".join(map(self._code, text_items)))
        for number in range(len(self._passes) if upto is None else upto):
            current = self._apply(number, current)
        return current

    def matches(self, number: int, current: Coded) -> list[tuple[Rule, int, int, dict[str, Item]]]:
        """Every match of the rules of one pass, overlaps included: rule, first item, item after the last, captures."""
        found = []
        for order, (rule, regex) in enumerate(self._passes[number]):
            for m in regex.finditer(current.codes):
                groups = {name: current.items[m.start(name)] for name in regex.groupindex if m.start(name) >= 0}
                found.append((m.start(), -m.end(), order, rule, groups))
        found.sort(key=lambda f: f[:3])
        return [(rule, start, -end, groups) for start, end, _, rule, groups in found]

    def _apply(self, number: int, current: Coded) -> Coded:
        out: list[Item] = []
        codes: list[str] = []
        done = 0
        for rule, start, end, groups in self.matches(number, current):
            if start < done:
                continue
            meaning = self._readers[rule.reads](groups)
            if meaning is None:
                continue
            read = current.items[start:end]
            item = Item(read[0].start, read[-1].end, " ".join(i.text for i in read), None, "", meaning)
            out += [*current.items[done:start], item]
            codes += [current.codes[done:start], self._code(item)]
            done = end
        return Coded([*out, *current.items[done:]], "".join([*codes, current.codes[done:]]))
