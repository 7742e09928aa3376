"""Reported speech inside reported speech, and the makers of documents and recordings, as parents and children.

The model finds the outermost attributions. Inside their contents stand further ones ("the ministry said that villagers
had told ..."), and beside them stand makers ("a call released by the agency"): each is one more hop of the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from leadline.extract.attribution.draft import Draft
from leadline.extract.attribution.lexicon import load_lexicon
from leadline.extract.attribution.rules import reported, trimmed

SPEAKERS = frozenset({"i", "we", "you", "me", "us", "my", "our", "your", "it"})
"""Who speaks or is spoken to in a quotation is no further hop; `it` is mostly nobody."""
DEEPEST = 4
"""Levels of reported speech that are looked for."""
MOST_INSIDE = 12
"""Further cues in one content; bounds the time for a text that is nothing but cues."""


@dataclass(frozen=True)
class Nested:
    """A draft and the place of its parent in the same list, None on the outside."""

    draft: Draft
    parent: int | None = None


def nest(
    doc: Doc, outer: Sequence[Draft], quote_of: Sequence[int], spans_of: Callable[[list[int]], list[Draft]]
) -> list[Nested]:
    """All attributions with their parents; `spans_of` gives the attributions of further cue heads.

    Parents stand before their children.
    """
    found: list[Nested] = []
    for d in outer:
        mine, behind = cited(doc, d)
        found += with_maker(doc, mine, at=len(found))
        found += [Nested(behind, len(found) - 1)] if behind is not None else []
    heads = {n.draft.head for n in found}
    level = list(enumerate(found))
    for _ in range(DEEPEST):
        inside: dict[int, int] = {}
        for k, one in level:
            for head in further_heads(doc, one.draft, quote_of):
                before = inside.get(head)
                if head not in heads and (before is None or len(one.draft.content) < len(found[before].draft.content)):
                    inside[head] = k
        drafts = {d.head: d for d in spans_of(sorted(inside))}
        level = []
        for head in sorted(inside):
            heads.add(head)
            child = clipped(drafts.get(head), found[inside[head]].draft) or clipped(
                reported(doc[head], quote_of), found[inside[head]].draft
            )
            if child is not None:
                found.append(Nested(child, inside[head]))
                level.append((len(found) - 1, found[-1]))
        if not level:
            break
    return contained(found)


def further_heads(doc: Doc, outer: Draft, quote_of: Sequence[int]) -> list[int]:
    """Verbs of speech inside a content that have a subject of their own and a clause or a quotation.

    What others say inside direct speech is what its speaker tells ("they told us to stay"), not one more source.
    """
    speech = load_lexicon().verbs_of_speech
    found: list[int] = []
    for i in outer.content:
        token = doc[i]
        if quote_of[i] >= 0 or token.pos_ != "VERB" or token.lemma_.lower() not in speech:
            continue
        subject = subject_of(token)
        if subject is None or subject.lower_ in SPEAKERS:
            continue
        if any(c.dep_ in {"ccomp", "xcomp"} for c in token.children) or quoted_after(token, quote_of):
            found.append(i)
    return found[:MOST_INSIDE]


def subject_of(verb: Token) -> Token | None:
    """The subject of a verb, or of the verb it is joined to."""
    for _ in range(3):
        subject = next((c for c in verb.children if c.dep_ in {"nsubj", "agent"}), None)
        if subject is not None:
            return (
                next((c for c in subject.children if c.dep_ == "pobj"), subject) if subject.dep_ == "agent" else subject
            )
        if verb.dep_ not in {"conj", "xcomp"}:
            return None
        verb = verb.head
    return None


def quoted_after(verb: Token, quote_of: Sequence[int]) -> bool:
    """Whether a quotation begins beside a verb that stands outside of it."""
    beside = range(verb.i + 1, min(verb.i + 4, verb.sent.end))
    return quote_of[verb.i] < 0 and any(quote_of[i] >= 0 for i in beside)


def clipped(child: Draft | None, outer: Draft) -> Draft | None:
    """The child's spans as far as they stand in the outer content; None where it has no source or content there."""
    if child is None or not child.source:
        return None
    inside = set(outer.content)
    source, cue, content = (tuple(i for i in part if i in inside) for part in (child.source, child.cue, child.content))
    if not source or not content or child.head not in inside or not set(content) < inside:
        return None
    return replace(child, source=source, cue=cue or (child.head,), content=content)


# -- makers -----------------------------------------------------------------------------------------------------------


def with_maker(doc: Doc, d: Draft, at: int) -> list[Nested]:
    """An attribution to a document or recording that names its maker: the maker's, with this one inside it."""
    made = maker(doc, d.source)
    if made is None:
        return [Nested(d)]
    source, cue = made
    mine = {*source, *cue}
    content = tuple(sorted((set(d.source) - mine) | set(d.content)))
    parent = Draft(head=cue[0], source=source, cue=cue, content=content, score=d.score)
    return [Nested(parent), Nested(d, at)]


def maker(doc: Doc, phrase: Iterable[int]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Source and cue of who made, released or obtained the document or recording that a phrase names."""
    lexicon = load_lexicon()
    inside = set(phrase)
    top = next((doc[i] for i in sorted(inside) if doc[i].head.i not in inside or doc[i].head.i == i), None)
    if top is None or top.lemma_.lower() not in lexicon.carriers:
        return None
    for child in top.children:
        if child.i not in inside:
            continue
        if child.dep_ == "acl" and child.lemma_.lower() in lexicon.makings:
            by = next((c for c in child.children if c.dep_ == "agent"), None)
            named = next((c for c in by.children if c.dep_ == "pobj"), None) if by is not None else None
            if by is not None and named is not None:
                return phrase_of(doc, named, inside), (child.i, by.i)
        if child.dep_ == "prep" and child.lower_ in {"by", "from"}:
            named = next((c for c in child.children if c.dep_ == "pobj"), None)
            if named is not None:
                return phrase_of(doc, named, inside), (child.i,)
    return None


def phrase_of(doc: Doc, head: Token, inside: set[int]) -> tuple[int, ...]:
    """The words of a phrase, without what follows it as a date or place of its own."""
    return trimmed(doc, [t.i for t in head.subtree if t.i in inside or not inside])


def cited(doc: Doc, d: Draft) -> tuple[Draft, Draft | None]:
    """`he said so, citing a report from the mayor`: his without that clause, and the mayor's inside his."""
    lexicon = load_lexicon()
    inside = set(d.content)
    beside = [c for c in doc[d.head].children if c.i not in inside]
    for verb in (*beside, *(doc[i] for i in d.content)):
        if verb.tag_ != "VBG" or verb.lemma_.lower() not in lexicon.verbs_of_citing or verb.i == 0:
            continue
        thing = next((c for c in verb.children if c.dep_ == "dobj"), None)
        if thing is None or doc[verb.i - 1].text != ",":
            continue
        clause = {t.i for t in verb.subtree} | {verb.i - 1}
        rest = trimmed(doc, [i for i in d.content if i not in clause])
        phrase = trimmed(doc, [t.i for t in thing.subtree])
        source, cue = maker(doc, phrase) or (phrase, ())
        if rest and source:
            whole = rest if inside & clause else d.content
            behind = Draft(head=verb.i, source=source, cue=tuple(sorted({verb.i, *cue})), content=whole, score=d.score)
            return replace(d, content=whole), behind
    return d, None


def contained(found: list[Nested]) -> list[Nested]:
    """Give a parent to attributions without one whose cue stands in the content of another."""
    innermost: dict[int, int] = {}
    loose = [k for k, one in enumerate(found) if one.parent is None]
    for k in sorted(loose, key=lambda k: (-len(found[k].draft.content), k)):
        innermost.update(dict.fromkeys(found[k].draft.content, k))
    out: list[Nested] = []
    for k, one in enumerate(found):
        parent = one.parent
        if parent is None and (around := innermost.get(one.draft.head, k)) != k:
            parent = around if found[around].draft.head not in one.draft.content else None
        out.append(Nested(one.draft, parent))
    return out
