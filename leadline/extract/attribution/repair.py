"""What the parse shows and the model missed: quotations that nobody says yet, and sources of cues that have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from spacy.tokens import Doc, Token

from leadline.extract.attribution.columns import Columns
from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.lexicon import load_lexicon
from leadline.extract.attribution.network import Floats
from leadline.extract.attribution.rules import trimmed

SHORTEST_SPEECH = 5
"""Words; shorter quotations are terms and titles as often as speech."""
LEAST_CHANCE = 0.05
"""Of being a cue: nearly every verb of speech beside a quotation has more."""
LEAST_CHANCE_OF_SPEECH = 0.1
LONGEST_SOURCE = 15
SUBJECTS = frozenset({"nsubj", "nsubjpass"})


def unsaid(c: Columns, chances: Floats, drafts: Sequence[Draft], quoted: Sequence[Sequence[int]]) -> list[int]:
    """Cue heads for quotations of speech that no attribution covers: the likeliest outside of them in their sentences."""
    covered = {i for d in drafts for i in d.content}
    taken = covered | {i for d in drafts for i in (*d.source, *d.cue)}
    n = len(c)
    found: set[int] = set()
    for tokens in quoted:
        if len(tokens) < SHORTEST_SPEECH or any(i in covered for i in tokens):
            continue
        beside: list[int] = []
        first, last = tokens[0], tokens[-1]
        at = first - 1
        while (
            at >= 0
            and c.sentence[at] >= c.sentence[first] - 1
            and first - at < 40
            and c.paragraph[at] >= c.paragraph[first] - 1
        ):
            beside.append(at)
            at -= 1
        at = last + 1
        while (
            at < n
            and c.sentence[at] <= c.sentence[last] + 1
            and at - last < 25
            and c.paragraph[at] == c.paragraph[last]
        ):
            beside.append(at)
            at += 1
        fits = [i for i in beside if chances[i] >= LEAST_CHANCE and c.quote[i] < 0 and i not in taken]
        if fits:
            found.add(max(fits, key=lambda i: (float(chances[i]), -i)))
    return sorted(found)


def unheard(doc: Doc, chances: Floats, drafts: Sequence[Draft]) -> list[int]:
    """Verbs of speech with a clause and some chance of being a cue that stand in no attribution."""
    speech = load_lexicon().verbs_of_speech
    taken = {i for d in drafts for part in (d.source, d.cue, d.content) for i in part}
    likely = (int(i) for i in np.flatnonzero(chances >= LEAST_CHANCE_OF_SPEECH) if int(i) not in taken)
    return [
        i
        for i in likely
        if doc[i].pos_ == "VERB" and doc[i].lemma_.lower() in speech and any(c.dep_ == "ccomp" for c in doc[i].children)
    ]


def without_expletive(doc: Doc, d: Draft) -> Draft:
    """The draft without a source that is nobody: `it` in `it was reported that`."""
    nobody = len(d.source) == 1 and doc[d.source[0]].lower_ == "it" and doc[d.source[0]].dep_ in {"nsubjpass", "expl"}
    return replace(d, source=()) if nobody and doc[d.head].tag_ == "VBN" else d


def apart(further: Sequence[Draft], drafts: Sequence[Draft]) -> list[Draft]:
    """Those further drafts whose content stands in no other draft."""
    taken = {i for d in drafts for part in (d.source, d.cue, d.content) for i in part}
    found: list[Draft] = []
    for d in further:
        if not taken.intersection(d.content):
            found.append(d)
            taken.update(d.content)
    return found


def with_source(doc: Doc, d: Draft, quote_of: Sequence[int]) -> Draft:
    """The draft with its source where the model left one out that the parse shows.

    The subject of the cue, also through "can be heard saying"; or, after a quotation, the name that follows the cue.
    """
    head = doc[d.head]
    if d.source or head.pos_ not in {"VERB", "AUX"} or head.lemma_.lower() not in load_lexicon().verbs_of_speech:
        return d
    subject = raised_subject(head)
    if subject is not None and quote_of[subject.i] < 0 and not subject.is_quote:
        source = trimmed(doc, [t.i for t in subject.subtree if quote_of[t.i] < 0])
    elif quote_of[d.content[0]] >= 0 and d.content[0] < d.head:
        source = following_name(doc, d, quote_of)
    else:
        return d
    if not source or len(source) > LONGEST_SOURCE:
        return d
    mine = set(source)
    content = tuple(i for i in d.content if i not in mine)
    cue = tuple(i for i in d.cue if i not in mine)
    if not any(doc[i].is_alpha for i in content):
        return d
    return replace(d, source=source, content=content, cue=cue or (d.head,))


def without_verb(doc: Doc, d: Draft) -> Draft:
    """The draft with a source that is a noun phrase: `the commander can be heard` + `saying` has its verbs in the cue."""
    inside = set(d.source)
    top = next((doc[i] for i in d.source if doc[i].head.i not in inside or doc[i].head.i == i), None)
    if top is None or top.pos_ not in {"VERB", "AUX"}:
        return d
    subject = next((c for c in top.children if c.dep_ in SUBJECTS and c.i in inside), None)
    if subject is None:
        return d
    source = tuple(i for i in d.source if i in {t.i for t in subject.subtree})
    return replace(d, source=source, cue=tuple(sorted({*d.cue, *(inside - set(source))})))


def raised_subject(verb: Token) -> Token | None:
    """The subject of a verb, or of the verb it completes ("can be heard saying")."""
    for _ in range(2):
        found = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
        if found is not None:
            return found
        if verb.dep_ not in {"xcomp", "conj"} or verb.head.i == verb.i:
            return None
        verb = verb.head
    return None


def following_name(doc: Doc, d: Draft, quote_of: Sequence[int]) -> tuple[int, ...]:
    """The unquoted words of the content right after the cue, where a name heads them and no verb is among them."""
    end = doc[d.head].sent.end
    inside = set(d.content)
    rest = [i for i in range(d.head + 1, end) if i in inside and quote_of[i] < 0]
    if any(doc[i].pos_ in {"VERB", "AUX"} for i in rest) or not any(doc[i].pos_ == "PROPN" for i in rest):
        return ()
    return trimmed(doc, rest)
