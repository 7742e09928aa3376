"""Attributions as tokens: cue, source and content, mended where the marks or the parse hide them.

A source that an attribution does not name comes from the grammar of its verb; `…, the outlet X reported` is read as it stands in the
sentence, whatever was made of its front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from leadline.extract.claims.coded.grammar import active_subject, subjects
from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.sources.who import phrase_of
from leadline.extract.claims.statements.beside import before, is_joined
from leadline.extract.claims.words import tokens_between
from leadline.schema import Attribution

LONGEST_FRONT = 4
"""Words of a noun phrase before the name at its end (`the independent news outlet`)."""


@dataclass(frozen=True)
class Said:
    """An attribution as tokens; one that the grammar alone shows has an empty id."""

    attribution: Attribution
    cue: Token
    source: tuple[Token, ...]
    content: frozenset[int]

    def position(self, mentions: frozenset[int]) -> int:
        """Where it is read: with its source, after the recordings that the source names."""
        inside: list[int] = [t.i for t in self.source if t.i in mentions]
        first: int = self.source[0].i if self.source else self.cue.i
        return max(inside, default=first)


class Sayings:
    """Reads the attributions of one text as tokens."""

    def __init__(self, doc: Doc, is_named: Callable[[Token], bool]) -> None:
        self.doc, self.is_named = doc, is_named
        self.words = load_lexicon()

    def read(self, a: Attribution) -> Said:
        """An attribution as tokens, with the source that grammar gives it where it names none."""
        cue = _main([t for s, e in a.cue for t in tokens_between(self.doc, s, e)])
        source = tuple(t for s, e in a.source for t in tokens_between(self.doc, s, e))
        content = frozenset(t.i for s, e in a.content for t in tokens_between(self.doc, s, e))
        if (outer := self._overgrown(a, cue, content)) is not None:
            return outer
        if turned := self._inverted(cue, content) or self._torn(source, content):
            return Said(a, cue, *turned)
        if reduced := self._reduced(cue):
            return Said(a, cue, reduced, frozenset(i for i in content if i > cue.i))
        if self.is_impersonal(cue):  # `in the report of the staff, it was reported that`
            return Said(a, cue, self._setting(cue), content)
        if not source and (source := self._unmarked_source(cue)):
            after = frozenset(i for i in content if i > cue.i)
            content = after if after and is_joined(cue, self.doc[min(content)]) else content
        return Said(a, cue, self._own_subject(cue, source) or source, content)

    def _overgrown(self, a: Attribution, cue: Token, content: frozenset[int]) -> Said | None:
        """`A man who is said to be a gunner tells his mother: …`: the clause beside the noun has swallowed the verb of the sentence."""
        noun, verb = cue.head, cue.head.head
        if (
            cue.dep_ != "relcl"
            or noun.dep_ != "nsubj"
            or verb.i not in content
            or verb.lemma_.lower() not in self.words.reporting
        ):
            return None
        before = tuple(t for t in self.doc[noun.left_edge.i : noun.i + 1])
        return Said(a, verb, before, frozenset(i for i in content if i > verb.i))

    def _own_subject(self, cue: Token, source: tuple[Token, ...]) -> tuple[Token, ...]:
        """The person who is the cue's own subject, where the attribution names somebody further off (`released a call in which …`)."""
        verb = cue.head if cue.dep_ == "conj" and not any(c.dep_ == "nsubj" for c in cue.children) else cue
        subject = active_subject(verb)
        if subject is None or not source or any(t.i == subject.i for t in source):
            return ()
        addressed = any(
            t.head.i == cue.i and t.dep_ in {"dobj", "dative"} for t in source
        )  # `soldiers have told the station that …`
        if cue.dep_ != "relcl" and not addressed:
            return ()
        spoken_of = subject.lower_ in {"he", "she"} and verb.i != cue.i  # `she said he had called and told her that …`
        if not spoken_of and not self.words.kind(subject.lemma_.lower()) and not self.is_named(subject):
            return ()
        return tuple(phrase_of(subject))

    def _reduced(self, cue: Token) -> tuple[Token, ...]:
        """`Soldiers captured this summer have told …`: a participle that the parse takes for a clause of its own holds the subject."""
        if cue.pos_ != "VERB" or any(c.dep_ in {"nsubj", "nsubjpass"} for c in cue.children):
            return ()
        for c in cue.children:
            if c.dep_ not in {"ccomp", "csubj", "advcl", "parataxis"} or c.tag_ not in {"VBN", "VBD"} or c.i > cue.i:
                continue
            subject = next((g for g in c.children if g.dep_ == "nsubj" and self.words.kind(g.lemma_.lower())), None)
            if subject is None:
                continue
            whole = not any(x.text == "," or x.is_quote for x in self.doc[c.i : cue.i])
            set_off = (
                c.nbor(-1).text == "," == cue.nbor(-1).text and subject.i < c.i - 1
            )  # `The embassy, asked for comment, said`
            if (whole and c.dep_ != "parataxis") or set_off:
                return tuple(t for t in subject.subtree if t.i <= subject.i + 8 and t.i < c.i)
        return ()

    def is_impersonal(self, cue: Token) -> bool:
        """Whether nobody says it: `it was reported that …`."""
        return any(c.dep_ == "nsubjpass" and c.lower_ == "it" for c in cue.children)

    def _setting(self, cue: Token) -> tuple[Token, ...]:
        """The carrier that a statement is made in (`in the ministry's report`)."""
        for c in cue.children:
            if c.dep_ == "prep" and c.lower_ in {"in", "per", "from"}:
                for g in c.children:
                    if g.dep_ == "pobj" and g.lemma_.lower() in self.words.carriers:
                        return tuple(phrase_of(g))
        return ()

    def _unmarked_source(self, cue: Token) -> tuple[Token, ...]:
        """The source that the grammar gives a verb of saying where the attribution names none."""
        if cue.pos_ not in {"VERB", "AUX"}:
            return ()
        if any(c.dep_ == "auxpass" for c in cue.children) and any(c.dep_ == "nsubjpass" for c in cue.children):
            return ()  # `the deaths were confirmed`: what is told, not who tells it
        verb = cue
        for _ in range(3):
            roles = {"nsubj"} if verb.i == cue.i else {"nsubj", "nsubjpass"}  # `can be heard saying`
            subject = next((c for c in verb.children if c.dep_ in roles and c.lower_ not in {"it", "there"}), None)
            subject = subject or next(iter(subjects(verb)), None)
            if subject is not None:
                return tuple(phrase_of(subject))
            if verb.dep_ == "acl" and verb.tag_ == "VBG" and verb.head.pos_ in {"NOUN", "PROPN"}:  # a soldier telling
                noun = verb.head
                return tuple(t for t in noun.subtree if t.i < verb.left_edge.i)
            if verb.dep_ not in {"xcomp", "conj"}:
                break
            verb = verb.head
        return self._words_before(cue)

    def _words_before(self, cue: Token) -> tuple[Token, ...]:
        """The noun phrase between a quotation's end (or a comma) and a verb of saying, whatever the parse makes of it."""
        words: list[Token] = []
        for t in reversed(self.doc[max(cue.sent.start, cue.i - 10) : cue.i]):
            if t.dep_ == "relcl" and words and cue.sent.start <= t.head.i < t.i:
                return tuple(self.doc[t.head.left_edge.i : cue.i])  # `…, a group that represents them said`
            if (
                t.is_punct
                or t.is_space
                or any(q in t.text for q in '”"»')
                or (t.pos_ in {"VERB", "SCONJ", "CCONJ"} and t.tag_ != "VBN")
            ):
                break
            words.insert(0, t)
        return tuple(words) if any(t.pos_ in {"NOUN", "PROPN", "PRON"} for t in words) else before(cue)

    def _inverted(self, cue: Token, content: frozenset[int]) -> tuple[tuple[Token, ...], frozenset[int]] | None:
        """`…”, specifies the press release.`: the noun phrase after the verb is the source, what precedes it the content."""
        before = self.doc[cue.i - 1] if cue.i else None
        after = [t for t in cue.sent if t.i > cue.i and not t.is_punct and not t.is_space]
        if before is None or not (before.is_punct or before.is_quote) or not after or len(after) > 8:
            return None
        quoted = any(q in t.text for t in self.doc[max(0, cue.i - 2) : cue.i] for q in '”"»')
        if not quoted and any(c.dep_ == "nsubj" and c.i < cue.i for c in cue.children):
            return None  # `A medic, who asked not to be named, described the retreat.`
        if any(t.pos_ in {"VERB", "AUX"} for t in after) or cue.pos_ != "VERB":
            return None
        if cue.lemma_.lower() not in self.words.stating or not content <= {t.i for t in after} | {cue.i + 1}:
            return None
        said = frozenset(t.i for t in cue.sent if t.i < cue.i and not t.is_space)
        return (tuple(after), said) if len(said) > 4 else None

    def _torn(
        self, source: tuple[Token, ...], content: frozenset[int]
    ) -> tuple[tuple[Token, ...], frozenset[int]] | None:
        """`…, the independent outlet X reported`: a content that is only the front of its source's own noun phrase."""
        if not source or not content or len(content) > LONGEST_FRONT or max(content) != source[0].i - 1:
            return None
        front = [self.doc[i] for i in sorted(content)]
        start = front[0].i
        if any(t.pos_ in {"VERB", "AUX"} for t in front) or start <= source[0].sent.start:
            return None
        if self.doc[start - 1].text != ",":
            return None
        said = frozenset(t.i for t in self.doc[source[0].sent.start : start - 1] if not t.is_space)
        return ((*front, *source), said) if len(said) > LONGEST_FRONT else None


def _main(cue: list[Token]) -> Token:
    inside = {t.i for t in cue}
    verbs = [t for t in cue if t.pos_ == "VERB"]
    if verbs:
        return verbs[-1]
    return next((t for t in cue if t.head.i not in inside), cue[0])
