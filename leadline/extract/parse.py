"""Text to sentences with a dependency parse: every rule of `extract` reads from here.

A document is cut into paragraphs, each paragraph is parsed alone (so that no sentence runs across a paragraph), and the
parts are put together into one spaCy `Doc` whose `token.idx` are offsets into the document's text. What is not to be
read (boilerplate, another language, unbroken runs of characters) stands in that `Doc` as white space of the same
length: no rule can find anything there, and the offsets stay true.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan
from spacy.util import compile_infix_regex, minibatch

from leadline.errors import DependencyError
from leadline.extract.algebra import one_thread, use_numpy
from leadline.extract.entities import Recogniser
from leadline.extract.morphology import AttributeRules
from leadline.schema import Document, Span

PINNED = Path(__file__).parent / "data" / "language.toml"
LONGEST_PIECE = 10_000
"""Code points parsed at a time. The parser's memory grows with the piece; an article's paragraph has a tenth of it."""
PIECES_AT_ONCE = 32
LONGEST_SENTENCE = 200
"""Tokens. No sentence of the articles measured has 100. What is longer is a list, a table or made to choke a reader: whatever looks
through a whole sentence for each of its words takes quadratic time over it.
"""
LONGEST_WORD = 300
"""Longer runs without white space are no words (encoded data, damage); the tokenizer would be quadratic in them."""
WIDEST_COLUMN = 120
"""Text broken by hand at a column is never wider."""

Reason = Literal["boilerplate", "language", "unbroken"]


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a document that was not read, and why."""

    start: int
    end: int
    reason: Reason


class Pinned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language model that Leadline was measured with, and what other languages are called."""

    package: str
    version: str
    common_words: frozenset[str]
    names: dict[str, str]
    sha256: dict[str, str]


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


@cache
def pinned_model() -> Pinned:
    """The pinned model's description."""
    return msgspec.toml.decode(PINNED.read_bytes(), type=Pinned)


@cache
def load_language() -> Language:
    """The pinned English model, loaded once a process.

    Raises `DependencyError` where the package is missing or any of its files is not the one that was pinned.
    """
    pinned = pinned_model()
    spec = importlib.util.find_spec(pinned.package)
    todo = f"pip install {pinned.package.replace('_', '-')}=={pinned.version}"
    if spec is None or spec.origin is None:
        raise DependencyError(
            "the English model is not installed", place=pinned.package, expected=pinned.version, todo=todo
        )
    check_files(Path(spec.origin).parent, pinned, todo=todo)
    language = spacy.load(pinned.package, exclude=["senter"])
    split_at_quotes(language)
    use_numpy(language)
    return language


@cache
def load_recogniser() -> Recogniser:
    """The pinned model's recogniser of entities, as `entities` runs it."""
    return Recogniser(load_language().get_pipe("ner"))


@cache
def load_rules() -> AttributeRules:
    """The pinned model's attribute rules, as `morphology` runs them."""
    return AttributeRules(load_language().get_pipe("attribute_ruler"))


def split_at_quotes(language: Language) -> None:
    """Let the tokenizer part words that are glued together by a quotation mark, as scraped texts have them."""
    marks = [
        "[“”„«»]",
        r'(?<=[.,!?…])"(?=\w)',
        r'(?<=\w)[,.!?…]+(?=[”»"])',
        r'(?<=[”»"])[,—–-]+(?=\w)',
        r"(?<=[a-z])[!?…](?=[A-Z])",
    ]
    infixes = [*(language.Defaults.infixes or ()), *marks]
    language.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer


def check_files(folder: Path, pinned: Pinned, *, todo: str) -> None:
    """Compare every pinned file below `folder` with its digest; raises `DependencyError` at the first that differs."""
    for name, digest in sorted(pinned.sha256.items()):
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as e:
            raise DependencyError(
                f"a file of the English model cannot be read ({e.strerror})", place=str(folder / name), todo=todo
            ) from e
        if found != digest:
            raise DependencyError(
                f"a file of the English model has the digest {found[:12]}…",
                place=str(folder / name),
                expected=f"{digest[:12]}…, as in version {pinned.version} that was measured",
                todo=f"reinstall it: {todo}",
            )


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
    rules, lemmatize = load_rules(), language.get_pipe("lemmatizer")
    with one_thread():
        for batch in minibatch(language.pipe(texts, batch_size=PIECES_AT_ONCE, disable=LATER), PIECES_AT_ONCE):
            for doc in batch:
                rules.apply(doc)
                lemmatize(doc)
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


# -- what is read -----------------------------------------------------------------------------------------------------

UNBROKEN = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def unread_stretches(document: Document) -> tuple[Stretch, ...]:
    """The stretches that are not read, in order and without overlap; a text in another language as a whole."""
    text = document.text
    if document.language not in (None, "en") and text:
        return (Stretch(start=0, end=len(text), reason="language"),)
    found = [Stretch(start=s, end=e, reason="boilerplate") for s, e in document.boilerplate if s < e]
    found += [Stretch(start=m.start(), end=m.end(), reason="unbroken") for m in UNBROKEN.finditer(text)]
    blocks = (b for b in paragraph_spans(text) if b[1] - b[0] >= SHORTEST_JUDGED)
    found += [Stretch(start=s, end=e, reason="language") for s, e in blocks if not looks_english(text[s:e])]
    merged: list[Stretch] = []
    for u in sorted(found, key=lambda u: (u.start, u.end)):
        start = max(u.start, merged[-1].end) if merged else u.start
        if start < u.end:
            merged.append(Stretch(start=start, end=u.end, reason=u.reason))
    return tuple(merged)


SHORTEST_JUDGED = 80
"""Shorter paragraphs hold too few words to tell their language."""
WORD = re.compile(r"[^\W\d_]+")


def looks_english(text: str) -> bool:
    """Whether a paragraph can be English: Latin letters, and some of the commonest English words.

    English prose has 35-50 % of these words and headlines in a row still over 10 %; other languages in Latin letters
    share a few by chance.

    >>> looks_english("The convoy was stopped near the bridge and the men were sent back on foot before the night.")
    True
    >>> looks_english("Der Konvoi wurde in der Nähe der Brücke angehalten und die Männer wurden zu Fuß zurückgeschickt.")
    False
    """
    sample = text[:2000]
    common = pinned_model().common_words
    letters = sum(c.isalpha() for c in sample)
    words = WORD.findall(sample)
    if sum(len(w) for w in words if w.isascii()) < letters / 2:
        return False
    if len(words) < 8:
        return True
    return sum(w.lower() in common for w in words) >= 0.08 * len(words)


# -- paragraphs -------------------------------------------------------------------------------------------------------


def cut(text: str, unread: Iterable[Stretch]) -> tuple[tuple[Span, ...], list[Span]]:
    """Paragraphs to be read, and the pieces to parse: the paragraphs, long ones cut between sentences or words."""
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
    """A paragraph in pieces short enough to parse, cut after a sentence where one ends, else between words."""
    while end - start > LONGEST_PIECE:
        half, stop = start + LONGEST_PIECE // 2, start + LONGEST_PIECE
        at = max(text.rfind(mark, half, stop) for mark in (". ", "? ", "! ", '." ', ".” "))
        at = text.find(" ", at) if at >= 0 else text.rfind(" ", half, stop)
        at = at if at > start else stop
        yield from stripped(text, start, at)
        start = at
    yield from stripped(text, start, end)


def paragraph_spans(text: str) -> list[Span]:
    r"""Paragraphs: blocks between blank lines, and lines within a block unless it was broken by hand at a column.

    A line was broken by hand where the first word of the next line would not have fitted into the block's width.

    >>> paragraph_spans("One.\nTwo.\n\nThree")
    [(0, 4), (5, 9), (11, 16)]
    """
    spans: list[Span] = []
    block: list[Span] = []
    at = 0
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        if line.strip():
            block.append((at, at + len(line.rstrip())))
        else:
            spans += unwrapped(text, block)
            block = []
        at = end
    return spans + unwrapped(text, block)


ITEM = re.compile(r"[ \t]{0,8}(?:[-–—*•·▪◦‣>]|\(?\d{1,3}[.)]|\(?[a-z]\))[ \t]|[@#]\w|RT @")
"""How a line begins that is an item of a list or a post of its own."""
CELLS = re.compile(r"\t|[^|\n]\|[^|\n]{1,200}\||[ ]{3,}\S{1,40}[ ]{3,}")
"""What parts the cells of a row: a tab, two upright strokes, two wide gaps."""
LINKED = re.compile(r"(?:https?://|www\.|pic\.|[#@])\S{1,200}$")
"""How a post ends: an address, a tag."""


def unwrapped(text: str, lines: list[Span]) -> list[Span]:
    """The paragraphs of one block of lines; rows of a table and items of a list stay apart.

    Most lines of a block broken by hand are full: where most are not, the few that are were long by chance.
    """
    if len(lines) < 2:
        return lines
    width = max(end - start for start, end in lines)
    if not 40 <= width <= WIDEST_COLUMN:
        return lines
    rows = [CELLS.search(text, start, end) is not None for start, end in lines]
    full = []
    for k, ((start, end), (next_start, next_end)) in enumerate(pairwise(lines)):
        first_word = re.match(r"\S+", text[next_start:next_end])
        room = width - (end - start) - 1
        apart = rows[k] or rows[k + 1] or ITEM.match(text, next_start, next_end) or LINKED.search(text, start, end)
        full.append(bool(first_word and first_word.end() > room and not apart and text[end - 1] not in ".!?:”\"'’"))
    if 3 * sum(full) < len(full):
        return lines
    joined = [lines[0]]
    for line, goes_on in zip(lines[1:], full, strict=True):
        joined[-1:] = [(joined[-1][0], line[1])] if goes_on else [joined[-1], line]
    return joined
