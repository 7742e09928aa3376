"""Names that a text shows to be persons', whatever the recogniser takes them for.

A small recogniser takes a given name for a place or a firm, or passes it over. `Nora, the mother of a gunner`, `Nora, 31,`, `Nora, whose
son …`, `Nora remembers`, or `Nora was a baker. She …` show a person all the same, and so does a name that is a person's elsewhere in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon, rule_words
from leadline.extract.claims.sources.kinds import PERSONAL_KINDS
from leadline.extract.claims.sources.who import BODY_NOUNS

AGES = range(14, 100)
NOT_NAMES = frozenset({"NORP", "DATE", "FAC"})
PLACES = frozenset({"GPE", "LOC"})
PEN_NAMES = rule_words("shown.pen_names")
UNSURE = frozenset({"", "WORK_OF_ART", "PRODUCT", "EVENT", "LAW", "PERSON"})
"""What the recogniser says of a name that it does not know: no ground to think it a body or a place."""
SINGULAR = frozenset({"he", "she", "his", "her"})
PLACE_NOUNS = rule_words("shown.place_nouns")
LONGEST = 3
FRONT = 3
"""Words at the front of a sentence among which `she` goes on about the one before."""

Run = tuple[Token, ...]


def shown_persons(doc: Doc, known: Sequence[Run], is_registered: Callable[[Token], bool]) -> list[Run]:
    """The words of each name of a person beside the `known` ones; `is_registered` tells names of the register's bodies.

    >>> import spacy
    >>> doc = spacy.blank("en")("nothing")
    >>> shown_persons(doc, [], lambda t: False)
    []
    """
    words = load_lexicon()
    taken = {t.i for run in known for t in run}
    found: list[Run] = []
    for t in doc:
        if t.pos_ not in {"PROPN", "NOUN"} or not t.is_title or t.i in taken or is_registered(t):
            continue
        if (run := _shown(t, words)) and taken.isdisjoint(x.i for x in run):
            found.append(run)
            taken |= {x.i for x in run}
    single = {run[0].text for run in (*known, *found) if len(run) == 1}
    again = [
        (t,)
        for t in doc
        if t.text in single
        and t.pos_ in {"PROPN", "NOUN"}
        and t.i not in taken
        and not (t.i and t.nbor(-1).pos_ == "PROPN" and t.nbor(-1).head.i == t.i)
    ]
    return [*found, *again]


def _shown(name: Token, words: Lexicon) -> Run | None:
    """The name that ends at a word, where what stands beside it shows a person."""
    if name.ent_type_ in NOT_NAMES or words.kind(name.lower_) or name.tag_ not in {"NNP", "NN"}:
        return None
    if any(c.lower_ in {"the", "a", "an"} for c in name.children) or (
        name.lower_ in words.metonyms or name.lower_ in words.nationalities
    ):
        return None
    noun = name.head
    apposed = name.dep_ == "appos" and noun.i < name.i
    run = [name]
    while run[0].i and (before := run[0].nbor(-1)).pos_ == "PROPN" and before.head.i == name.i and before.is_title:
        run.insert(0, before)
    if apposed and run[0].i:
        if is_called(noun, words) and run[0].nbor(-1).text == ",":
            return tuple(run)  # `the third man, Nora, …`
        if noun.i == run[0].i - 1 and noun.tag_ == "NN" and words.kind(noun.lemma_.lower()) in PERSONAL_KINDS:
            return tuple(run) if noun.lemma_.lower() not in BODY_NOUNS else None  # `the blogger Nora`
    if len(run) > LONGEST or any(words.kind(t.lower_) or t.lower_ in BODY_NOUNS for t in run):
        return None
    one = noun.tag_ == "NN" and any(c.lower_ in {"a", "an", "the"} for c in noun.children)
    placed = name.ent_type_ == "GPE" and not _speaks(noun)
    if apposed and one and len(run) > 1 and run[0].i and run[0].nbor(-1).text == "," and not placed:
        return (
            tuple(run) if words.kind(noun.lemma_.lower()) not in {"outlet", "monitor"} else None
        )  # `a member of parliament, Nora Hall,`
    if apposed and run[0].i and run[0].nbor(-1).text == "," and _is_known(noun) and is_called(noun.head.head, words):
        return tuple(run)  # `a soldier from the same region, Nora,`
    for c in name.children:
        if c.dep_ == "appos" and c.i > name.i + 1 and name.nbor(1).is_punct:
            aged = c.like_num and c.text.isdigit() and int(c.text) in AGES
            if aged or is_called(c, words):
                return tuple(run)
        if c.dep_ == "relcl" and name.ent_type_ not in PLACES and _of_one(c):
            return tuple(run)
    if name.ent_type_ in PLACES or name.dep_ not in {"nsubj", "nsubjpass", "attr", "dobj"}:
        return None
    if (
        name.pos_ == "PROPN"
        and name.ent_type_ in UNSURE
        and name.dep_ == "nsubj"
        and name.head.lemma_.lower() in words.reporting
    ):
        return tuple(run)
    return tuple(run) if _goes_on(name, words) else None


def described_as(noun: Token, words: Lexicon) -> Token | None:
    """What a vague noun is said to be: `a man identified as a company commander`, `a voice presented as that of a gunner`."""
    if noun.lower_ not in words.unclear or noun.tag_ != "NN":
        return None
    for clause in (c for c in noun.children if c.dep_ in {"acl", "relcl"}):
        if clause.lemma_.lower() not in {"identify", "describe", "introduce", "present"}:
            continue
        for g in (
            g for c in clause.children if c.lower_ == "as" for g in c.children if g.dep_ in {"pobj", "amod", "prep"}
        ):
            inner = next((x for x in g.subtree if x.dep_ == "pobj" and g.lower_ in {"that", "belonging"}), g)
            if inner.pos_ == "NOUN" and words.kind(inner.lemma_.lower()):
                return inner
    return None


def alias(noun: Token) -> list[Token]:
    """The name that a clause beside a noun gives: `a medic who asked to be called Nora`, `the woman, whom the paper calls Nora`."""
    for clause in (c for c in noun.children if c.dep_ in {"relcl", "acl"}):
        for t in clause.subtree:
            called = t.lemma_.lower() in {"call", "name", "identify", "introduce", "know"} and t.pos_ == "VERB"
            called = called or _writes_as(t)
            under = t.lemma_.lower() in PEN_NAMES and t.dep_ == "pobj" and t.head.lower_ in {"under", "by"}
            under = under or (t.lower_ == "as" and t.nbor(-1).lower_ == "name")  # `who gave his name as Nora`
            if called or under:
                name: list[Token] = []
                for x in noun.doc[t.i + 1 : min(t.i + 6, t.sent.end)]:
                    if x.pos_ == "PROPN" and x.is_title:
                        name.append(x)
                    elif name or not (
                        x.is_quote or x.lower_ in {"as", "himself", "herself", "only", "by", "him", "her"}
                    ):
                        break
                if name:
                    return name
    return []


def _writes_as(word: Token) -> bool:
    """The `as` of `who writes as Starling`."""
    return word.lower_ == "as" and word.head.lemma_.lower() in {"write", "post", "blog", "sign", "publish"}


def is_called(noun: Token, words: Lexicon) -> bool:
    """`… , the mother of one of them`: a noun that says what one person is."""
    kind = words.kind(noun.lemma_.lower())
    return (
        noun.tag_ == "NN"
        and kind in PERSONAL_KINDS
        and noun.lemma_.lower() not in BODY_NOUNS
        and any(c.lower_ in {"the", "a", "an", "another", "one"} or c.dep_ == "poss" for c in noun.children)
    )


def person_words(entity: Iterable[Token]) -> tuple[Token, ...]:
    """The words of a person's name that the recogniser marked, with a surname behind them that it left out."""
    words = [t for t in entity if t.text not in {"'s", "’s"} and not t.is_space and not t.is_punct]
    while words and (last := words[-1]).dep_ == "compound" and last.head.i == last.i + 1 and last.whitespace_ == " ":
        if last.head.pos_ != "PROPN" or not last.head.is_title or last.head.ent_type_ or last.sent.end <= last.head.i:
            break
        words.append(last.head)
    return tuple(words)


def _speaks(noun: Token) -> bool:
    """Whether a noun is who says something and no place: `said the clerk, Abu Hall`."""
    return (
        noun.dep_ == "nsubj"
        and noun.head.lemma_.lower() in load_lexicon().reporting
        and noun.lemma_.lower() not in PLACE_NOUNS
    )


def _is_known(noun: Token) -> bool:
    """Whether a noun in a phrase behind another means what was named before: `the same region`, `that town`."""
    return noun.dep_ == "pobj" and noun.tag_ == "NN" and any(c.lower_ in {"same", "that", "this"} for c in noun.lefts)


def _of_one(relative: Token) -> bool:
    """`…, whose son was called up`, `…, who lives near the coast`: a clause about a person."""
    return any(t.lower_ in {"who", "whose", "whom"} for t in relative.subtree if t.i <= relative.i)


def _goes_on(name: Token, words: Lexicon) -> bool:
    """`Nora was a baker. On the third day she …`: the next sentence is about one person, and this one named nobody else."""
    sentence = name.sent
    if sentence.end >= len(name.doc) or name.i - sentence.start > FRONT + 1:
        return False
    if any(
        t.i != name.i
        and (t.ent_type_ == "PERSON" or (t.tag_ == "NN" and words.kind(t.lemma_.lower()) in {"relative", "official"}))
        for t in sentence
    ):
        return False
    after = name.doc[sentence.end : sentence.end + FRONT + 3]
    return any(t.lower_ in SINGULAR for t in after)
