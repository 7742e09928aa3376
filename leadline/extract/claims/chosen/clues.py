"""What speaks for each of those who may have said a clause: the clues that a choice among them is learned from.

A text names its sources a sentence or a paragraph before what they say, goes on in their voice without saying so, and comes back to its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.chosen.clauses import clause_clues
from leadline.extract.claims.chosen.mentions import FAR, Mentions
from leadline.extract.claims.chosen.retold import Retold
from leadline.extract.claims.chosen.stated import Stated, within
from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.coded.grammar import active_subject
from leadline.extract.claims.coded.sentences import Meanings
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.kinds import NO_PERSONS
from leadline.extract.claims.sources.remembered import OF_GENDER, gender_of
from leadline.extract.claims.sources.who import Who, key_of
from leadline.extract.claims.statements.chains import Chains
from leadline.extract.claims.statements.lineage import Lineage

NEAR = 8
"""Sentences within which somebody who was only named may speak."""
RECALLING = rule_words("clues.recalling")
TELLING = rule_words("clues.telling")


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
        self.stated = Stated(chains, sentences)
        self.mentions = Mentions(chains.voices, chains.naming, sentences, self.stated.at)

    @cached_property
    def retold(self) -> Retold:
        """Whose story the text retells."""
        return Retold(tuple(s.lineage for s in self.stated.all), tuple(s.paragraph for s in self.stated.all))

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

    def told(self, head: Token) -> Floats | None:
        """What the sentence of a word means; None where nothing reads meanings."""
        return self.meanings.of(self.stated.at(head.i)) if self.meanings is not None else None

    # -- who may have said it ----------------------------------------------------------------------------------------

    def possible(self, head: Token, clause: tuple[Token, ...], ruled: Lineage) -> list[Possible]:
        """Nobody, the one whom the rules name, and everybody who speaks before the clause, in its sentence or in the next."""
        k = self.stated.at(head.i)
        found: dict[str, Possible] = {}
        if ruled.whos:
            found[key_of(ruled.whos[-1])] = Possible(ruled.whos[-1], ruled)
        found[""] = Possible(None, ruled if not ruled.whos else Lineage(recording=ruled.recording))
        for who in reversed(ruled.whos[:-1]):
            n = ruled.whos.index(who) + 1
            found.setdefault(key_of(who), Possible(who, Lineage(ruled.hops[:n], ruled.whos[:n], ruled.recording)))
        order = [*range(k, max(-1, k - FAR), -1), *range(k + 1, min(len(self.sentences), k + 3))]
        for j in order:
            lineage = self.stated.all[j].lineage
            for n, who in reversed(list(enumerate(lineage.whos, 1))):
                if key_of(who) not in found:
                    cut = Lineage(lineage.hops[:n], lineage.whos[:n], lineage.recording)
                    found[key_of(who)] = Possible(who, cut)
        for key in self.mentions.named_in(k - NEAR + 1, k + 2):
            if key not in found:
                near = self.mentions.of(key).in_sentences(k - NEAR + 1, k + 2)
                m = near[-1] if near[-1].sentence <= k else near[0]
                found[key] = Possible(m.who, Lineage((m.who.hop(""),), (m.who,)))
        common = clause_clues(self.stated, self.naming, head, k)
        return [replace(p, clues=self.clues(head, clause, ruled, p, common)) for p in found.values()]

    # -- what speaks for them ----------------------------------------------------------------------------------------

    def clues(
        self, head: Token, clause: tuple[Token, ...], ruled: Lineage, p: Possible, common: dict[str, float]
    ) -> dict[str, float]:
        """The clues for one of them, by name, with those `common` to all; what is not named is nought."""
        k, key = self.stated.at(head.i), key_of(p.who) if p.who is not None else ""
        f = dict(common)
        f.update(self._of_rule(ruled, p.who, key, k))
        f.update(self._of_turns(key, k))
        f.update(self.mentions.clues(head, clause, k, key))
        if p.who is None:
            f[f"pub {self.publisher_kind}"] = 1
            return f
        f["hops 2"] = len(p.lineage.whos) > 1
        f["recording"] = p.lineage.recording is not None
        f.update(self._of_who(p.who, head, clause, self.sentences[k]))
        return f

    def _of_rule(self, ruled: Lineage, who: Who | None, key: str, k: int) -> dict[str, float]:
        """Whom the rules name for a clause in sentence `k`, by which cue, and whether that is this one."""
        rule = key_of(ruled.whos[-1]) if ruled.whos else ""
        marked = ruled.attribution is not None and ruled.cue is not None
        same = marked and ruled.cue is not None and self.stated.at(ruled.cue.i) == k
        f: dict[str, float] = {
            "none": not key,
            "rule": rule == key,
            "outer of rule": any(key_of(w) == key for w in ruled.whos[:-1]),
            "rule none": not rule,
            "rule marked here": same,
            "rule marked before": marked and not same,
            "rule unmarked": bool(rule) and not marked,
            "rule hops 2": len(ruled.whos) > 1,
        }
        subject = active_subject(ruled.cue) if ruled.cue is not None else None
        if subject is None:
            return f
        f["cue he"] = subject.lower_ in OF_GENDER
        f["cue they"] = subject.lower_ == "they"
        f["cue it"] = subject.lower_ == "it"
        f["cue name"] = subject.pos_ == "PROPN"
        f["cue the"] = any(c.lower_ in {"the", "this", "that"} for c in subject.children)
        f["cue bare"] = not any(c.dep_ in {"det", "amod", "poss"} for c in subject.children)
        if who is None:
            return f
        f["cue subject"] = self.mentions.of(key).is_at(subject.i)
        if subject.lower_ in OF_GENDER:
            gender = self._gender(who)
            f["cue fits"] = gender in {"", OF_GENDER[subject.lower_]} and not who.plural
            f["cue sure"] = gender == OF_GENDER[subject.lower_]
        f["cue they fits"] = who.plural and subject.lower_ == "they"
        return f

    def _of_turns(self, key: str, k: int) -> dict[str, float]:
        """Where one speaks around sentence `k`, who speaks beside it, and how much of the text is that one's."""
        said, by_speaker = self.stated.all, self.stated.by_speaker
        here = said[k].paragraph
        f: dict[str, float] = {}
        before = within(by_speaker, key, k - FAR, k + 1)
        in_chain = within(self.stated.by_member, key, k - FAR, k + 1)
        after = within(by_speaker, key, k + 1, k + 4)
        earlier = before[:-1] if before and before[-1] == k else before
        back = k - before[-1] if before else FAR
        for n in (0, 1, 2, 3):
            f[f"back {n}"] = back == n
        f["back some"] = 3 < back < FAR
        f["back never"] = back == FAR
        f["back log"] = 1 / (1 + back)
        f["prev 1"] = bool(earlier) and k - earlier[-1] == 1
        apart = here - said[before[-1]].paragraph if before else 9
        f["par 0"], f["par 1"], f["par 2"], f["par far"] = apart == 0, apart == 1, apart == 2, apart > 2
        f["in chain"] = bool(in_chain) and k - in_chain[-1] < 3
        f["next same par"] = bool(after) and said[after[0]].paragraph == here
        f["next 1"] = bool(after) and after[0] == k + 1
        cued = within(self.stated.by_cued, key, k - FAR, k + 1)
        f["marked same par"] = bool(cued) and said[cued[-1]].paragraph == here
        f["marked par before"] = bool(cued) and said[cued[-1]].paragraph == here - 1
        others = self.stated.others(key, k, since=before[-1] if before else -1)
        f["others 0"], f["others 1"], f["others 2"] = not others, others == 1, others > 1
        if k:
            f["prev none"] = not said[k - 1].key
            f["prev is"] = said[k - 1].key == key
            f["prev same par"] = said[k - 1].paragraph == here
            f["prev is same par"] = said[k - 1].key == key and said[k - 1].paragraph == here
        if k + 1 < len(said):
            f["next none"] = not said[k + 1].key
            f["next is"] = said[k + 1].key == key
        first = self.stated.first_heard.get(here, k + 1)
        f["opens par"] = first <= k and said[first].key == key
        last = self.stated.opening[here] - 1
        f["par before ends"] = last >= 0 and said[last].key == key and said[last].paragraph == here - 1
        spoke = self.stated.before[k][1]
        f["last speaker"] = spoke >= 0 and said[spoke].key == key
        says = len(by_speaker.get(key, ()))
        f["share"] = says / len(said)
        f["share none"] = len(by_speaker.get("", ())) / len(said)
        f["says log"] = min(3.0, says) / 3
        cue = said[before[-1]].lineage.cue if before else None
        if cue is not None:
            f["cue recalling"] = cue.lemma_.lower() in RECALLING
            f["cue ends"] = cue.i > cue.sent.start + 0.6 * len(cue.sent)
            f["cue said"] = cue.lemma_.lower() == "say"
        return f

    def _of_who(self, who: Who, head: Token, clause: tuple[Token, ...], sentence: TokenSpan) -> dict[str, float]:
        """What one is, and whether the names and pronouns of a clause and of the front of its sentence are that one's."""
        f: dict[str, float] = {f"kind {who.kind}": 1, "plural": who.plural, "source": who.source is not None}
        f["capital"] = who.canonical[:1].isupper()
        names = {w.lower() for w in who.canonical.split() if len(w) > 2}
        f["named in clause"] = any(t.lower_ in names for t in clause)
        f["named in front"] = any(t.lower_ in names for t in sentence[:8])
        f["doer named"] = any(
            t.lower_ in names for c in head.children if c.dep_ in {"nsubj", "nsubjpass"} for t in c.subtree
        )
        body = who.kind in NO_PERSONS
        gender = self._gender(who)
        for place, tokens in (("front", sentence[:6]), ("clause", clause)):
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

    def _gender(self, who: Who) -> str:
        """What nouns, or pronouns that meant somebody, say of gender: `f`, `m`, or nothing."""
        return gender_of(who) or self.naming.genders.get(who.canonical, "")
