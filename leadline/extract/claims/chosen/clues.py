"""What speaks for each of those who may have said a clause: the clues that a choice among them is learned from.

A text names its sources a sentence or a paragraph before what they say, goes on in their voice without saying so, and comes back to its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.chosen.mentions import FAR, Mentions
from leadline.extract.claims.chosen.retold import Retold
from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.coded.sentences import Meanings
from leadline.extract.claims.sources.remembered import OF_GENDER, gender_of
from leadline.extract.claims.sources.who import BODY_KINDS, FIRST_PERSON, Who, key_of
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.statements.lineage import Lineage

NEAR = 8
"""Sentences within which somebody who was only named may speak."""
KINDS = (
    "soldier", "relative", "witness", "person", "commander", "official", "analyst", "outlet", "agency", "channel", "monitor",
    "state-body", "armed-force", "court", "international", "document", "reports",
)  # fmt: skip
RECALLING = frozenset({"tell", "recall", "describe", "testify", "recount", "remember", "speak", "talk", "complain"})
TELLING = frozenset({"tell", "speak", "talk", "say", "write"})
ASIDE = frozenset({"meanwhile", "separately", "earlier", "previously", "since", "last", "however", "but"})
HEDGING = frozenset({"reportedly", "allegedly", "apparently", "supposedly", "alleged"})


@dataclass(frozen=True)
class Statement:
    """A sentence with the lineage of what is said in it."""

    sentence: TokenSpan
    paragraph: int
    lineage: Lineage
    marked: bool

    @cached_property
    def key(self) -> str:
        """Who speaks; empty for nobody."""
        return key_of(self.lineage.whos[-1]) if self.lineage.whos else ""

    @cached_property
    def keys(self) -> frozenset[str]:
        """Everybody in the chain."""
        return frozenset(map(key_of, self.lineage.whos))


@dataclass(frozen=True)
class Possible:
    """One who may have said a clause, with the lineage that this gives it."""

    who: Who | None
    lineage: Lineage
    clues: dict[str, float] = field(default_factory=dict)


class Clues:
    """The statements of one text, and what speaks for each of their speakers at any clause of it."""

    def __init__(
        self,
        chains: Chains,
        sentences: tuple[TokenSpan, ...],
        publisher_kind: str = "",
        meanings: Meanings | None = None,
    ) -> None:
        self.chains, self.voices, self.naming = chains, chains.voices, chains.naming
        self.doc, self.sentences = chains.doc, sentences
        self.publisher_kind, self.meanings = publisher_kind, meanings
        self.starts = [s.start for s in sentences]
        self.mentions = Mentions(chains.voices, chains.naming, sentences, self.at)

    @cached_property
    def statements(self) -> list[Statement]:
        """The lineage of every sentence: of the content that its outermost voice reports, else of its own verb."""
        cued: dict[int, list[frozenset[int]]] = {}
        for v in self.voices.all:
            if v.who is not None and v.content:
                cued.setdefault(self.at(v.cue_token.i), []).append(v.content)
        found = []
        for k, s in enumerate(self.sentences):
            content = max(cued.get(k, ()), key=len, default=frozenset())
            inside = [self.doc[i] for i in sorted(content) if s.start <= i < s.end]
            head = next((t for t in inside if t.head.i not in content or t.head.i == t.i), None) if inside else s.root
            lineage = self.chains.lineage(head or s.root, tuple(s))
            found.append(Statement(s, self.voices.paragraph_of(s.start_char), lineage, bool(content)))
        return found

    @cached_property
    def retold(self) -> Retold:
        """Whose story the text retells."""
        return Retold(tuple(s.lineage for s in self.statements), tuple(s.paragraph for s in self.statements))

    def story(self, k: int) -> dict[str, float]:
        """How a sentence stands to the story that the text retells, and whether its publisher spoke to anybody itself."""
        return self.retold.at(k, self.mentions.of(self.retold.main[0]).within) | {"told to it": self._told_to_publisher}

    @cached_property
    def _told_to_publisher(self) -> bool:
        """Whether somebody told the publisher: `told us`, `spoke to` by its name; then the text is no mere retelling."""
        whom = {"us", *(name.split()[-1] for name in self.naming.own)}
        for t in self.doc:
            if t.lower_ in whom and t.dep_ in {"dobj", "dative", "pobj"}:
                verb = t.head.head if t.dep_ == "pobj" else t.head
                if verb.lemma_.lower() in TELLING and not self.naming.in_quotation(t):
                    return True
        return False

    def at(self, i: int) -> int:
        """Index of the sentence that holds a token."""
        return max(0, bisect_right(self.starts, i) - 1)

    # -- asked for every clause, and worked out for the text once ------------------------------------------------------

    @cached_property
    def stated(self) -> dict[str, list[int]]:
        """The sentences in which each source speaks, those of nobody under an empty key."""
        return self._sentences(lambda s: (s.key,))

    @cached_property
    def _chained(self) -> dict[str, list[int]]:
        return self._sentences(lambda s: s.keys)

    @cached_property
    def _marked(self) -> dict[str, list[int]]:
        return self._sentences(lambda s: (s.key,) if s.marked else ())

    def _sentences(self, keys: Callable[[Statement], Iterable[str]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for k, s in enumerate(self.statements):
            for key in keys(s):
                found.setdefault(key, []).append(k)
        return found

    @cached_property
    def _speakers(self) -> list[tuple[int, int]]:
        """Before each sentence: how many have spoken, and the sentence in which somebody spoke last, -1 for none."""
        found: list[tuple[int, int]] = []
        heard: set[str] = set()
        last = -1
        for k, s in enumerate(self.statements):
            found.append((len(heard), last))
            if s.key:
                heard.add(s.key)
                last = k
        return found

    @cached_property
    def _opening(self) -> dict[int, int]:
        """The first sentence of each paragraph."""
        found: dict[int, int] = {}
        for k, s in enumerate(self.statements):
            found.setdefault(s.paragraph, k)
        return found

    @cached_property
    def _first_heard(self) -> dict[int, int]:
        """The first sentence of each paragraph in which somebody speaks."""
        found: dict[int, int] = {}
        for k, s in enumerate(self.statements):
            if s.key:
                found.setdefault(s.paragraph, k)
        return found

    def told(self, head: Token) -> Floats | None:
        """What the sentence of a word means; None where nothing reads meanings."""
        return self.meanings.of(self.at(head.i)) if self.meanings is not None else None

    # -- who may have said it ----------------------------------------------------------------------------------------

    def possible(self, head: Token, clause: tuple[Token, ...], ruled: Lineage) -> list[Possible]:
        """Nobody, the one whom the rules name, and everybody who speaks before the clause, in its sentence or in the next."""
        k = self.at(head.i)
        found: dict[str, Possible] = {}
        if ruled.whos:
            found[key_of(ruled.whos[-1])] = Possible(ruled.whos[-1], ruled)
        found[""] = Possible(None, ruled if not ruled.whos else Lineage(recording=ruled.recording))
        for who in reversed(ruled.whos[:-1]):
            n = ruled.whos.index(who) + 1
            found.setdefault(key_of(who), Possible(who, Lineage(ruled.hops[:n], ruled.whos[:n], ruled.recording)))
        order = [*range(k, max(-1, k - FAR), -1), *range(k + 1, min(len(self.sentences), k + 3))]
        for j in order:
            lineage = self.statements[j].lineage
            for n, who in reversed(list(enumerate(lineage.whos, 1))):
                if key_of(who) not in found:
                    cut = Lineage(lineage.hops[:n], lineage.whos[:n], lineage.recording)
                    found[key_of(who)] = Possible(who, cut)
        for key in self.mentions.named_in(k - NEAR + 1, k + 2):
            if key not in found:
                near = self.mentions.of(key).in_sentences(k - NEAR + 1, k + 2)
                m = near[-1] if near[-1].sentence <= k else near[0]
                found[key] = Possible(m.who, Lineage((m.who.hop(""),), (m.who,)))
        common = self._of_clause(head, k)
        return [replace(p, clues=self.clues(head, clause, ruled, p, common)) for p in found.values()]

    # -- what speaks for them ----------------------------------------------------------------------------------------

    def clues(
        self, head: Token, clause: tuple[Token, ...], ruled: Lineage, p: Possible, common: dict[str, float]
    ) -> dict[str, float]:
        """The clues for one of them, by name, with those `common` to all; what is not named is nought."""
        k = self.at(head.i)
        s = self.sentences[k]
        here = self.voices.paragraph_of(s.start_char)
        f = dict(common)
        rule = key_of(ruled.whos[-1]) if ruled.whos else ""
        key = key_of(p.who) if p.who else ""
        marked = ruled.attribution is not None and ruled.cue is not None
        same = marked and ruled.cue is not None and self.at(ruled.cue.i) == k
        f["rule none"] = not rule
        f["rule marked here"] = same
        f["rule marked before"] = marked and not same
        f["rule unmarked"] = bool(rule) and not marked
        f["rule hops 2"] = len(ruled.whos) > 1
        subject = next((c for c in ruled.cue.children if c.dep_ == "nsubj"), None) if ruled.cue is not None else None
        if subject is not None:
            f["cue he"] = subject.lower_ in OF_GENDER
            f["cue they"] = subject.lower_ == "they"
            f["cue it"] = subject.lower_ == "it"
            f["cue name"] = subject.pos_ == "PROPN"
            f["cue the"] = any(c.lower_ in {"the", "this", "that"} for c in subject.children)
            f["cue bare"] = not any(c.dep_ in {"det", "amod", "poss"} for c in subject.children)
            f["cue subject"] = p.who is not None and self.mentions.of(key).is_at(subject.i)
            if p.who is not None and subject.lower_ in OF_GENDER:
                gender = gender_of(p.who) or self.naming.genders.get(p.who.canonical, "")
                f["cue fits"] = gender in {"", OF_GENDER[subject.lower_]} and not p.who.plural
                f["cue sure"] = gender == OF_GENDER[subject.lower_]
            f["cue they fits"] = p.who is not None and p.who.plural and subject.lower_ == "they"
        f["none"] = not key
        f["rule"] = rule == key
        f["outer of rule"] = any(key_of(w) == key for w in ruled.whos[:-1])
        sts = self.statements
        before = _within(self.stated, key, k - FAR, k + 1)
        in_chain = _within(self._chained, key, k - FAR, k + 1)
        after = _within(self.stated, key, k + 1, k + 4)
        prev = before[:-1] if before and before[-1] == k else before
        back = k - before[-1] if before else FAR
        for n in (0, 1, 2, 3):
            f[f"back {n}"] = back == n
        f["back some"] = 3 < back < FAR
        f["back never"] = back == FAR
        f["back log"] = 1 / (1 + back)
        f["prev 1"] = bool(prev) and k - prev[-1] == 1
        apart = here - sts[before[-1]].paragraph if before else 9
        f["par 0"], f["par 1"], f["par 2"], f["par far"] = apart == 0, apart == 1, apart == 2, apart > 2
        f["in chain"] = bool(in_chain) and k - in_chain[-1] < 3
        f["next same par"] = bool(after) and sts[after[0]].paragraph == here
        f["next 1"] = bool(after) and after[0] == k + 1
        marks = _within(self._marked, key, k - FAR, k + 1)
        f["marked same par"] = bool(marks) and sts[marks[-1]].paragraph == here
        f["marked par before"] = bool(marks) and sts[marks[-1]].paragraph == here - 1
        others = self._others(key, k, since=before[-1] if before else -1)
        f["others 0"], f["others 1"], f["others 2"] = not others, others == 1, others > 1
        if k:
            f["prev none"] = not sts[k - 1].key
            f["prev is"] = sts[k - 1].key == key
            f["prev same par"] = sts[k - 1].paragraph == here
            f["prev is same par"] = sts[k - 1].key == key and sts[k - 1].paragraph == here
        if k + 1 < len(sts):
            f["next none"] = not sts[k + 1].key
            f["next is"] = sts[k + 1].key == key
        first = self._first_heard.get(here, k + 1)
        f["opens par"] = first <= k and sts[first].key == key
        last = self._opening[here] - 1
        f["par before ends"] = last >= 0 and sts[last].key == key and sts[last].paragraph == here - 1
        spoke = self._speakers[k][1]
        f["last speaker"] = spoke >= 0 and sts[spoke].key == key
        says = len(self.stated.get(key, ()))
        f["share"] = says / len(sts)
        f["share none"] = len(self.stated.get("", ())) / len(sts)
        f["says log"] = min(3.0, says) / 3
        f |= self.mentions.clues(head, clause, k, key)
        cue = sts[before[-1]].lineage.cue if before else None
        if cue is not None:
            f["cue recalling"] = cue.lemma_.lower() in RECALLING
            f["cue ends"] = cue.i > cue.sent.start + 0.6 * len(cue.sent)
            f["cue said"] = cue.lemma_.lower() == "say"
        if not key:
            f[f"pub {self.publisher_kind}"] = 1
            return f
        who = p.who
        assert who is not None
        f["hops 2"] = len(p.lineage.whos) > 1
        f[f"kind {who.kind}"] = 1
        f["plural"] = who.plural
        f["source"] = who.source is not None
        f["recording"] = p.lineage.recording is not None
        f["capital"] = who.canonical[:1].isupper()
        names = {w.lower() for w in who.canonical.split() if len(w) > 2}
        f["named in clause"] = any(t.lower_ in names for t in clause)
        f["named in front"] = any(t.lower_ in names for t in s[:8])
        f["doer named"] = any(
            t.lower_ in names for c in head.children if c.dep_ in {"nsubj", "nsubjpass"} for t in c.subtree
        )
        body = who.kind in BODY_KINDS | {"outlet", "agency", "channel", "monitor", "document", "reports"}
        gender = gender_of(who) or self.naming.genders.get(who.canonical, "")
        for place, tokens in (("front", s[:6]), ("clause", clause)):
            words = {t.lower_ for t in tokens}
            for pronoun, g in (("he", "m"), ("his", "m"), ("him", "m"), ("she", "f"), ("her", "f")):
                if pronoun in words:
                    f[f"{place} fits"] = not body and not who.plural and gender in {"", g}
                    f[f"{place} misfits"] = body or who.plural or gender not in {"", g}
                    f[f"{place} sure"] = gender == g
            if words & {"they", "them", "their"}:
                f[f"{place} they fits"] = who.plural or body
                f[f"{place} they misfits"] = not (who.plural or body)
            if words & {"we", "our", "us"}:
                f[f"{place} we"] = who.plural or body
            if words & {"i", "my", "me"}:
                f[f"{place} i"] = not who.plural and not body
            if words & {"it", "its"}:
                f[f"{place} it body"] = body
        return f

    def _others(self, key: str, k: int, *, since: int) -> int:
        """How many others spoke before sentence `k`, after sentence `since`."""
        if since >= 0:
            return len({s.key for s in self.statements[since + 1 : k]} - {"", key})
        heard = bool(key) and bool(_within(self.stated, key, 0, k))
        return self._speakers[k][0] - heard

    def _of_clause(self, head: Token, k: int) -> dict[str, float]:
        s = self.sentences[k]
        here = self.voices.paragraph_of(s.start_char)
        f: dict[str, float] = {"bias": 1}
        root = s.root
        f["quoted"] = self.naming.in_quotation(head)
        f["quote share"] = sum(self.naming.in_quotation(t) for t in s) / len(s)
        verb = next((t for t in (head, *head.ancestors) if t.pos_ in {"VERB", "AUX"}), head)
        for name, v in (("head", verb), ("root", root)):
            aux = {c.lower_ for c in v.children if c.dep_ in {"aux", "auxpass"}}
            f[f"{name} past"] = v.tag_ == "VBD" or bool(aux & {"was", "were", "did"})
            f[f"{name} perfect"] = "had" in aux
            f[f"{name} has"] = bool(aux & {"has", "have", "'ve"})
            f[f"{name} present"] = v.tag_ in {"VBZ", "VBP"} or bool(aux & {"is", "are", "'re", "do", "does"})
            f[f"{name} modal"] = bool(aux & {"will", "would", "could", "can", "may", "might", "must", "should"})
        f["head is root"] = verb.i == root.i
        f["clause sub"] = any(a.dep_ in {"relcl", "advcl", "acl"} for a in (verb, *verb.ancestors))
        f["clause ccomp"] = any(a.dep_ in {"ccomp", "xcomp"} for a in (verb, *verb.ancestors))
        f["first in par"] = k == 0 or self.statements[k - 1].paragraph != here
        f["headline"] = here == 0
        f["lead"] = here in {1, 2}
        f["position"] = k / len(self.sentences)
        f["last par"] = here >= self.statements[-1].paragraph - 1
        words = {t.lower_ for t in s}
        f["hedge"] = bool(words & HEDGING)
        f["aside"] = bool({t.lower_ for t in s[:4]} & ASIDE)
        f["first person"] = bool(words & FIRST_PERSON)
        f["he"] = bool(words & {"he", "his", "him"})
        f["she"] = bool(words & {"she", "her"})
        f["they"] = bool(words & {"they", "their", "them"})
        front = {t.lower_ for t in s[:3]}
        f["front he"] = bool(front & set(OF_GENDER))
        f["front they"] = bool(front & {"they", "their", "them"})
        f["front the"] = s[0].lower_ in {"the", "that", "this", "those", "these"}
        f["front a"] = s[0].lower_ in {"a", "an", "one", "some", "two", "three", "several", "another"}
        f["front in"] = s[0].lower_ in {"in", "on", "at", "after", "when", "since", "by", "under"}
        f["date"] = any(t.ent_type_ == "DATE" for t in s)
        f["number"] = any(t.like_num for t in s)
        f["names"] = any(t.ent_type_ in {"ORG", "GPE"} for t in s)
        f["cue here"] = self.statements[k].marked
        f["root " + root.lemma_.lower()] = 1
        f["verb " + verb.lemma_.lower()] = 1
        f["opens " + s[0].lower_] = 1
        f["long"] = len(s) > 30
        f["short"] = len(s) < 10
        return f


def _within(found: dict[str, list[int]], key: str, start: int, end: int) -> list[int]:
    """The sentences found for a key from `start` up to but without `end`."""
    ks = found.get(key, [])
    return ks[bisect_left(ks, start) : bisect_left(ks, end)]
