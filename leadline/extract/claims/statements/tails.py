"""Sentences that say who says them, where no attribution was read: `…, videos and messages show.`, `…, the office maintains, …`."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from leadline.extract.claims.lexicon import load_lexicon, rule_words
from leadline.extract.claims.sources.who import SPEAKERS
from leadline.extract.claims.statements.beside import FINITE, before, behind
from leadline.extract.claims.statements.said import LONGEST_FRONT, Said
from leadline.schema import Attribution

LONGEST_TAIL = 14
"""Words of a source and its verb at the end of a sentence."""
LONGEST_SETTING = 12
"""Words behind the verb at the end of a sentence that say to whom, when or where (`told the paper on Monday`)."""
BOUNDS = frozenset({",", "-", "–", "—", "”", '"', "»"})
DOING = rule_words("tails.doing")


def tails(doc: Doc, cues: set[int]) -> Iterator[Said]:
    """`…, videos and messages show.`: a sentence that ends with a source and its verb, where nothing else was read."""
    yield from _set_beside(doc, cues)
    lexicon = load_lexicon()
    for sentence in doc.sents:
        said = _at_the_end(sentence, cues)
        if said is not None:
            cues.add(said.cue.i)
            yield said
        for verb in sentence:
            if verb.tag_ not in FINITE | {"VBN"} or verb.lemma_.lower() not in lexicon.stating | lexicon.finding:
                continue
            if verb.i not in cues and (said := _by_order(verb)) is not None:
                cues.add(verb.i)
                yield said


def _at_the_end(sentence: TokenSpan, cues: set[int]) -> Said | None:
    lexicon, doc = load_lexicon(), sentence.doc
    words = [t for t in sentence if not t.is_punct and not t.is_space]
    last = [t for t in words[-LONGEST_TAIL:] if t.pos_ in {"VERB", "AUX"} or (t.i == words[-1].i and t.pos_ == "NOUN")][
        -1:
    ]
    if last and last[0].i == words[-1].i and last[0].lower_ != "said" and last[0].lemma_.lower() not in lexicon.stating:
        last = [t for t in words[-LONGEST_TAIL:-1] if t.pos_ in {"VERB", "AUX"}][-1:]
    lemma = "say" if last and last[0].lower_ == "said" else last[0].lemma_.lower() if last else ""
    if len(words) < 6 or lemma not in lexicon.stating or last[0].i in cues:
        return None
    verb = last[0]
    if verb.i < words[-1].i and not _closes(verb, words):
        return None
    comma = next((t for t in reversed(doc[sentence.start : verb.i]) if t.text in {",", "-", "–", "—"}), None)
    if comma is None or verb.i - comma.i > LONGEST_TAIL:
        return None
    source = tuple(t for t in doc[comma.i + 1 : verb.i] if not t.is_space and not t.is_quote)
    if not source and comma.text != ",":  # `… - said the agency`
        source = tuple(t for t in words if t.i > verb.i)
    if not source or any(t.pos_ in {"VERB", "SCONJ"} and t.lower_ not in lexicon.help_words for t in source):
        return None
    return _said(verb, source, frozenset(t.i for t in sentence if t.i < comma.i and not t.is_space))


def _by_order(verb: Token) -> Said | None:
    """By the order of words: who stands before a verb that closes what is said or opens it with `that`, or behind one set off."""
    doc, sentence = verb.doc, verb.sent
    lemma, lexicon = verb.lemma_.lower(), load_lexicon()
    finds = lemma not in lexicon.stating
    if verb.i == sentence.start or (finds and verb.nbor(-1).lower_ not in {"has", "have"}):
        return None
    source = before(verb)
    if not source:
        inverted = behind(verb) if verb.i > sentence.start and doc[verb.i - 1].text in BOUNDS else ()
        if not inverted or finds or lemma in DOING or verb.tag_ not in {"VBZ", "VBD"}:
            return None
        content = frozenset(t.i for t in sentence if t.i < verb.i and not t.is_space)
        return _said(verb, inverted, content) if _tells(doc[sentence.start : verb.i - 1]) else None
    first = source[0].i
    after = [t for t in sentence if t.i > verb.i and not t.is_space]
    that = next((t for t in after[:LONGEST_SETTING] if t.lower_ == "that" and t.pos_ == "SCONJ"), None)
    if that is not None and not any(t.tag_ in FINITE for t in after if t.i < that.i):
        if first == sentence.start or doc[first - 1].text in BOUNDS | {"•", ":"}:
            return _said(verb, source, frozenset(t.i for t in after if t.i > that.i))
        return None
    if first <= sentence.start or doc[first - 1].text not in BOUNDS or lemma in DOING:
        return None
    if not _tells(doc[sentence.start : first - 1]):
        return None
    front = frozenset(t.i for t in sentence if t.i < first - 1 and not t.is_space)
    if after and after[0].text in {",", ";"}:  # `…, the weekly writes, because …`
        return _said(verb, source, front | {t.i for t in after})
    words = [t for t in sentence if not t.is_punct and not t.is_space]
    return _said(verb, source, front) if verb.i == words[-1].i or _closes(verb, words) else None


def _tells(words: TokenSpan) -> bool:
    """Whether words before a source are a sentence of their own, and no clause that waits for one (`When men ran, …`)."""
    shown = [t for t in words if not t.is_punct and not t.is_space]
    return (
        len(shown) > LONGEST_FRONT
        and any(t.tag_ in FINITE for t in shown)
        and (shown[0].pos_ != "SCONJ" and shown[0].tag_ not in {"WRB"})
    )


def _said(verb: Token, source: tuple[Token, ...], content: frozenset[int]) -> Said:
    read = Attribution(attribution_id="", document="", source=(), cue=(), content=(), kind="mixed")
    return Said(read, verb, source, content)


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
                yield _said(verb, tuple(t for t in subject.subtree if t.i < verb.i), frozenset(inside))


def _closes(verb: Token, words: list[Token]) -> bool:
    """Whether only an addressee, a time or a setting follows a verb of saying (`told the paper on Monday`)."""
    after = [t for t in words if t.i > verb.i]
    citing = next((t.i for t in after if t.lower_ == "citing" and t.nbor(-1).text == ","), len(verb.doc))
    after = [t for t in after if t.i < citing]
    if not after:
        return True
    if len(after) > LONGEST_SETTING or any(t.pos_ == "VERB" or t.lower_ in {"that", "how"} for t in after):
        return False
    return after[0].pos_ in {"PROPN", "ADP"} or after[0].lower_ in {"the", "a", "reporters", "journalists"}
