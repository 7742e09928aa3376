"""Who may have passed an account on: the clues that the outer hops of a chain are chosen by.

A text names the outlet, the body or the relative who passed an account on once, often paragraphs before it goes on in the voice of the one
who gave it. One question is asked of one source at a time: through which other source, or none, does the text have what this one says?
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from spacy.tokens import Token

from leadline.extract.claims.chosen.clues import Clues
from leadline.extract.claims.chosen.mentions import Mention, Named
from leadline.extract.claims.sources.kinds import ORGANISATIONS
from leadline.extract.claims.sources.remembered import gender_of
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.lineage import Lineage

POSSESSIVE = {"his": "m", "her": "f", "their": ""}
BEFORE, AHEAD = 150, 2
"""Sentences before a clause in which one who passed it on may be named last, and after it in which one may still be named first."""


@dataclass(frozen=True)
class Passer:
    """One through whom a text may have what somebody says, or nobody, with the clues for it."""

    who: Who | None
    clues: dict[str, float] = field(default_factory=dict)


class Passers:
    """Those through whom one text may have what its sources say."""

    def __init__(self, clues: Clues) -> None:
        self.clues = clues
        self.mentions, self.sentences = clues.mentions, clues.sentences
        self.voices, self.naming = clues.voices, clues.naming
        self.met: dict[tuple[str, str], list[int]] = {}

    @cached_property
    def stated(self) -> dict[str, list[int]]:
        """The sentences in which each source is the last hop."""
        return {key: ks for key, ks in self.clues.stated.by_speaker.items() if key}

    def _meeting(self, one: str, other: str) -> list[int]:
        """The sentences that name both of two sources."""
        if (one, other) not in self.met:
            self.met[one, other] = sorted(self.mentions.of(one).within & self.mentions.of(other).within)
        return self.met[one, other]

    @cached_property
    def known(self) -> dict[str, Who]:
        """Every source of the text by its key."""
        found = {key: ms[0].who for key, ms in self.mentions.by_source.items()}
        for s in self.clues.stated.all:
            found |= {key_of(w): w for w in s.lineage.whos}
        return found

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many sources are of each kind."""
        return Counter(w.kind for w in self.known.values())

    @cached_property
    def places(self) -> list[tuple[int, str]]:
        """The sentences in which each source is named or speaks, in the order of the text."""
        named = {(m.sentence, key) for key, ms in self.mentions.by_source.items() for m in ms}
        return sorted(named | {(k, key) for key, ks in self.stated.items() for k in ks})

    @cached_property
    def bodies(self) -> list[tuple[int, str]]:
        """The tokens at which bodies and outlets are named."""
        keys = [key for key, w in self.known.items() if w.kind in ORGANISATIONS]
        return sorted((m.noun.i, key) for key in keys for m in self.mentions.of(key).all)

    @cached_property
    def releasing(self) -> frozenset[str]:
        """Those who released a recording."""
        return frozenset(key_of(w) for r in self.voices.recordings.all for w in r.released_by)

    def of(self, inner: Who, head: Token, ruled: Lineage) -> list[Passer]:
        """Nobody, those whom the rules name, and everybody who is named up to a little after the clause of `head`."""
        k = self.clues.stated.at(head.i)
        keys, mine = [key_of(w) for w in ruled.whos], key_of(inner)
        at = keys.index(mine) if mine in keys else 0
        rule = keys[at - 1] if at else ""
        found: dict[str, Who] = {key_of(w): w for w in reversed(ruled.whos[:at])}
        low, high = bisect_left(self.places, (k - BEFORE, "")), bisect_right(self.places, (k + AHEAD, "\uffff"))
        for _, key in self.places[low:high]:
            if key != mine:
                found.setdefault(key, self.known[key])
        common = self._of_inner(inner, head, k, ruled, rule)
        story = {f"story {name}": value for name, value in self.clues.story(k).items()}
        first = next(iter(self.mentions.of(mine).all), None)
        if first is not None:
            story |= {f"x story {name}": value for name, value in self.clues.story(first.sentence).items()}
        main = self.clues.retold.main[0]
        passers = [
            Passer(None, common | self._parts("nobody", story) | {"none": 1, "rule none": not rule, "rule": not rule})
        ]
        for key, w in found.items():
            part = self._parts("main", story) if key == main else {}
            passers.append(Passer(w, common | part | self._of_outer(inner, w, k, ruled, rule)))
        return passers

    @staticmethod
    def _parts(part: str, story: dict[str, float]) -> dict[str, float]:
        return {f"{part} {name}": value for name, value in story.items()}

    def _of_inner(self, inner: Who, head: Token, k: int, ruled: Lineage, rule: str) -> dict[str, float]:
        """What holds of the inner source whoever passes it on."""
        f: dict[str, float] = {"bias": 1, f"in {inner.kind}": 1, "in plural": inner.plural}
        f["in last"] = bool(ruled.whos) and key_of(ruled.whos[-1]) == key_of(inner)
        f["in named"] = inner.canonical[:1].isupper()
        f["in source"] = inner.source is not None
        f["quoted"] = self.naming.in_quotation(head)
        f["recording"] = ruled.recording is not None
        f["recording one"] = ruled.recording is not None and ruled.recording.is_one
        f["rule some"] = bool(rule)
        f["pub " + self.clues.publisher_kind] = 1
        says = self.stated.get(key_of(inner), [])
        f["in says log"] = min(len(says), 5) / 5
        told = self.clues.retold
        main, alone = told.main
        f["main"], f["main alone"], f["in main"] = bool(main), alone, main == key_of(inner)
        f["in passed on"] = key_of(inner) in told.passed_by
        first = next(iter(self.mentions.of(key_of(inner)).all), None)
        if first is not None:
            f["in first here"] = first.sentence == k
            f |= _introduced(first.noun)
        cue = ruled.cue
        if cue is not None:
            f["cue " + cue.lemma_.lower()] = 1
        f["position"] = k / len(self.sentences)
        return f

    def _of_outer(self, inner: Who, outer: Who, k: int, ruled: Lineage, rule: str) -> dict[str, float]:
        """What speaks for one who may have passed on what the inner source says."""
        key, mine, told = key_of(outer), key_of(inner), self.clues.retold
        f: dict[str, float] = {"rule": key == rule, f"out {outer.kind}": 1, f"pair {inner.kind} {outer.kind}": 1}
        f["rule outside"] = any(key_of(w) == key for w in ruled.whos[:-1])
        f["out source"] = outer.source is not None
        f["out plural"] = outer.plural
        f["out named"] = outer.canonical[:1].isupper()
        together = told.outside[mine, key]
        f["together"], f["together log"] = bool(together), min(together, 4) / 4
        f["against"] = bool(told.outside[key, mine])
        main, alone = told.main
        f["is main"], f["is main alone"], f["main other"] = (
            key == main,
            key == main and alone,
            main not in {"", key, mine},
        )
        f[f"main of {inner.kind}"] = key == main
        carried = told.passed[key] - (key in told.passed_by.get(mine, ()))
        f["passes others"], f["passes others log"] = bool(carried), min(carried, 4) / 4
        f["mine passed by other"] = bool(told.passed_by.get(mine, set()) - {key})
        says, others = self.stated.get(key, []), self.stated.get(mine, [])
        f["says on"] = bool(says) and says[-1] > k
        f["says"], f["says log"] = bool(says), min(len(says), 5) / 5
        f["says first"] = bool(others and says) and says[0] < others[0]
        released = {key_of(w) for w in ruled.recording.released_by} if ruled.recording is not None else set()
        f["released"], f["released some"] = key in released, key in self.releasing
        f["released other"] = bool(released) and key not in released
        f["only of kind"] = self.kinds[outer.kind] == 1
        named, ours = self.mentions.of(key), self.mentions.of(mine).all
        ms = named.all
        f |= self._near(named, k)
        prev = says[max(0, bisect_right(says, k) - 1) : bisect_right(says, k)]
        here = self._paragraph(k)
        f["said same par"] = bool(prev) and self._paragraph(prev[-1]) == here
        f["said par before"] = bool(prev) and self._paragraph(prev[-1]) == here - 1
        f["said back"] = 1 / (1 + k - prev[-1]) if prev else 0
        if ours:
            f |= self._introducing(outer, ours[0], named, says)
        shared = self._meeting(key, mine)
        f["meet"], f["meet log"] = bool(shared), min(len(shared), 3) / 3
        if shared:
            j = shared[max(0, bisect_right(shared, k) - 1)]
            there = self.mentions.of(mine).in_sentences(j, j + 1)[0]
            f |= {f"j {n}": v for n, v in self._tied(there, named).items()}
        past = ms[max(0, named.up_to(k) - 1) : named.up_to(k)]
        if past:
            f |= self._shown("l", past[-1])
            f["newest body"] = outer.kind in ORGANISATIONS and not self._other_body(past[-1].noun.i, k, {key, mine})
        if ms:
            f |= self._shown("f", ms[0])
        cue = ruled.cue
        if cue is not None:
            at = self.clues.stated.at(cue.i)
            near = named.in_sentences(at, at + 1)
            below = {t.i for t in cue.subtree} if near else set()
            f["m under cue"] = any(m.noun.i in below and m.noun.dep_ in {"dobj", "dative", "pobj"} for m in near)
            f["m cue object"] = any(m.noun.head.i == cue.i and m.noun.dep_ in {"dobj", "dative"} for m in near)
        return f

    def _paragraph(self, k: int) -> int:
        return self.voices.paragraph_of(self.sentences[k].start_char)

    def _other_body(self, since: int, k: int, but: set[str]) -> bool:
        """Whether a body or an outlet is named between a token and the end of sentence `k`."""
        low = bisect_right(self.bodies, (since, "\uffff"))
        high = bisect_left(self.bodies, (self.sentences[k].end, ""))
        return any(key not in but for _, key in self.bodies[low:high])

    def _near(self, named: Named, k: int) -> dict[str, float]:
        """Where one is named before sentence `k`."""
        ms, past = named.all, named.all[max(0, named.up_to(k) - 1) : named.up_to(k)]
        f: dict[str, float] = {"m count": min(len(ms), 5) / 5, "m past": bool(past)}
        back = k - past[-1].sentence if past else 40
        for name, low, high in (("0", 0, 0), ("1", 1, 1), ("2", 2, 3), ("4", 4, 7), ("8", 8, 99)):
            f["m back " + name] = low <= back <= high
        here = self._paragraph(k)
        f["m same par"] = bool(past) and self._paragraph(past[-1].sentence) == here
        f["m par before"] = bool(past) and self._paragraph(past[-1].sentence) == here - 1
        f["m here"] = back == 0
        f["m lead"] = bool(ms) and self._paragraph(ms[0].sentence) <= 2
        return f

    def _introducing(self, outer: Who, first: Mention, named: Named, says: list[int]) -> dict[str, float]:
        """How one stands to the sentence that brings the inner source in."""
        at, x, said = named.within, first.sentence, says[bisect_left(says, first.sentence - 2) :][:4]
        f: dict[str, float] = {"x same": x in at, "x before": x - 1 in at, "x after": x + 1 in at}
        here = self.voices.paragraph_of(self.sentences[x].start_char)
        start = bisect_left(named.sentences, here, key=self._paragraph)
        f["x par"] = start < len(named.sentences) and self._paragraph(named.sentences[start]) == here
        f["x earlier"] = bool(named.sentences) and named.sentences[0] < x
        f["x says before"] = any(j in said for j in (x - 1, x - 2))
        f["x says same"], f["x says after"] = x in said, x + 1 in said
        f |= self._tied(first, named)
        poss = next((c.lower_ for c in first.noun.children if c.dep_ == "poss" and c.lower_ in POSSESSIVE), "")
        if poss:  # `her brother`: through her
            gender = gender_of(outer) or self.naming.genders.get(outer.canonical, "")
            fits = outer.plural if poss == "their" else not outer.plural and gender in {"", POSSESSIVE[poss]}
            body = outer.kind in ORGANISATIONS
            f["poss fits"] = not body and fits
            f["poss sure"] = bool(gender) and gender == POSSESSIVE[poss]
            f["poss misfits"] = body or (bool(gender) and poss != "their" and gender != POSSESSIVE[poss])
            f |= {f"poss {outer.kind}": 1}
        return f

    def _shown(self, name: str, m: Mention) -> dict[str, float]:
        """Of which verb or preposition a mention is the subject or the object."""
        noun = m.noun
        f: dict[str, float] = {f"{name} dep {noun.dep_}": 1, f"{name} quoted": self.naming.in_quotation(noun)}
        if m.verb is not None:
            f[f"{name} verb {m.verb.lemma_.lower()}"] = 1
            f[f"{name} says"] = m.says(self.voices.words.reporting)
        elif noun.dep_ == "pobj":
            f[f"{name} prep {noun.head.lower_} of {noun.head.head.lemma_.lower()}"] = 1
            f[f"{name} prep {noun.head.lower_}"] = 1
        elif noun.dep_ == "poss":
            f[f"{name} owner of {noun.head.lemma_.lower()}"] = 1
        elif noun.dep_ in {"dobj", "dative"}:
            f[f"{name} object of {noun.head.lemma_.lower()}"] = 1
        return f

    def _tied(self, inner: Mention, outers: Named) -> dict[str, float]:
        """How one who may have passed on stands to the inner source in a sentence that names both."""
        near = outers.in_sentences(inner.sentence, inner.sentence + 1)
        near = [m for m in near if m.noun.i != inner.noun.i]
        if not near:
            return {}
        m = min(near, key=lambda m: (m.verb is None, abs(m.noun.i - inner.noun.i)))
        above = {t.i for t in inner.noun.ancestors}
        under = {t.i for t in m.noun.ancestors}
        f: dict[str, float] = {"t before": m.noun.i < inner.noun.i, "t dep " + m.noun.dep_: 1}
        f["t subject above"] = m.verb is not None and m.verb.i in above
        f["t owner"] = m.noun.dep_ == "poss" and m.noun.head.i == inner.noun.i
        f["t owner above"] = m.noun.dep_ == "poss" and m.noun.head.i in above
        f["t inner above"] = inner.verb is not None and inner.verb.i in under
        if m.verb is not None and m.verb.i in above:
            f["t verb " + m.verb.lemma_.lower()] = 1
            f["t verb says"] = m.says(self.voices.words.reporting)
        if inner.verb is not None and inner.verb.i in under:
            f["t inner verb " + inner.verb.lemma_.lower()] = 1
            f[f"t inner says {m.noun.dep_}"] = inner.says(self.voices.words.reporting)
        if m.noun.dep_ == "pobj":
            f["t prep " + m.noun.head.lower_] = 1
        return f


def _introduced(noun: Token) -> dict[str, float]:
    """How a source is brought in."""
    f: dict[str, float] = {"in dep " + noun.dep_: 1, "in lemma " + noun.lemma_.lower(): 1}
    f["in poss"] = any(c.dep_ == "poss" and c.lower_ in POSSESSIVE for c in noun.children)
    f["in indef"] = any(c.lower_ in {"a", "an", "one"} for c in noun.children)
    f["in def"] = any(c.lower_ == "the" for c in noun.children)
    f["in verb " + noun.head.lemma_.lower()] = 1
    f["in verb passive"] = noun.dep_ == "nsubjpass"
    return f
