"""Who stands beside a verb of saying, by the order of the words alone: the parse loses names with commas in them.

`…, the head of the district, Ivo Rand, said on Sunday`: before the verb, over what is set off. `…, writes the weekly Morgen, because …`: behind it.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

SET_OFF = 18
"""Words between two commas that say more of somebody (`, who led the ward until May, `)."""
LONGEST = 10
RELATIVE = frozenset({"who", "whose", "which", "whom"})
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
BETWEEN = frozenset({"also", "later", "then", "now", "has", "have", "had", "earlier", "further", "itself", "himself", "herself"})  # fmt: skip
"""What stands between somebody and the verb."""
NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})


def before(verb: Token) -> tuple[Token, ...]:
    """The noun phrase right before a verb, with what is set off behind it; empty where there is none."""
    doc, start = verb.doc, verb.sent.start
    k = verb.i - 1
    while k > start and doc[k].lower_ in BETWEEN:
        k -= 1
    end = k
    while k > start and doc[k].text == ",":
        comma = next((j for j in range(k - 1, max(start, k - SET_OFF), -1) if doc[j].text == ","), None)
        if comma is None or not _says_more(doc[comma + 1 : k]):
            return ()
        k = comma - 1
        if doc[k].like_num and doc[k - 1].text == ",":  # `Halina, 63, who …`
            k -= 2
    first = k + 1
    while first > start and k - first < LONGEST and _is_inside(doc[first - 1]):
        first -= 1
    if not any(t.pos_ in NOMINAL for t in doc[first : k + 1]):
        return ()
    return tuple(t for t in doc[first : end + 1] if not t.is_space)


def is_joined(verb: Token, clause: Token) -> bool:
    """`Men were seized, and a lawyer, Nora Hall, says …`: whether a verb of saying is joined to a clause before it, and says nothing of that."""
    if not verb.sent.start <= clause.i < verb.i:
        return False
    named = before(verb)
    return bool(named and named[0].i > clause.i and named[0].nbor(-1).pos_ == "CCONJ")


def behind(verb: Token) -> tuple[Token, ...]:
    """The noun phrase right behind a verb (`says a lawyer of the fund`), up to the next comma; empty where something else follows."""
    doc, end = verb.doc, verb.sent.end
    last = verb.i
    while last + 1 < end and last - verb.i < LONGEST and _is_inside(doc[last + 1]):
        last += 1
    words = doc[verb.i + 1 : last + 1]
    stops = last + 1 >= end or doc[last + 1].text in {",", ".", ";", "–", "—"} or doc[last + 1].is_space
    if not stops or not any(t.pos_ in NOMINAL for t in words) or words[0].pos_ in {"ADP", "PRON", "ADV"}:
        return ()
    return tuple(words)


def _says_more(words: Iterable[Token]) -> bool:
    """Whether the words between two commas say more of who stands before them: a name, an age, a relative clause."""
    inside = list(words)
    if not inside or inside[0].lower_ in RELATIVE:
        return bool(inside)
    return inside[0].pos_ in {"PROPN", "NUM", "DET"} and not any(t.tag_ in FINITE for t in inside)


def _is_inside(word: Token) -> bool:
    """Whether a word can stand inside of a noun phrase."""
    if word.is_punct and word.text not in {"-", "'", "’", '"', "“", "”"}:
        return False
    return not word.is_space and word.tag_ not in FINITE and word.pos_ not in {"SCONJ", "CCONJ"}
