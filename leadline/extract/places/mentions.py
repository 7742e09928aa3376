"""Where a text may name a place: the longest runs of words that the gazetteer knows, with what stands around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leadline.extract.places.gazetteer import Gazetteer, Place
from leadline.extract.places.lexicon import lexicon
from leadline.extract.places.names import fold
from leadline.schema import Spans

LONGEST = 8  # tokens; hyphens count
_GLUED = re.compile(r"[a-z]{2,}(?=[A-Z][a-z]{2,})")
_TAIL = "-–—\"”’'…"  # glued to the word in damaged texts
_HYPHENS = frozenset("-–’'‘")
_WORD = re.compile(r"[^\W\d_]")


@dataclass
class Mention:
    """One run of words that is the name of one or more places, not yet judged."""

    start: int
    end: int
    first: int  # index of the first token
    last: int  # index of the last token, inclusive
    name: str
    folded: str
    places: tuple[Place, ...]
    unit: str = ""  # the word after the name that says what kind of unit is meant ("region")
    around_m: float = 0.0  # radius of a stretch around the place ("axis")
    features: dict[str, float] = field(default_factory=dict)


def find_mentions(doc: Any, text: str, gazetteer: Gazetteer, boilerplate: Spans = ()) -> list[Mention]:
    """Mentions in the order of the text, none overlapping another or any boilerplate; `text` is that of `doc`."""
    words = lexicon()
    runs = _runs(doc, text, boilerplate)
    asked: dict[str, int] = {}
    for options in runs.values():
        for _, _, _, name in options:
            asked.setdefault(name, len(asked))
    # with its full stop a run is read only as an abbreviation: "Fla."
    found = gazetteer.find([("" if name.endswith(".") else fold(name), name) for name in asked])
    mentions: list[Mention] = []
    done = -1
    for i in sorted(runs):
        if i <= done:
            continue
        best = next(((j, a, b, n) for j, a, b, n in reversed(runs[i]) if found[asked[n]]), None)
        if best is None:
            continue
        j, start, end, name = best
        places = found[asked[name]]
        if j == i and (name.islower() or name.lower() in words.compass or _acronym(doc, i)):
            places = tuple(p for p in gazetteer.exact(name)) if name.isupper() else ()
            if not places:
                continue
        mention = Mention(start, end, i, j, name, fold(name), places)
        _extend(doc, text, mention, words.units, words.around)
        mentions.append(mention)
        done = mention.last
    return mentions


def _beginnings(doc: Any, beginnings: frozenset[str]) -> list[int]:
    """Indexes of the tokens that may begin a name; arrays, because most tokens may not."""
    flags = doc.to_array(["ORTH", "IS_LOWER", "IS_PUNCT", "IS_SPACE", "IS_DIGIT"])
    plain = flags[:, 1:].any(axis=1)
    lower = np.array([doc.vocab.strings[w] for w in sorted(beginnings)], np.uint64)
    return [int(i) for i in np.flatnonzero(~plain | np.isin(flags[:, 0], lower))]


def _runs(doc: Any, text: str, boilerplate: Spans) -> dict[int, list[tuple[int, int, int, str]]]:
    """For each token that may begin a name: (last token, start, end, name) of the runs from there, shortest first."""
    words = lexicon()
    inner = words.connectors | words.endings
    tokens = [t.text for t in doc]  # plain strings: a token's attributes are made anew each time they are read
    starts = [t.idx for t in doc]
    ends = [s + len(t) for s, t in zip(starts, tokens, strict=True)]
    glued = [*map(int.__eq__, ends, starts[1:]), False]  # to the next token
    runs: dict[int, list[tuple[int, int, int, str]]] = {}
    for i in _beginnings(doc, words.beginnings):
        first, start = tokens[i], starts[i]
        if not first[0].isupper():
            if joined := _GLUED.match(first):
                start += joined.end()
            elif first not in words.beginnings:
                continue
        elif not _WORD.match(first):
            continue
        if any(s < ends[i] and start < e for s, e in boilerplate):
            continue
        options = []
        for j in range(i, min(i + LONGEST, len(tokens))):
            word = tokens[j]
            if j > i:
                if starts[j] - ends[j - 1] > 1 or text[ends[j - 1]] == "\n" or word.isspace():
                    break
                if word in _HYPHENS:
                    if glued[j - 1] and glued[j]:
                        continue
                    break
                if word in {"'s", "’s"} or (word in words.connectors):
                    continue  # "Luhansk People's Republic", "Isle of Wight"
                if word == ".":
                    if not glued[j - 1] or len(tokens[j - 1]) > 5:
                        break
                elif not (word[0].isupper() or word[0] in "'’" or word in inner):
                    break
            end = ends[j] if word[-1] not in _TAIL else starts[j] + len(word.rstrip(_TAIL).rstrip("."))
            options.append((j, start, end, text[start:end]))
            # "Fla." at the end of a sentence is two tokens, "W.Va." one without its full stop
            if j + 1 < len(tokens) and tokens[j + 1] == "." and glued[j] and len(word) <= 6:
                options.append((j + 1, start, end + 1, text[start : end + 1]))
        runs[i] = options
    return runs


def _acronym(doc: Any, i: int) -> bool:
    """Whether a token of up to four capitals stands among words that are not shouted: `NATO`, `HIV`, `SOS`."""
    text = doc[i].text
    if not text.isupper() or len(text) > 4 or i == 0 or doc[i - 1].is_space:
        return False
    beside = [t.text for t in (doc[i - 1], *doc[i + 1 : i + 2]) if t.is_alpha and len(t) > 1]
    return not any(t.isupper() for t in beside)


def _extend(doc: Any, text: str, mention: Mention, units: dict[str, frozenset[str]], around: dict[str, float]) -> None:
    """Take in the word after the name that says what is meant: `Irkutsk region`, `the Lyman axis`."""
    if mention.last + 1 >= len(doc) or not doc[mention.last].whitespace_:
        return
    following = doc[mention.last + 1]
    word = following.lower_
    if word in units and (following.text.islower() or following.text.istitle()):
        fitting = tuple(p for p in mention.places if p.kind in units[word])
        if not fitting and word in {"city", "town", "village", "state", "states", "community"}:
            return
        mention.unit = word
        if fitting:
            mention.places = fitting
    elif word in around and following.text.islower():
        mention.around_m = around[word]
    else:
        # "the Kharkiv and Belgorod regions"
        third = mention.last + 3
        if (
            following.lower_ == "and"
            and third < len(doc)
            and doc[third].lower_ in units
            and doc[third].lower_.endswith("s")
            and doc[third].text.islower()
        ):
            fitting = tuple(p for p in mention.places if p.kind in units[doc[third].lower_])
            mention.places = fitting or mention.places
            mention.unit = doc[third].lower_ if fitting else ""
        return
    mention.last += 1
    mention.end = following.idx + len(following.text)
    mention.name = text[mention.start : mention.end]


def mentions_at(doc: Any, text: str, gazetteer: Gazetteer, spans: Spans) -> list[Mention]:
    """Mentions at given offsets, those that the gazetteer knows; a span with a unit's name is read without it too."""
    words = lexicon()
    tokens = [(t.idx, t.idx + len(t.text)) for t in doc]
    found = []
    done = -1
    for start, end in sorted(spans):
        inside = [i for i, (s, e) in enumerate(tokens) if s < end and start < e]
        if not inside or inside[0] <= done:
            continue
        name = text[start:end]
        first, last = inside[0], inside[-1]
        places = gazetteer.lookup(name)
        mention = Mention(start, end, first, last, name, fold(name), places)
        if not places and last > first and doc[last].lower_ in words.units:
            short = text[start : tokens[last - 1][1]]
            mention = Mention(start, tokens[last - 1][1], first, last - 1, short, fold(short), gazetteer.lookup(short))
        if mention.places:
            _extend(doc, text, mention, words.units, words.around)
            found.append(mention)
            done = mention.last
    return found
