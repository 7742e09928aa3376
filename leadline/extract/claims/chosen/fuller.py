"""A source by the fullest name that the text gives it where it speaks.

What resolves a source keeps of a noun phrase only what identifies it: `person` of `a person close to the command`, `soldiers` of `one of the
four`. A hop of a chain says whom the text names, in its words.
"""

from __future__ import annotations

import msgspec
from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.sources.apposed import apposed
from leadline.extract.claims.sources.kinds import PERSONS
from leadline.extract.claims.sources.who import BODY_NOUNS, LONGEST_NAME, SPOKES, Who
from leadline.schema import Hop

BEFORE = frozenset({"amod", "compound", "det", "nmod", "nummod", "poss", "predet", "quantmod"})
BEHIND = frozenset({"prep", "relcl", "acl", "amod"})
ARTICLES = frozenset({"the", "a", "an", "this", "that", "these", "those", "some", "any", "same"})
SOME = frozenset({"one", "another", "both", "all", "some", "many", "most", "several", "few", "none", "half", "each"})
WHEN = frozenset({"DATE", "TIME"})
INSIDE = frozenset("-–'’\"“”")
"""Punctuation that may stand in a name."""


def fully_named(hop: Hop, who: Who, doc: Doc) -> Hop:
    """The hop by its noun phrase as the text has it, at most eight words.

    It is as it was where the phrase says no more, or is the name of a person. The `armies` of `Both armies said that …` are `Both armies`.
    """
    if hop.start is None or hop.end is None:
        return hop
    span = doc.char_span(hop.start, hop.end, alignment_mode="expand")
    if span is None:
        return hop
    found = _some_of(doc[who.at]) if who.at >= 0 and not _is_described(doc[who.at], span.root) else None
    if found is None:
        person = who.kind in PERSONS and span.root.lower_ not in BODY_NOUNS
        if span.root.pos_ == "PROPN" and person and len(span.text.rstrip(".")) > 1:
            return hop  # `Private T.` is named so, a colonel by his name
        top = _top(span.root)
        first = min(_first(top), span.start)
        found = first, _last(top, first, max(span.end - 1, top.i))
    words = doc[found[0] : found[1] + 1]
    if len(words.text.split()) > LONGEST_NAME or "\n" in words.text:
        return hop
    return msgspec.structs.replace(hop, name=words.text, start=words.start_char, end=words.end_char)


def _is_described(part: Token, named: Token) -> bool:
    """Whether what names a source says who the `one` is: `one of them, a mechanic`."""
    return any(c.left_edge.i <= named.i <= c.right_edge.i for c in apposed(part))


def _some_of(noun: Token) -> tuple[int, int] | None:
    """Where `one of them` begins and ends; None where a noun is none of several."""
    if noun.lower_ not in SOME and noun.pos_ != "NUM":
        return None
    whole = next((g for c in noun.rights if c.lower_ == "of" for g in c.rights if g.dep_ == "pobj"), None)
    if whole is None:
        return None
    first = _first(noun)
    return first, _last(whole, first, whole.i)


def _top(noun: Token) -> Token:
    """Who speaks for a body that gives the name, or some of several: `spokesman` of `a Kremlin spokesman`, `three` of `three of the men`."""
    over = noun.head
    if noun.dep_ in {"compound", "poss"}:
        return over if over.lower_ in SPOKES else noun
    if noun.dep_ == "pobj" and over.lower_ in {"of", "for"} and over.head.i < over.i:
        some = over.lower_ == "of" and (over.head.lower_ in SOME or over.head.pos_ == "NUM")
        return over.head if some or over.head.lower_ in SPOKES else noun
    return noun


def _first(noun: Token) -> int:
    """Where a noun phrase begins, without its article or an owner whom only a pronoun names."""
    at = int(noun.i)
    for t in reversed([*noun.lefts]):
        start = int(t.left_edge.i)
        if t.dep_ not in BEFORE or t.lower_ in ARTICLES or t.tag_ == "PRP$" or t.right_edge.i != at - 1:
            break
        if any(x.is_punct and x.text not in INSIDE for x in noun.doc[start:at]):
            break
        while start < t.i and noun.doc[start].lower_ in ARTICLES:
            start += 1
        at = start
    return at


def _last(noun: Token, first: int, last: int) -> int:
    """Where a noun phrase ends: behind the last phrase or clause that follows without a comma and leaves it short enough."""
    reporting = load_lexicon().reporting
    for t in noun.rights:
        end = t.right_edge.i
        if end <= last:
            continue
        words = noun.doc[first : end + 1]
        if (
            t.dep_ not in BEHIND
            or t.left_edge.i != last + 1
            or len(words.text.split()) > LONGEST_NAME
            or (t.dep_ == "acl" and t.lemma_.lower() in reporting)  # `the service reported on Thursday`, misread
            or any(x.ent_type_ in WHEN for x in t.subtree)  # `the service on 12 March published a call`
            or any(x.is_punct and x.text not in INSIDE for x in words)
        ):
            break
        last = end
    return last
