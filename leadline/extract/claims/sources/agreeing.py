"""What speaks for each of those whom a pronoun may mean: where they stand, as what, who has been heard, and what their names say of them.

The centre of the sentence before (Grosz, Joshi and Weinstein 1995), grammatical roles and nearness (Lappin and Leass 1994), as marks that are weighed.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Token

from leadline.extract.claims.coded.grammar import NOUN_SUBJECTS
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.fitting import gender_of_name
from leadline.extract.claims.sources.mentioned import PRONOUNS, Mentioned, Rival
from leadline.extract.claims.sources.remembered import OF_GENDER
from leadline.extract.claims.sources.who import Who, key_of

TALKING = rule_words("agreeing.talking")
ROLES = frozenset({"dobj", "dative", "agent", "poss", "appos", "conj", "attr", "ROOT"})


def clues(text: Mentioned, pronoun: Token, rivals: list[Rival], rule: Who | None) -> list[frozenset[str]]:
    """The marks of each of those whom a pronoun may mean; those after a colon are weighed by its form."""
    form = PRONOUNS[pronoun.lower_]
    rule_key = key_of(rule) if rule is not None else ""
    heard = sorted((r for r in rivals if r.heard >= 0), key=lambda r: -r.heard)
    told = {PRONOUNS[t.lower_] for t in _objects(pronoun.head) if t.lower_ in PRONOUNS} - {form}
    first = min((r.nouns[0].i for r in rivals if r.nouns), default=-1)
    found = []
    for rank, rival in enumerate(rivals):
        marks = {f"rank {min(rank, 4)}"}
        marks |= set(_place(text, pronoun, rival))
        marks |= set(_grammar(text, pronoun, rival))
        marks |= set(_kind(text, rival, form))
        if rival.heard >= 0:
            ahead = heard.index(rival)
            marks |= {"heard", "heard last" if ahead == 0 else "heard before"}
            apart = text.sentence_of(pronoun) - text.sentence_of(text.doc[rival.heard])
            marks |= {f"heard {apart}"} if apart < 2 else set()
        if told:  # `He told her that …`: she is the one who has been heard
            marks.add("told last" if heard and heard[0] is rival else "told other")
        if rule_key and key_of(rival.who) == rule_key:
            marks.add("rule")
        if rival.nouns and rival.nouns[0].i == first:
            marks.add("first")
        group = "he" if form in {"he", "she"} else form
        found.append(frozenset(marks) | {f"{group}: {m}" for m in marks})
    return found


def _objects(cue: Token) -> Iterable[Token]:
    for c in cue.children:
        if c.dep_ in {"dobj", "dative"}:
            yield c
        if c.dep_ in {"prep", "dative"}:
            yield from (g for g in c.children if g.dep_ == "pobj")


def _place(text: Mentioned, pronoun: Token, rival: Rival) -> Iterable[str]:
    """How far back, and in which quotation."""
    last, noun = rival.last, rival.nouns[-1] if rival.nouns else None
    here = text.sentence_of(pronoun)
    yield f"back {_far(here - text.sentence_of(last))}"
    yield f"noun back {_far(here - text.sentence_of(noun))}" if noun is not None else "no noun"
    lines = text.line_of(pronoun) - text.line_of(last)
    yield "line 0" if lines == 0 else "line 1" if lines == 1 else "line 2"
    yield f"mentions {min(len(rival.nouns) + len(rival.pronouns), 4)}"
    there = text._quotation(last.idx)
    if there >= 0:
        yield "same quotation" if there == text._quotation(pronoun.idx) else "quoted"


def _far(sentences: int) -> str:
    return str(sentences) if sentences < 4 else "4" if sentences < 6 else "6" if sentences < 9 else "9"


def _grammar(text: Mentioned, pronoun: Token, rival: Rival) -> Iterable[str]:
    """As what it is mentioned last, and in the sentence before."""
    last, noun = rival.last, rival.nouns[-1] if rival.nouns else None
    back = text.sentence_of(pronoun) - text.sentence_of(last)
    yield f"role {_role(last)}"
    if back <= 1:
        yield f"near {_role(last)}"
    if noun is not None:
        yield f"noun role {_role(noun)}"
    verb = last.head if last.dep_ in {*NOUN_SUBJECTS, "dobj", "dative", "attr"} else last.head.head
    subject = last.dep_ in NOUN_SUBJECTS
    root = subject and last.head.i == last.sent.root.i
    if root:
        yield "centre"
    if back == 1 and subject:
        yield "subject before"
    if back == 1 and root:
        yield "centre before"
    before = [t for t in (*rival.nouns, *rival.pronouns) if text.sentence_of(pronoun) - text.sentence_of(t) == 1]
    if any(t.dep_ in NOUN_SUBJECTS and t.head.i == t.sent.root.i for t in before):
        yield "some centre before"
    opening = text.opening_of(pronoun)
    if any(t.dep_ in NOUN_SUBJECTS and text.sentence_of(t) == opening for t in (*rival.nouns, *rival.pronouns)):
        yield "opens"
    if last.lower_ in PRONOUNS:
        yield "pronoun"
        if back == 1:
            yield "pronoun before"
            if subject:
                yield "pronoun subject before"
    if last.dep_ == "nsubj" and last.head.lemma_.lower() in text.words.reporting:
        yield "says"
    if last.dep_ in {"dobj", "dative", "pobj"} and verb.lemma_.lower() in {"tell", "say", "write", "give"}:
        yield "told to"
    if any(a.dep_ == "ccomp" and a.head.lemma_.lower() in text.words.reporting for a in (last, *last.ancestors)):
        yield "told of"
        if back == 1:
            yield "told of before"
    if any(a.dep_ in {"relcl", "advcl", "acl"} for a in (last, *last.ancestors)):
        yield "in a clause"
    beside = {c.lower_ for c in last.children if c.dep_ in {"det", "poss", "nummod"}}
    if beside & {"a", "an", "one", "another"}:
        yield "new"
        if back <= 1:
            yield "new near"
    if any(c.dep_ == "poss" for c in last.children):
        yield "owned"
        if beside & {"his", "her", "my", "their"}:
            yield "theirs"
    if any(c.dep_ == "relcl" for c in last.children):
        yield "with clause"
    if last.dep_ in {"dobj", "pobj"} and verb.lemma_.lower() in TALKING:
        yield "spoken to"
    if last.dep_ == "nsubj" and last.i > last.head.i and last.head.lemma_.lower() not in text.words.reporting:
        yield "inverted"  # `In the next room sits …`
    if last.dep_ in {"nsubj", "attr"} and last.head.lemma_ == "be":
        yield "is"
    if last.pos_ == "PROPN":
        yield "name"
    if noun is not None and noun.pos_ == "PROPN":
        yield "noun name"


def _role(word: Token) -> str:
    if word.dep_ in NOUN_SUBJECTS:
        return "subject"
    if word.dep_ == "pobj":
        return f"pobj {word.head.lower_}" if word.head.lower_ in {"to", "with", "of", "by", "from"} else "pobj"
    return word.dep_ if word.dep_ in ROLES else "other"


def _kind(text: Mentioned, rival: Rival, form: str) -> Iterable[str]:
    """What it is, and what its names say of its gender."""
    who = rival.who
    yield f"kind {who.kind or 'none'}"
    if who.plural:
        yield "plural"
    if who.source is not None:
        yield "register"
    if who.carrier:
        yield "carrier"
    if form not in {"he", "she"}:
        return
    if text.gender(who):
        yield "gender"
        return
    if known := text.genders.get(who.canonical, ""):
        yield "known" if known == OF_GENDER[form] else "known misfits"
    if any(t.pos_ == "PROPN" for t in rival.nouns):
        names = who.canonical.lower().split()
        if gender_of_name(who):
            yield "surname"
        else:
            yield "given fits" if names[0].endswith("a") == (form == "she") else "given misfits"
