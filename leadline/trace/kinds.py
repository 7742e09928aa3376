"""What two aligned documents are to each other: kind, direction, share, score and the words that show it."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from leadline.schema import Direction, Document, Evidence, Relation, RelationKind
from leadline.trace.alignment import Alignment
from leadline.trace.credits import Credits
from leadline.trace.signs import Sign, is_spun, is_translated
from leadline.trace.text import View

COPY_SHARE = 0.55
"""Below, five-word runs no longer cover most of both texts: an editor has rewritten or another part was added."""
PASSAGE_WORDS = 25
"""A verbatim run this long is no turn of phrase and longer than a usual quotation."""
ACROSS_LANGUAGES = 0.42
"""Cosine of names, numbers and cognates; 100 of 106 Russian-English pairs reach it (benchmarks/grouping.py)."""
WHOLE = 0.7
"""From here on the whole of both texts is the same story in the same order, not a passage."""
COPIED_WORDING = 0.75
"""Shared content words (names aside) below which a text was reworded throughout: a spinner, not a careless hand."""
LEAST_WORDS = 12
"""Words outside quotation marks that must be the same in a row, where the texts are not the same throughout."""
THROUGHOUT = 0.95
"""Share of both texts' own words from which they are the same throughout, however short."""
LEAST_RETOLD = 40
"""Words that both texts must have for one to be called a rewrite or translation of the other."""
LEAST_SENTENCES = 3
"""Sentences of each that must tell the same, outside of quoted speech: two reports of one event share one or two."""
LEAST_ANCHORS = 4
"""Rare names and numbers that a text and one in another language must share where no sentences are found to match."""
TOUCHED = 4
"""Words of a run that must stand in a sentence for the run to go over it."""
RETOLD_SHARE = 0.55
RETOLD_LEAST = 0.4
RETOLD_ORDER = 0.6
UNDAMAGED = 0.65
"""Share of both texts that must be retold, in a sentence more, where neither shows damage: two outlets that tell of one
origin share its order."""
ROUNDING = 1e-4
"""Shares are kept to four digits."""
DAMAGE = (("spun", 3.0), ("translated", 2.0))
"""Signs, and how much clearer one of two texts must show them than the other."""
RETOLD_ANCHORS = 0.34
LEAST_RETOLD_ANCHORS = 3


class Nature(msgspec.Struct, frozen=True):
    """What is known of a document before it is compared."""

    document: str
    language: str | None
    publisher: str | None
    start: str | None
    end: str | None
    spun: tuple[Sign, ...]
    translated: tuple[Sign, ...]
    is_spun: bool
    is_translated: bool
    credits: Credits


def may_be_related(
    shared: npt.NDArray[np.int64],
    fewest: npt.NDArray[np.int64],
    cosine: npt.NDArray[np.float64],
    across: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Of pairs, whether they share enough rare names and numbers for `kind_of` to find anything but words in a row.

    `shared` of these both have, and the one with fewer has `fewest`; `across` languages there are no words in a row.
    """
    agree = (shared >= LEAST_RETOLD_ANCHORS) & (np.round(shared / np.maximum(fewest, 1), 4) >= RETOLD_ANCHORS)
    return np.where(across, (cosine >= ACROSS_LANGUAGES) & (shared >= 2), agree)


def may_be_retold(
    left: npt.NDArray[np.float64], right: npt.NDArray[np.float64], sentences: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Of pairs in one language, whether `kind_of` can find that one retells the other: from the shares of both that have a partner."""
    high, low = np.maximum(left, right), np.minimum(left, right)
    return (high >= RETOLD_SHARE - ROUNDING) & (low >= RETOLD_LEAST - ROUNDING) & (sentences >= LEAST_SENTENCES - 1)


def may_share_text(
    longest: npt.NDArray[np.int64], left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Of pairs, whether `kind_of` can find words in a row: from the longest stretch and the shares of own words that are the same."""
    high, low = np.maximum(left, right), np.minimum(left, right)
    much = (longest >= LEAST_WORDS) & (high >= 0.5 - ROUNDING)
    return (longest >= PASSAGE_WORDS) | much | (low >= THROUGHOUT - ROUNDING)


def relate(
    left: View,
    right: View,
    text: str,
    a: Alignment,
    natures: tuple[Nature, Nature],
    cosine: float,
) -> Relation | None:
    """The relation of two documents, or None where the alignment shows none.

    `left` must have the smaller id. `text` is its full text, for quotation.
    """
    kind = kind_of(a, left, right, natures, cosine)
    if kind is None:
        return None
    direction, reasons = direction_of(kind, a, (left, right), natures)
    verbatim = kind in ("copy", "excerpt") or (kind == "passage" and _run(a, left) >= LEAST_WORDS)
    shares = (a.verbatim_left, a.verbatim_right) if verbatim else (a.retold_left, a.retold_right)
    if direction == "unknown":
        share = shares[0] if len(left.words) <= len(right.words) else shares[1]
    else:
        share = shares[0] if direction == "from" else shares[1]
    score = max(shares) if verbatim else max(shares) * a.order * (0.5 + 0.5 * a.anchors)
    if _languages_differ(natures):
        score = cosine
    return Relation(
        document=left.document,
        other=right.document,
        kind=kind,
        direction=direction,
        share=round(share, 4),
        score=round(min(1.0, score), 4),
        evidence=(*_overlap(a, left, text, verbatim=verbatim), *reasons),
    )


def kind_of(
    a: Alignment, left: View, right: View, natures: tuple[Nature, Nature], cosine: float
) -> RelationKind | None:
    """Copy, excerpt, rewrite, translation or passage, or None; `cosine` is that of what survives a disguise (see `reuse`).

    Each kind has a least evidence. Below it the two have a passage in common, of which nothing shows that one has it from
    the other: a sentence of a release that both print, two sentences that tell the same.
    """
    n_retold, n_sentences = _n_retold(a, left, right), min(len(left.sentences), len(right.sentences))
    long_enough = min(len(left.words), len(right.words)) >= LEAST_RETOLD
    if _languages_differ(natures):
        if cosine < ACROSS_LANGUAGES or a.n_anchors < 2:
            return None
        if long_enough and n_sentences >= LEAST_SENTENCES and (n_retold or a.n_anchors >= LEAST_ANCHORS):
            return "translation"
        return "passage" if n_retold >= LEAST_SENTENCES - 1 else None
    low, high = sorted((a.own_left, a.own_right))
    run = _run(a, left)
    retold_low, retold_high = sorted((a.retold_left, a.retold_right))
    enough = long_enough and (n_retold > LEAST_SENTENCES or (n_retold == LEAST_SENTENCES >= 0.6 * n_sentences))
    agree = a.anchors >= RETOLD_ANCHORS and a.n_anchors >= LEAST_RETOLD_ANCHORS and a.order >= RETOLD_ORDER
    whole = enough and agree and retold_low >= WHOLE
    if whole and (low >= COPY_SHARE or a.wording >= COPIED_WORDING):
        return "copy" if a.wording >= COPIED_WORDING else "rewrite"
    same = (low >= COPY_SHARE and run >= LEAST_WORDS) or low >= THROUGHOUT
    if not whole and (same or (high >= 0.8 and low >= 0.5 and run >= LEAST_WORDS)):
        return "copy"
    if not whole and (run >= PASSAGE_WORDS or (high >= 0.5 and run >= LEAST_WORDS)):
        return "excerpt" if high >= 0.8 or _n_sentences(left, a.longest) > 1 else "passage"
    if agree and retold_high >= RETOLD_SHARE and retold_low >= RETOLD_LEAST:
        damaged = any(_more(natures, sign, least) for sign, least in DAMAGE)
        if enough and (damaged or (retold_low >= UNDAMAGED and n_retold > LEAST_SENTENCES)):
            return "translation" if _is_translation(natures) else "rewrite"
        return "passage" if n_retold >= LEAST_SENTENCES - 1 else None
    return None


def _run(a: Alignment, left: View) -> int:
    """Words outside quotation marks of the longest verbatim run."""
    return a.longest[1] - a.longest[0] - sum(i in left.quoted for i in range(*a.longest))


def _n_sentences(v: View, run: tuple[int, int]) -> int:
    """Over how many sentences a run of words goes, one that it only touches aside."""
    return sum(min(run[1], b) - max(run[0], a) >= TOUCHED for a, b in v.sentences)


def _n_retold(a: Alignment, left: View, right: View) -> int:
    """How many sentences of each tell what sentences of the other tell, those that mostly quote somebody aside."""
    told = [(i, j) for i, j, _ in a.partners if not (_quotes(left, i) and _quotes(right, j))]
    return min(len({i for i, _ in told}), len({j for _, j in told}))


def _quotes(v: View, sentence: int) -> bool:
    first, last = v.sentences[sentence]
    return sum(i in v.quoted for i in range(first, last)) > 0.5 * (last - first)


def _languages_differ(natures: tuple[Nature, Nature]) -> bool:
    languages = {n.language for n in natures}
    return len(languages) > 1 and None not in languages


def _is_translation(natures: tuple[Nature, Nature]) -> bool:
    """Whether one of two texts of one language that tell the same shows the marks of a translation."""
    spun, translated = (_more(natures, sign, least) for sign, least in DAMAGE)
    return spun is None and translated is not None


def direction_of(
    kind: RelationKind, a: Alignment, views: tuple[View, View], natures: tuple[Nature, Nature]
) -> tuple[Direction, tuple[Evidence, ...]]:
    """Who took from whom: a stated credit counts most, then damage, then dates; unknown where nothing shows it."""
    del a
    balance = 0.0  # positive: the left document took from the right
    reasons: list[tuple[float, Evidence]] = []
    for sign, taker, giver in ((1.0, natures[0], natures[1]), (-1.0, natures[1], natures[0])):
        if giver.publisher and giver.publisher in taker.credits.credited and giver.publisher != taker.publisher:
            reasons.append((4.0 * sign, taker.credits.credited[giver.publisher]))
        if kind == "rewrite" and _more((taker, giver), "spun", 3.0) is taker:
            reasons.append(
                (
                    2.5 * sign,
                    Evidence(
                        rule="damage", note=f"{taker.document} shows signs of machine spinning", document=taker.document
                    ),
                )
            )
        if kind in ("translation", "rewrite") and _more((taker, giver), "translated", 2.0) is taker:
            reasons.append(
                (
                    2.5 * sign,
                    Evidence(
                        rule="damage", note=f"{taker.document} shows signs of translation", document=taker.document
                    ),
                )
            )
        if kind != "passage" and giver.credits.first_hand is not None and taker.credits.first_hand is None:
            reasons.append((1.5 * sign, giver.credits.first_hand))
        if kind != "passage" and taker.start and giver.end and taker.start > giver.end:
            note = f"{taker.document} was published after {giver.document} ({giver.end} before {taker.start})"
            reasons.append((2.0 * sign, Evidence(rule="date", note=note)))
    del views
    balance = sum(w for w, _ in reasons)
    if balance == 0:
        return "unknown", tuple(e for _, e in reasons)
    kept = tuple(e for w, e in reasons if w * balance > 0)
    return ("from" if balance > 0 else "to"), kept


def nature(
    document: Document, publisher: str | None, spun: list[Sign], translated: list[Sign], found: Credits
) -> Nature:
    """Collect what is known of a document before it is compared."""
    published = document.published
    return Nature(
        document.document,
        document.language,
        publisher,
        published.start if published else None,
        published.end if published else None,
        tuple(spun),
        tuple(translated),
        is_spun(spun),
        is_translated(translated),
        found,
    )


def _more(natures: tuple[Nature, Nature], which: str, least: float) -> Nature | None:
    """The one of two documents that shows clearly more signs of a kind, None where neither does.

    Beside the text it was made from, a document needs fewer signs to be told from it than on its own.
    """
    weights = [sum(s.weight for s in getattr(n, which)) for n in natures]
    if abs(weights[0] - weights[1]) < least:
        return None
    return natures[0] if weights[0] > weights[1] else natures[1]


def _overlap(a: Alignment, left: View, text: str, *, verbatim: bool) -> tuple[Evidence, ...]:
    if verbatim:
        i, j = a.longest
        if j <= i:
            return ()
        start, end = left.starts[i], left.ends[min(j, i + 40) - 1]
        note = f"{j - i} words in a row are the same; of all words {a.verbatim_left:.0%} and {a.verbatim_right:.0%}"
        rule = "verbatim"
    else:
        if not a.partners:
            return ()
        best = max(a.partners, key=lambda p: (p[2], -p[0]))
        first, last = left.sentences[best[0]]
        start, end = left.starts[first], left.ends[last - 1]
        note = (
            f"{len(a.partners)} pairs of sentences tell the same in the same order ({a.retold_left:.0%} and {a.retold_right:.0%} "
            f"of the words); {a.anchors:.0%} of the names and numbers agree"
        )
        rule = "retold"
    quote = text[start:end]
    return (Evidence(rule=rule, note=note, document=left.document, start=start, end=end, quote=quote),)
