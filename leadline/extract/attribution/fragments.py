"""Attributions in shapes that a model of full sentences misses: nouns with a clause, and the two shapes of headlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Span, Token

from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.lexicon import load_lexicon
from leadline.extract.attribution.rules import trimmed

LONGEST_NAME = 6
"""Words of a source in a headline."""
SHORTEST_CONTENT = 3
CLAUSES = frozenset({"acl", "ccomp", "relcl"})
SUBJECTS = frozenset({"nsubj", "nsubjpass"})


def fragments(doc: Doc, drafts: Sequence[Draft]) -> list[Draft]:
    """The attributions of these shapes whose words stand in no other."""
    taken = {i for d in drafts for part in (d.source, d.cue, d.content) for i in part}
    found: list[Draft] = []
    for draft in (*by_noun(doc), *(d for s in doc.sents for d in (*closing(s), *labelled(s)))):
        mine = {draft.head, *draft.source, *draft.content}
        if taken.isdisjoint(mine):
            found.append(draft)
            taken |= mine
    return found


def by_noun(doc: Doc) -> Iterator[Draft]:
    """`Rumours that …`, `the ministry's claim that …`: a noun of speech with its clause."""
    nouns = load_lexicon().nouns_of_speech
    for clause in doc:
        noun = clause.head
        if clause.dep_ not in CLAUSES or noun.pos_ != "NOUN" or noun.lemma_.lower() not in nouns:
            continue
        if not any(c.lower_ == "that" and c.dep_ == "mark" and c.i == noun.i + 1 for c in clause.children):
            continue
        content = trimmed(doc, [t.i for t in clause.subtree if t.i > noun.i])
        owner = next((c for c in noun.children if c.dep_ == "poss"), None)
        source = trimmed(doc, [t.i for t in owner.subtree if t.tag_ != "POS"]) if owner is not None else ()
        if content:
            yield Draft(head=noun.i, source=source, cue=(noun.i,), content=content, score=0.0)


def closing(sentence: Span) -> Iterator[Draft]:
    """`300 deserted in a week, ministry says`: a sentence that ends with a comma, a source and its verb."""
    verb = next((t for t in reversed(sentence) if not t.is_punct and not t.is_space), None)
    if verb is None or verb.pos_ != "VERB" or verb.lemma_.lower() not in load_lexicon().verbs_of_speech:
        return
    comma = next((t for t in reversed(sentence.doc[sentence.start : verb.i]) if t.text == ","), None)
    subject = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
    if comma is None or subject is None or not comma.i < subject.i or verb.i - comma.i > LONGEST_NAME + 1:
        return
    source = trimmed(sentence.doc, list(range(comma.i + 1, verb.i)))
    start = sentence.doc[comma.i - 1].sent.start if comma.i == sentence.start > 0 else sentence.start
    content = trimmed(sentence.doc, list(range(start, comma.i)))  # the parser may end a sentence before the comma
    if source and not any(sentence.doc[i].pos_ in {"VERB", "AUX"} for i in source) and is_told(sentence.doc, content):
        yield Draft(head=verb.i, source=source, cue=(verb.i,), content=content, score=0.0)


def labelled(sentence: Span) -> Iterator[Draft]:
    """`General Staff: enemy lost 400 troops`: a source and a colon before what it says."""
    colon = next((t for t in sentence[: LONGEST_NAME + 1] if t.text == ":"), None)
    if colon is None:
        return
    source = trimmed(sentence.doc, list(range(sentence.start, colon.i)))
    content = trimmed(sentence.doc, list(range(colon.i + 1, sentence.end)))
    if source and is_speaker(sentence.doc[source[-1]]) and is_told(sentence.doc, content):
        yield Draft(head=colon.i, source=source, cue=(colon.i,), content=content, score=0.0)


def is_speaker(noun: Token) -> bool:
    """Whether a label is that of somebody who speaks: its last word names a kind of body or person, or a report."""
    lexicon = load_lexicon()
    lemma = noun.lemma_.lower()
    return noun.pos_ in {"NOUN", "PROPN"} and (
        bool(lexicon.kinds_of(lemma) - {"carrier"}) or lemma in lexicon.speaking_carriers
    )


def is_told(doc: Doc, content: Sequence[int]) -> bool:
    """Whether words can be what somebody says: enough of them, and a verb among them."""
    tokens = [doc[i] for i in content]
    return sum(t.is_alpha or t.like_num for t in tokens) >= SHORTEST_CONTENT and any(
        t.pos_ in {"VERB", "AUX"} for t in tokens
    )
