"""Attributions by rules over the dependency parse: reported speech, quotations, according-to."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc, Token

from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.lexicon import load_lexicon
from leadline.extract.attribution.quotes import Quotation, quoted_tokens

AUXILIARY = {"aux", "auxpass", "neg", "prt"}
SUBJECT = {"nsubj", "nsubjpass", "csubj"}


def draft_by_rules(doc: Doc, quotations: tuple[Quotation, ...]) -> list[Draft]:
    """Every attribution the rules find, in the order of the cues."""
    lexicon = load_lexicon()
    quote_of = quoted_tokens(doc, quotations)
    drafts: list[Draft] = []
    for token in doc:
        lemma = token.lemma_.lower()
        if token.lower_ == "according" and token.i + 1 < len(doc) and doc[token.i + 1].lower_ == "to":
            draft = according_to(token)
        elif token.pos_ in ("VERB", "AUX") and (lemma in lexicon.verbs_of_speech or lemma in lexicon.verbs_of_thought):
            draft = reported(token, quote_of)
        else:
            continue
        if draft is not None:
            drafts.append(draft)
    return drafts


def trimmed(doc: Doc, tokens: list[int]) -> tuple[int, ...]:
    """Tokens without commas, dashes and white space at both ends."""
    loose = {",", ";", ":", "-", "–", "—", "."}
    kept = [k for k, i in enumerate(tokens) if not doc[i].is_space and doc[i].text not in loose]
    return tuple(tokens[kept[0] : kept[-1] + 1]) if kept else ()


def reported(verb: Token, quote_of: Sequence[int]) -> Draft | None:
    """A verb that attributes with its clause, or with the quotations of its sentence."""
    doc = verb.doc
    subject = next((c for c in verb.children if c.dep_ in SUBJECT), None)
    if subject is None and verb.dep_ == "conj":
        subject = next((c for c in verb.head.children if c.dep_ in SUBJECT), None)
    source = trimmed(doc, [t.i for t in subject.subtree]) if subject is not None else ()
    clause = next((c for c in verb.children if c.dep_ == "ccomp"), None)
    here = quote_of[verb.i]
    content: set[int] = set()
    if clause is not None:
        content = {t.i for t in clause.subtree}
    if here < 0:
        sentence = range(verb.sent.start, verb.sent.end)
        around = {quote_of[i] for i in sentence if quote_of[i] >= 0}
        if clause is not None:
            around = {q for q in around if any(quote_of[i] == q for i in content)} or (
                around if verb.dep_ == "ROOT" else set()
            )
        content |= {i for i, q in enumerate(quote_of[sentence.start : sentence.stop], sentence.start) if q in around}
    content -= set(source) | {verb.i}
    if not content:
        return None
    cue = sorted({verb.i} | {c.i for c in verb.children if c.dep_ in AUXILIARY})
    body = sorted(content)
    kept = list(body) if quote_of[body[-1]] >= 0 else list(trimmed(doc, body))
    return Draft(head=verb.i, source=source, cue=tuple(cue), content=tuple(kept)) if kept else None


def according_to(token: Token) -> Draft | None:
    """`according to X`: the rest of the sentence is X's."""
    doc = token.doc
    to = doc[token.i + 1]
    named = next((c for c in [*to.children, *token.children] if c.dep_ == "pobj"), None)
    if named is None:
        return None
    phrase = sorted(t.i for t in named.subtree)
    source = trimmed(doc, [i for i in phrase if i > to.i])
    rest = [t.i for t in token.sent if t.i not in {token.i, to.i, *phrase}]
    content = trimmed(doc, rest)
    return Draft(head=token.i, source=source, cue=(token.i, to.i), content=content) if content and source else None
