"""Text to sentences with a dependency parse: every rule of `extract` reads from here.

A document is cut into paragraphs, each paragraph is parsed alone (so that no sentence runs across a paragraph), and the
parts are put together into one spaCy `Doc` whose `token.idx` are offsets into the document's text. What is not to be
read (boilerplate, another language, unbroken runs of characters) stands in that `Doc` as white space of the same
length: no rule can find anything there, and the offsets stay true.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan
from spacy.util import minibatch

from leadline.extract.algebra import one_thread
from leadline.extract.labels import label_of
from leadline.extract.language import load_language, load_lemmas, load_recogniser, load_rules
from leadline.extract.paragraphs import dateline_end, paragraph_spans
from leadline.extract.unread import LONGEST_WORD, Stretch, unread_stretches
from leadline.schema import Document, Span

LONGEST_PIECE = 10_000
"""Code points parsed at a time. The parser's memory grows with the piece; an article's paragraph has a tenth of it."""
PIECES_AT_ONCE = 32
LONGEST_SENTENCE = 200
"""Tokens. No sentence of the articles measured has 100. What is longer is a list, a table or made to choke a reader: whatever looks
through a whole sentence for each of its words takes quadratic time over it.
"""


@dataclass(frozen=True)
class Parsed:
    """A document with its parse.

    `doc` covers the whole text, one sentence never crosses a paragraph, and `token.idx` counts code points of
    `document.text`. Quote from `document.text`, not from `doc`: stretches in `unread` are white space in `doc`.
    """

    document: Document
    doc: Doc
    paragraphs: tuple[Span, ...]
    unread: tuple[Stretch, ...] = ()

    @cached_property
    def sentences(self) -> tuple[TokenSpan, ...]:
        """The sentences that hold words, in order."""
        return tuple(s for s in self.doc.sents if any(not t.is_space for t in s))

    @property
    def is_read(self) -> bool:
        """False where nothing of the document was read, as for another language."""
        return bool(self.paragraphs)

    def paragraph_at(self, offset: int) -> int:
        """Index of the paragraph that holds an offset (or precedes it); -1 before the first."""
        return bisect_right(self._starts, offset) - 1

    def in_boilerplate(self, start: int, end: int) -> bool:
        """Whether any part of `[start, end)` is boilerplate."""
        return any(start < e and s < end for s, e in self.document.boilerplate)

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.paragraphs]


def parse_documents(documents: Iterable[Document], *, entities: bool = True) -> Iterator[Parsed]:
    r"""Parse documents one after the other; memory holds one at a time.

    `entities=False` leaves out the entity recogniser.

    >>> d = Document(document="a", sha256="", text="It rains.\n\nNo one came", series="a", language="en")
    >>> [s.text.strip() for s in next(parse_documents([d])).sentences]
    ['It rains.', 'No one came']
    """
    for document in documents:
        unread = unread_stretches(document)
        paragraphs, pieces = cut(document.text, unread)
        docs = parsed_pieces((document.text[s:e] for s, e in pieces), entities=entities)
        yield Parsed(
            document=document, doc=assemble(len(document.text), pieces, docs), paragraphs=paragraphs, unread=unread
        )


LATER = ("attribute_ruler", "lemmatizer", "ner")
"""The pipes that `parsed_pieces` runs itself, or in a way of its own."""


def parsed_pieces(texts: Iterable[str], *, entities: bool) -> list[Doc]:
    """Each text parsed by itself."""
    docs: list[Doc] = []
    language = load_language()
    rules, lemmas = load_rules(), load_lemmas()
    with one_thread():
        for batch in minibatch(language.pipe(texts, batch_size=PIECES_AT_ONCE, disable=LATER), PIECES_AT_ONCE):
            for doc in batch:
                rules.apply(doc)
                lemmas.apply(doc)
            parsed = [in_sentences(doc) for doc in batch]
            if entities:
                load_recogniser().mark(parsed)
            docs += parsed
    return docs


def in_sentences(doc: Doc) -> Doc:
    """The parse itself, or, where a sentence in it is overlong, of each sentence alone, that one cut up."""
    sentences = [(s.start, s.end) for s in doc.sents]
    if all(end - start <= LONGEST_SENTENCE for start, end in sentences):
        return doc
    text = doc.text
    cuts = [doc[i].idx for start, end in sentences for i in range(start, end, LONGEST_SENTENCE)]
    parts = (text[a:b] for a, b in pairwise([*cuts, len(text)]))
    whole = Doc.from_docs(list(load_language().pipe(parts, disable=["ner"])), ensure_whitespace=False)
    return whole if whole is not None else doc


def assemble(length: int, pieces: Iterable[Span], docs: Iterable[Doc]) -> Doc:
    """One `Doc` of `length` code points from parsed pieces, white space standing for all between them."""
    vocab = load_language().vocab
    parts: list[Doc] = []
    at = 0

    def fill(end: int) -> None:
        blanks = [min(LONGEST_WORD, end - k) for k in range(at, end, LONGEST_WORD)]
        if blanks:
            blank = Doc(
                vocab, words=["\n" * n for n in blanks], spaces=[False] * len(blanks), sent_starts=[True] * len(blanks)
            )
            blank.tensor = np.zeros((len(blanks), 96), dtype=np.float32)
            parts.append(blank)

    for (start, end), doc in zip(pieces, docs, strict=True):
        fill(start)
        parts.append(doc)
        at = end
    fill(length)
    whole = Doc.from_docs(parts, ensure_whitespace=False)
    return whole if whole is not None else Doc(vocab)


def cut(text: str, unread: Iterable[Stretch]) -> tuple[tuple[Span, ...], list[Span]]:
    """Paragraphs to be read, and the pieces to parse: the paragraphs without their datelines, long ones cut between sentences or words."""
    paragraphs: list[Span] = []
    gaps = [(u.start, u.end) for u in unread]
    k = 0
    for start, end in paragraph_spans(text):
        while k < len(gaps) and gaps[k][1] <= start:
            k += 1
        at, j = start, k
        while j < len(gaps) and gaps[j][0] < end:
            paragraphs += stripped(text, at, gaps[j][0])
            at, j = max(at, gaps[j][1]), j + 1
        paragraphs += stripped(text, at, end)
    return tuple(paragraphs), [piece for p in paragraphs for piece in pieces_of(text, *p)]


def stripped(text: str, start: int, end: int) -> list[Span]:
    """The span without white space at its ends, or nothing where it holds only that."""
    inner = text[start:end]
    lead = len(inner) - len(inner.lstrip())
    body = len(inner.strip())
    return [(start + lead, start + lead + body)] if body else []


def pieces_of(text: str, start: int, end: int) -> Iterator[Span]:
    """A paragraph in pieces short enough to parse: a dateline or label apart."""
    if (opens := max(dateline_end(text, start, end), label_of(text, start, end)[1])) > start:
        yield from stripped(text, start, opens)
        start = opens
    yield from whole_sentences(text, start, end)


def whole_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """A stretch in pieces short enough to parse, cut after a sentence, else between words."""
    while end - start > LONGEST_PIECE:
        half, stop = start + LONGEST_PIECE // 2, start + LONGEST_PIECE
        at = max(text.rfind(mark, half, stop) for mark in (". ", "? ", "! ", '." ', ".” "))
        at = text.find(" ", at) if at >= 0 else text.rfind(" ", half, stop)
        at = at if at > start else stop
        yield from stripped(text, start, at)
        start = at
    yield from stripped(text, start, end)
