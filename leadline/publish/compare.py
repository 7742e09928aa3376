"""What a rewritten copy did to the words: its paragraphs beside those of its original, word by word.

Both sides are masked before they are compared, each with the names of its own document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

MOST_WORDS = 4_000  # of one document; the comparison grows with the product of both
MOST_ROWS = 250
SAME = 0.97  # shares of unchanged words from which there is nothing to show
_WORD = re.compile(r"\S+")
_EDGE = re.compile(r"^\W+|\W+$")
_ROLE = re.compile(r"\[[a-z][a-z -]{2,40}\]")  # what stands in place of a hidden name
_CAPITAL = re.compile(r"\b[^\W\d_a-z][\w'’-]*")


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Words that follow each other and are all changed or all unchanged."""

    text: str
    changed: bool


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph of the copy beside the words of the original that it was made from."""

    original: tuple[Piece, ...]
    copy: tuple[Piece, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All rows, and how much of the copy is unchanged; `skipped` where the texts are too long to compare."""

    other: str
    page: str
    rows: tuple[Row, ...]
    n_same: int
    n_words: int
    swapped: tuple[tuple[str, str, int], ...]
    skipped: bool = False


def compare(original: str, copy: str, *, other: str = "", page: str = "") -> Comparison | None:
    """The copy's paragraphs beside the original's words; None where next to nothing was changed or one has no words.

    >>> found = compare("They took the town in May.", "They took the town in Could.")
    >>> [(p.text, p.changed) for p in found.rows[0].copy]
    [('They took the town in ', False), ('Could.', True)]
    >>> found.swapped
    (('May', 'Could', 1),)
    """
    original, copy = _hidden_on_both_sides(original, copy)
    left, right = list(_WORD.finditer(original)), list(_WORD.finditer(copy))
    if not left or not right:
        return None
    if max(len(left), len(right)) > MOST_WORDS:
        return Comparison(other=other, page=page, rows=(), n_same=0, n_words=len(right), swapped=(), skipped=True)
    a, b = [_bare(m[0]) for m in left], [_bare(m[0]) for m in right]
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    same_a, same_b, partner = set[int](), set[int](), dict[int, int]()
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            same_a.add(block.a + k)
            same_b.add(block.b + k)
            partner[block.b + k] = block.a + k
    if len(same_b) / len(b) >= SAME:
        return None
    rows, begin = [], 0
    for first, last in _paragraphs(copy, right):
        end = max((partner[k] for k in range(first, last) if k in partner), default=begin - 1) + 1
        following = min((partner[k] for k in range(last, len(right)) if k in partner), default=len(left))
        end = _paragraph_end(original, left, end, following)
        rows.append(
            Row(
                original=_pieces(original, left[begin:end], same_a, begin),
                copy=_pieces(copy, right[first:last], same_b, first),
            )
        )
        begin = end
    return Comparison(
        other=other,
        page=page,
        rows=tuple(rows[:MOST_ROWS]),
        n_same=len(same_b),
        n_words=len(b),
        swapped=_swapped(matcher.get_opcodes(), [m[0] for m in left], [m[0] for m in right]),
    )


def _hidden_on_both_sides(original: str, copy: str) -> tuple[str, str]:
    """Both texts; where one has a hidden name and the other capitalised words in its place, these are hidden too.

    A rewrite damages names, and a damaged name is recognised less often: beside its original it would be given away.

    >>> _hidden_on_both_sides("said [an analyst] to us", "said Good Smart to us")
    ('said [an analyst] to us', 'said […] […] to us')
    """
    left, right = list(_WORD.finditer(original)), list(_WORD.finditer(copy))
    roles = [[m.span() for m in _ROLE.finditer(text)] for text in (original, copy)]
    if not any(roles) or max(len(left), len(right)) > MOST_WORDS:
        return original, copy
    matcher = SequenceMatcher(None, [_bare(m[0]) for m in left], [_bare(m[0]) for m in right], autojunk=False)
    spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "replace":
            a, b = (left[i].start(), left[j - 1].end()), (right[k].start(), right[m - 1].end())
            if any(start < a[1] and a[0] < end for start, end in roles[0]):  # also where a word of the role is common
                spans[1].append(b)
            if any(start < b[1] and b[0] < end for start, end in roles[1]):
                spans[0].append(a)
    return _without_capitals(original, spans[0]), _without_capitals(copy, spans[1])


def _without_capitals(text: str, spans: Sequence[tuple[int, int]]) -> str:
    out, last = [], 0
    for start, end in spans:
        out += [text[last:start], _CAPITAL.sub("[…]", text[start:end])]
        last = end
    return "".join([*out, text[last:]])


def _bare(word: str) -> str:
    return _EDGE.sub("", word).casefold() or word


def _paragraphs(text: str, words: Sequence[re.Match[str]]) -> list[tuple[int, int]]:
    """First and one past the last word of each paragraph."""
    borders, start = [], 0
    for k in range(1, len(words)):
        if "\n" in text[words[k - 1].end() : words[k].start()]:
            borders.append((start, k))
            start = k
    return [*borders, (start, len(words))]


def _paragraph_end(text: str, words: Sequence[re.Match[str]], end: int, limit: int) -> int:
    """The end of the original's paragraph where nothing after it is taken yet, else as far as is taken."""
    for k in range(max(end, 1), limit + 1):
        if k == len(words) or "\n" in text[words[k - 1].end() : words[k].start()]:
            return k
    return end


def _pieces(text: str, words: Sequence[re.Match[str]], same: set[int], offset: int) -> tuple[Piece, ...]:
    out: list[Piece] = []
    for k, word in enumerate(words):
        following = words[k + 1].start() if k + 1 < len(words) else word.end()
        changed, piece = offset + k not in same, text[word.start() : following]
        if out and out[-1].changed == changed:
            out[-1] = Piece(text=out[-1].text + piece, changed=changed)
        else:
            out.append(Piece(text=piece, changed=changed))
    return tuple(out)


def _swapped(
    opcodes: Sequence[tuple[str, int, int, int, int]], left: Sequence[str], right: Sequence[str]
) -> tuple[tuple[str, str, int], ...]:
    """Single words that stand for single words, by how often, most frequent first."""
    found: dict[tuple[str, str], int] = {}
    for op, i, j, k, m in opcodes:
        if op == "replace" and j - i == m - k:
            for x, y in zip(left[i:j], right[k:m], strict=True):
                pair = (_EDGE.sub("", x), _EDGE.sub("", y))
                if all(pair):
                    found[pair] = found.get(pair, 0) + 1
    return tuple((x, y, n) for (x, y), n in sorted(found.items(), key=lambda e: (-e[1], e[0]))[:24])
