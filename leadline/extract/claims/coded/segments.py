"""Clauses: the stretch of a sentence that one claim is quoted with."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
CONTRASTS = frozenset({"while", "whereas", "but", "although", "though", "yet", "because"})
INSERTION = 6
"""Tokens of what is inserted between commas, with these."""
EDGE = frozenset({",", ";", ":", "-", "–", "—", "and", "but", "while", "that", "yet", "or"})


def clause_head(token: Token, within: frozenset[int] | None = None) -> Token:
    """The verb (or sentence root) whose clause a token belongs to.

    The climb goes through complements, relative and adverbial clauses, and stops at a coordinate or contrasting clause
    that has a subject of its own, and at the border of `within`, the tokens of one source's content.
    """
    head = token
    while head.head.i != head.i:
        parent = head.head
        if within is not None and parent.i not in within:
            break
        if head.pos_ in {"VERB", "AUX"} and (starts_clause(head) or is_reported(head)):
            break
        head = parent
    return head


def is_reported(verb: Token) -> bool:
    """Whether a verb heads what a verb of saying reports (`says that …`)."""
    return verb.dep_ == "ccomp" and verb.head.lemma_.lower() in load_lexicon().stating and verb.head.i < verb.i


def starts_clause(verb: Token) -> bool:
    """Whether a verb heads a clause that stands on its own beside another one."""
    if verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"}:
        return _has_subject(verb) or any(c.dep_ == "cc" and c.lower_ == "but" for c in verb.head.children)
    if verb.dep_ == "advcl":
        mark = next((c.lower_ for c in verb.children if c.dep_ == "mark" and c.lower_ in CONTRASTS), "")
        own = any(c.dep_ in SUBJECTS and c.pos_ != "PRON" for c in verb.children)
        return mark != "" and (mark != "because" or own)  # `shot because they refused` is one event with its reason
    if verb.dep_ in {"ccomp", "parataxis"}:  # two main clauses with a semicolon or comma between
        return not any(c.dep_ in {"mark"} for c in verb.children) and verb.i < verb.head.i and _has_subject(verb)
    return False


def _has_subject(verb: Token) -> bool:
    return any(c.dep_ in SUBJECTS for c in verb.children)


def clause_tokens(head: Token, within: frozenset[int] | None = None) -> tuple[Token, ...]:
    """The tokens of a clause: what hangs on its head, without the clauses that stand on their own."""
    taken: list[Token] = []

    def take(token: Token) -> None:
        if token.i != head.i and token.pos_ in {"VERB", "AUX"} and starts_clause(token):
            return
        if within is None or token.i in within:
            taken.append(token)
        for child in token.children:
            take(child)

    take(head)
    return tuple(sorted(taken, key=lambda t: t.i))


def _bridges(doc: Doc, start: int, stop: int) -> bool:
    """Whether what lies between two runs is only punctuation or conjunctions, or a short insertion (`of 90 men, he says, 30 are left`)."""
    if all(t.is_punct or t.is_space or t.lower_ in EDGE for t in doc[start:stop]):
        return True
    return stop - start <= INSERTION and doc[start].text == "," and doc[stop - 1].text == ","


def longest_run(tokens: Iterable[Token], around: int) -> tuple[int, int]:
    """Start and end offsets of the run of tokens that holds token index `around`, punctuation bridged and ends trimmed."""
    ordered = sorted({t.i: t for t in tokens}.items())
    if not ordered:
        return (0, 0)
    doc = ordered[0][1].doc
    runs: list[list[int]] = []
    for i, _ in ordered:
        if runs and _bridges(doc, runs[-1][-1] + 1, i):
            runs[-1].append(i)
        else:
            runs.append([i])
    run = next((r for r in runs if r[0] <= around <= r[-1]), max(runs, key=len))
    first, last = run[0], run[-1]
    while first < last and (doc[first].is_space or doc[first].lower_ in EDGE):
        first += 1
    while last > first and (doc[last].is_space or doc[last].lower_ in EDGE):
        last -= 1
    if (
        last + 1 < len(doc)
        and doc[last + 1].text in {".", "!", "?"}
        and doc[last + 1].sent.start == doc[last].sent.start
    ):
        last += 1
    return doc[first].idx, doc[last].idx + len(doc[last])
