"""Sentences that end with who says them, where no attribution was read: `…, videos and messages show.`, `…, the office maintains, …`."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.sources.who import SPEAKERS
from leadline.extract.claims.statements.said import LONGEST_FRONT, Said
from leadline.schema import Attribution

LONGEST_TAIL = 14
"""Words of a source and its verb at the end of a sentence."""


def tails(doc: Doc, cues: set[int]) -> Iterator[Said]:
    """`…, videos and messages show.`: a sentence that ends with a source and its verb, where nothing else was read."""
    yield from _set_beside(doc, cues)
    lexicon = load_lexicon()
    for sentence in doc.sents:
        words = [t for t in sentence if not t.is_punct and not t.is_space]
        last = [
            t for t in words[-LONGEST_TAIL:] if t.pos_ in {"VERB", "AUX"} or (t.i == words[-1].i and t.pos_ == "NOUN")
        ][-1:]
        if (
            last
            and last[0].i == words[-1].i
            and last[0].lower_ != "said"
            and last[0].lemma_.lower() not in lexicon.stating
        ):
            last = [t for t in words[-LONGEST_TAIL:-1] if t.pos_ in {"VERB", "AUX"}][-1:]
        lemma = "say" if last and last[0].lower_ == "said" else last[0].lemma_.lower() if last else ""
        if len(words) < 6 or lemma not in lexicon.stating or last[0].i in cues:
            continue
        verb = last[0]
        if verb.i < words[-1].i and not _closes(verb, words):
            continue
        comma = next((t for t in reversed(doc[sentence.start : verb.i]) if t.text in {",", "-", "–", "—"}), None)
        if comma is None or verb.i - comma.i > LONGEST_TAIL:
            continue
        source = tuple(t for t in doc[comma.i + 1 : verb.i] if not t.is_space and not t.is_quote)
        if not source and comma.text != ",":  # `… - said the agency`
            source = tuple(t for t in words if t.i > verb.i)
        if not source or any(t.pos_ in {"VERB", "SCONJ"} and t.lower_ not in lexicon.help_words for t in source):
            continue
        content = frozenset(t.i for t in sentence if t.i < comma.i and not t.is_space)
        read = Attribution(attribution_id="", document="", source=(), cue=(), content=(), kind="mixed")
        yield Said(read, verb, source, content)


def _set_beside(doc: Doc, cues: set[int]) -> Iterator[Said]:
    """`…, the group counted from court websites.`, `…, the office maintains, …`: by the parse, who says the rest of the sentence."""
    lexicon = load_lexicon()
    for sentence in doc.sents:
        root = sentence.root
        for verb in (root, *(c for c in root.children if c.dep_ == "parataxis")):
            subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < verb.i), None)
            if verb.i in cues or verb.pos_ != "VERB" or subject is None or subject.lower_ in SPEAKERS:
                continue
            first = subject.left_edge.i
            if first <= sentence.start or doc[first - 1].text not in {",", "-", "–", "—"}:
                continue
            if verb.i == root.i:
                said = next((c for c in verb.children if c.dep_ == "ccomp" and c.i < first), None)
                inside = {t.i for t in said.subtree if t.i < first} if said is not None else set()
            elif verb.lemma_.lower() in lexicon.stating and not any(c.dep_ == "ccomp" for c in verb.children):
                own = {t.i for t in verb.subtree}
                inside = {t.i for t in sentence if t.i not in own and not t.is_space}
            else:
                continue
            if len(inside) > LONGEST_FRONT:
                cues.add(verb.i)
                read = Attribution(attribution_id="", document="", source=(), cue=(), content=(), kind="mixed")
                yield Said(read, verb, tuple(t for t in subject.subtree if t.i < verb.i), frozenset(inside))


def _closes(verb: Token, words: list[Token]) -> bool:
    """Whether only an addressee, a time or a setting follows a verb of saying (`told the paper on Monday`)."""
    after = [t for t in words if t.i > verb.i]
    if len(after) > 8 or any(t.pos_ == "VERB" or t.lower_ in {"that", "how"} for t in after):
        return False
    return after[0].pos_ in {"PROPN", "ADP"} or after[0].lower_ in {"the", "a", "reporters", "journalists"}
