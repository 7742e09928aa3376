"""What the comparison of documents sees of a text: words, sentences and anchors.

Anchors are what a disguise leaves alone. Synonyms replace common words and a translation replaces nearly all of them,
but both keep numbers, rare names (whatever their spelling or script) and the order in which they come. A name is
therefore compared by its consonant skeleton, in which transliterations of one name meet.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from leadline.schema import Document, Span

DATA = Path(__file__).parent / "data"
WORD = re.compile(r"\d[\d.,]*\d|\w+(?:['’ʼ]\w+)*")
SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"”’»)\]]*\s+(?=[\"“‘«(\[]*[A-ZА-ЯЁІЇЄҐ\d])|\n+")
QUOTED = re.compile(r"“([^“”]{12,600})”|\"([^\"]{12,600})\"|«([^«»]{12,600})»")


class View(msgspec.Struct, frozen=True):
    """One document as the comparisons see it; positions are indices into `words`."""

    document: str
    language: str | None
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[Span, ...]
    anchors: tuple[tuple[str, int], ...]
    quoted: frozenset[int]
    """indices of the words inside quotation marks"""

    def sentence_of(self, offset: int) -> int | None:
        """Index of the sentence that holds a character offset, None where the text has no words before it."""
        word = bisect_right(self.starts, offset) - 1
        if word < 0:
            return 0 if self.sentences else None
        i = bisect_right([s for s, _ in self.sentences], word) - 1
        return i if i >= 0 else None


def view(document: Document) -> View:
    """Words, sentences and anchors of a document, without its boilerplate.

    >>> v = view(Document(document="a", sha256="", text="Lt. Orlenko led 1,200 men. They held.", series="a"))
    >>> v.words
    ('lt', 'orlenko', 'led', '1200', 'men', 'they', 'held')
    >>> v.anchors
    (('rlnk', 1), ('#1200', 3))
    """
    text = blank(document.text, document.boilerplate)
    words, starts, ends, capital = [], [], [], []
    for m in WORD.finditer(text):
        words.append(fold_word(m[0]))
        starts.append(m.start())
        ends.append(m.end())
        capital.append(m[0][0].isupper())
    bounds = sorted({0, *(bisect_right(starts, m.end() - 1) for m in SENTENCE_END.finditer(text)), len(words)})
    sentences = tuple((a, b) for a, b in itertools.pairwise(bounds) if b > a)
    opening = {a for a, _ in sentences}
    lower = {w for w, c in zip(words, capital, strict=True) if not c}
    anchors = []
    for i, (word, is_capital) in enumerate(zip(words, capital, strict=True)):
        if word[0].isdigit():
            scale = SCALES.get(words[i + 1], 1.0) if i + 1 < len(words) else 1.0
            anchors.append(("#" + _scaled(word, scale), i))
        elif word in SCALES and i and words[i - 1][0].isdigit():
            continue  # already part of the number before it
        elif word in NUMBER_WORDS and not is_capital:
            anchors.append(("#" + NUMBER_WORDS[word], i))
        elif is_capital and word not in lower and word not in FUNCTION_WORDS and (i not in opening or len(word) > 4):
            key = skeleton(word)
            if len(key) > 1:
                anchors.append((key, i))
    return View(
        document.document,
        document.language,
        tuple(words),
        tuple(starts),
        tuple(ends),
        sentences,
        tuple(anchors),
        frozenset(
            i for a, b in quotations(text) for i in range(bisect_right(starts, a - 1), bisect_right(starts, b - 1))
        ),
    )


def _scaled(number: str, scale: float) -> str:
    """A number with the word of scale after it: `812.5 thousand` is `812500`."""
    try:
        value = float(number) * scale
    except ValueError:
        return number
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def blank(text: str, spans: Sequence[Span]) -> str:
    """The text with these spans replaced by line breaks, so that offsets stay and sentences end there."""
    if not spans:
        return text
    parts, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            start = max(start, at)
            parts += [text[at:start], "\n" * (end - start)]
            at = end
    return "".join([*parts, text[at:]])


@lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """A word without case, accents, possessive and digit grouping.

    >>> fold_word("Évgueni’s"), fold_word("1,439"), fold_word("12.5")
    ('evgueni', '1439', '12.5')
    """
    if word[0].isdigit():
        plain = re.sub(r"[.,](?=\d{3}(?!\d))", "", word)
        return re.sub(r",(?=\d{1,2}$)", ".", plain)
    text = unicodedata.normalize("NFKD", word.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c) or c == "\u0306")
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"['’ʼ]s?$|['’ʼ]", "", text) or word


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """Consonants of a name after transliteration, in which its spellings in other languages meet.

    >>> skeleton("prigozhin") == skeleton("prigojine") == skeleton("пригожин")
    True
    """
    if not word.isascii() and len(word) > 4:
        word = CASE_ENDING.sub("", word)
    text = word.translate(CYRILLIC)
    for found, replacement in LETTERS:
        text = text.replace(found, replacement)
    text = re.sub(r"[aeiouy'’ʼ\W]", "", text)
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word without the common English endings; a short Cyrillic or numeric word stays as it is.

    >>> [stem(w) for w in ("refuses", "refused", "refusing", "villages", "city")]
    ['refus', 'refus', 'refus', 'villag', 'citi']
    """
    if len(word) < 4 or not word.isascii():
        return word if len(word) < 7 else word[: max(5, len(word) - 2)]
    for ending in ("ements", "ement", "ations", "ation", "ings", "ing", "edly", "ers", "ies", "ied", "ed", "es", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("i" if ending in ("ies", "ied") else "")
    if word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if word.endswith("e") and len(word) > 3:
        return word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def content_stems(words: Sequence[str]) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    return [stem(w) for w in words if w not in FUNCTION_WORDS]


def quotations(text: str) -> list[Span]:
    """Spans of quoted speech of at least twelve characters, without the marks.

    >>> [ "He said: “We will not go there.” Then left."[a:b] for a, b in quotations("He said: “We will not go there.” Then left.")]
    ['We will not go there.']
    """
    return [next(m.span(g) for g in (1, 2, 3) if m[g] is not None) for m in QUOTED.finditer(text)]


def hash_of(parts: tuple[str, ...]) -> int:
    """A 64-bit hash of some words, the same in every process (Python's own is not)."""
    return int.from_bytes(hashlib.blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big")


CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхцыэіїґ", "abvgdeziyklmnoprstufhcyeiig", strict=True)),
        "ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "u", "я": "a", "є": "e", "ў": "u", "\u0306": "",
    }
)  # fmt: skip
LETTERS = (
    ("tsch", "c"), ("tch", "c"), ("dzh", "z"), ("sch", "s"), ("shch", "s"), ("cz", "c"), ("sz", "s"), ("rz", "z"),
    ("zh", "z"), ("kh", "h"), ("ch", "c"), ("sh", "s"), ("ts", "c"), ("tz", "c"), ("ph", "f"), ("ck", "k"), ("qu", "k"),
    ("gu", "g"), ("x", "ks"), ("j", "z"), ("w", "v"), ("q", "k"), ("ł", "l"),
)  # fmt: skip
CASE_ENDING = re.compile(
    r"(?<=[а-яёіїєґ]{3})(?:[аяыи]ми|[оеыи]м|[оеі]му|[ое]го|[аяі]х|[оеіую]ю|[оеіыиаяую][йеяю]|[аяоеуюыиіьй])$"
)
SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "тыс": 1e3,
    "тысяч": 1e3,
    "тысячи": 1e3,
    "тысяча": 1e3,
    "тисяч": 1e3,
    "млн": 1e6,
    "миллион": 1e6,
    "миллиона": 1e6,
    "миллионов": 1e6,
    "млрд": 1e9,
    "миллиард": 1e9,
    "миллиарда": 1e9,
    "миллиардов": 1e9,
}
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
NUMBER_WORDS = {w: str(i) for i, w in enumerate(_UNITS) if i > 1} | {
    w: str(10 * i)
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
NUMBER_WORDS |= {"dozen": "12", "hundred": "100", "thousand": "1000", "million": "1000000"}
FUNCTION_WORDS = frozenset((DATA / "function_words.txt").read_text(encoding="utf-8").split())
