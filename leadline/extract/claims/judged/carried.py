"""By what medium a claim reached a text, weighed from all that shows it: what marked articles taught.

The rules (`leadline.extract.claims.judged.medium`) give one answer; here it is one mark beside who speaks, the verb, the nouns of the
sentence, of the one before and of the one that attributes, recordings near by, the publisher, how the text brings in who speaks, which media
it names there, in its headline and its lead, and the meaning of both sentences. A second model then
sees what the first made of the claims around: what one speaker says in a paragraph has one medium. Fitted by `scripts/train_media.py`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.judged.page import Page, Told
from leadline.extract.claims.judged.weighing import Marks, Weighing
from leadline.extract.claims.sources.who import Who
from leadline.extract.claims.statements.lineage import is_teller

FURTHEST = 6
"""Sentences between a claim and the one that attributes it; more are as many."""
MOST = 4
TOUCHING = 10
TITLE, LEAD = 3, 6
"""Sentences of a headline, and of the two paragraphs after it, in which words of media are looked for."""
MANY = 60
"""Claims of one speaker, or paragraph, from which on their mean is taken from the sum of all: more than any article has."""


def carried_by(told: Sequence[Told], page: Page, first: Weighing, second: Weighing) -> Floats:
    """The chance of each medium for each claim of a text, `(claims, media)`."""
    marks = [marks_of(x, page) for x in told]
    numbers = numbers_of(told, page)
    alone = first.chances(marks, numbers)
    return second.chances(marks, np.hstack([numbers, around(*places_of(told, page), alone)]))


def places_of(told: Sequence[Told], page: Page) -> tuple[list[int], list[str]]:
    """The paragraph and the speaker of each claim."""
    speakers = [x.who.canonical.lower() if x.who is not None else "" for x in told]
    return [page.paragraphs[x.k] for x in told], speakers


def numbers_of(told: Sequence[Told], page: Page) -> Floats:
    """The meanings of each claim's sentence and of the one that attributes it, `(claims, 2 · width)`."""
    places = [(x.k, page.sentence_of(x.lineage.cue, x.k)) for x in told]
    page.meanings.read(k for both in places for k in both)
    return np.array([np.concatenate([page.meaning(k) for k in both]) for both in places], dtype=np.float32)


def marks_of(told: Told, page: Page) -> Marks:
    """What shows the medium of one claim."""
    k, claim, lineage = told.k, told.claim, told.lineage
    sentence, at = page.sentences[k], page.sentence_of(lineage.cue, k)
    found: Counter[str] = Counter()
    publisher = page.publisher.kind if page.publisher is not None else "none"
    found.update([f"publisher {publisher}", f"own {page.own}", f"rule {claim.medium}", f"event {claim.event}"])
    found.update([f"realis {claim.realis}", f"tag {told.head.tag_}", *_of_source(told)])
    found["hops"] = min(3, len(lineage.whos))
    found["in quotation"] = int(page.chains.naming.in_quotation(told.head))
    words = {t.lower_ for t in sentence}
    for name, some in (("I", "i my me"), ("we", "we our us"), ("he", "he she his her"), ("they", "they their them")):
        found[name] = int(not words.isdisjoint(some.split()))
    paragraph = page.paragraphs[k]
    found["headline"], found["lead"] = int(paragraph <= 0), int(paragraph == 1)
    found["cue away"] = min(FURTHEST, abs(at - k))
    found.update(_content("word", sentence))
    if at != k:
        found.update(_content("beside cue", page.sentences[at]))
    if k and page.paragraphs[k - 1] == paragraph:
        found.update(_content("before", page.sentences[k - 1]))
    marks = {name: float(value) for name, value in found.items() if value}
    marks |= dict.fromkeys((*_of_introductions(told, page), *_of_named_media(told, page)), 1.0)
    return marks | _of_recordings(sentence, k, page) | {"late": k / max(1, len(page.sentences) - 1)}


def _of_source(told: Told) -> Iterable[str]:
    """Who speaks, through whom, with which word."""
    lineage, who, medium = told.lineage, told.who, told.claim.medium
    kind = who.kind if who is not None else "-"
    yield from (f"kind {kind}", f"rule {medium} kind {kind}")
    yield f"cue {lemma_of(lineage.cue) if lineage.cue is not None else '-'}"
    yield f"recording {lineage.recording.medium if lineage.recording is not None else '-'}"
    yield f"attributed {lineage.attribution.kind if lineage.attribution is not None else '-'}"
    if lineage.found_out:
        yield "found out"
    if len(lineage.whos) > 1:
        yield f"first {lineage.whos[0].kind}"
    if who is None:
        yield "nobody"
        return
    yield from (f"owner {who.owner_kind}", f"carrier {who.carrier}", f"noun {who.noun.lower()}", f"role {who.role}")
    yield from {f"called {word}" for word in who.canonical.lower().split()}
    for mark, holds in (("plural", who.plural), ("registered", who.source is not None), ("teller", is_teller(who))):
        if holds:
            yield mark


def _of_introductions(told: Told, page: Page) -> Iterable[str]:
    """With which words the text attributes to who speaks, and to whom it has that through, anywhere."""
    for name, who in _ends(told):
        yield from {f"{name} cue {lemma_of(cue)}" for cue in page.heard.get(who.canonical, ())}


def _of_named_media(told: Told, page: Page) -> Iterable[str]:
    """The media whose words stand in the headline, in the lead, near by, and where the text first hears those who say it."""
    k = told.k
    at, paragraph = page.sentence_of(told.lineage.cue, k), page.paragraphs[k]
    own = range(bisect_left(page.paragraphs, paragraph), k)
    where = {"here": {k}, "at cue": {at} - {k}, "before": {k - 1} & {*own}, "paragraph": {*own}}
    where["title"] = {*range(bisect_right(page.paragraphs, 0))[:TITLE]}
    where["lead"] = {*range(bisect_right(page.paragraphs, 0), bisect_right(page.paragraphs, 2))[:LEAD]}
    for name, who in _ends(told):
        cues = page.heard.get(who.canonical)
        first = page.sentence_of(cues[0] if cues else None, -1)
        where[f"first {name}"] = {first} - {-1, k, at}
    for name, numbers in where.items():
        yield from {f"says {name} {medium}" for n in numbers for medium in page.named_in(n)}


def _ends(told: Told) -> Iterable[tuple[str, Who]]:
    """Who speaks, and the outermost through whom the text has it."""
    whos = told.lineage.whos
    yield from (("voice", whos[-1]),) if whos else ()
    yield from (("outer", whos[0]),) if len(whos) > 1 else ()


def _of_recordings(sentence: TokenSpan, k: int, page: Page) -> dict[str, float]:
    """The recordings that the text, this sentence and what stands before it speak of."""
    found = {f"all {m}": float(min(MOST, n)) for m, n in page.media.items()}
    here = page.recordings.within(sentence.start, sentence.end)
    found |= {f"here {m}": 1.0 for _, m in here}
    if not here and (before := next(page.recordings.back_from(sentence.start), None)) is not None:
        i, medium = before
        at = page.sentence_of(sentence.doc[i], k)
        found |= {f"last {medium}": 1.0, "last away": float(min(TOUCHING, k - at))}
        if page.paragraphs[at] == page.paragraphs[k]:
            found[f"last in paragraph {medium}"] = 1.0
    return found


def _content(name: str, sentence: TokenSpan) -> set[str]:
    return {f"{name} {lemma_of(t)}" for t in sentence if t.pos_ in {"NOUN", "VERB"}}


def lemma_of(token: Token) -> str:
    """The lemma of a word that is no name."""
    return "-" if token.pos_ == "PROPN" else token.lemma_.lower()


def around(paragraph: Sequence[int], speaker: Sequence[str], chances: Floats) -> Floats:
    """For each claim the chances of the one before (in its paragraph, or in another), of the next, of its speaker's others and of its paragraph's.

    `chances` is `(claims, codes)`, what is returned `(claims, 5 · codes)`; zeros where there is no such claim.
    """
    nothing = np.zeros(chances.shape[1], dtype=np.float32)
    rows = []
    speakers, paragraphs = Others(speaker, chances), Others(paragraph, chances)
    for j in range(len(paragraph)):
        before = chances[j - 1] if j else nothing
        together = j > 0 and paragraph[j - 1] == paragraph[j]
        parts = [before if together else nothing, nothing if together else before]
        parts.append(chances[j + 1] if j + 1 < len(paragraph) else nothing)
        parts += [speakers.mean(j), paragraphs.mean(j)]
        rows.append(np.concatenate(parts))
    return np.array(rows, dtype=np.float32)


class Others:
    """The mean chances of all that share something with one, but for its own."""

    def __init__(self, shared: Sequence[int | str], chances: Floats) -> None:
        self.shared, self.chances = shared, chances
        self.groups: dict[int | str, list[int]] = {}
        for j, x in enumerate(shared):
            self.groups.setdefault(x, []).append(j)
        self.totals = {x: chances[js].sum(axis=0) for x, js in self.groups.items() if len(js) > MANY}

    def mean(self, j: int) -> Floats:
        """The mean over the others that share with `j`, `(codes,)`; zeros where there is none."""
        x = self.shared[j]
        group = self.groups[x]
        if x in self.totals:  # a long report's: each claim is not to walk over all of one speaker's
            return np.asarray((self.totals[x] - self.chances[j]) / (len(group) - 1), dtype=np.float32)
        others = [i for i in group if i != j]
        if not others:
            return np.zeros(self.chances.shape[1], dtype=np.float32)
        return np.asarray(self.chances[others].mean(axis=0), dtype=np.float32)
