"""Who `he`, `the agency`, `the report` or `the soldier` is, within this text.

Sources are read in the order of the text. A pronoun or a definite noun phrase goes back to the nearest earlier source
or mention that agrees with it in number and kind; a surname goes back to the full name. Where nothing fits, the source
stays as the text names it: nothing is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from leadline.extract.attribution.lexicon import load_lexicon
from leadline.extract.attribution.rules import trimmed

RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})
MALE = frozenset({"he", "him", "his", "himself"})
FEMALE = frozenset({"she", "her", "hers", "herself"})
MANY = frozenset({"they", "them", "their", "themselves", "both"})
THING = frozenset({"it", "its", "itself"})
PRONOUNS = RELATIVE | MALE | FEMALE | MANY | THING
DEFINITE = frozenset({"the", "this", "that", "these", "those"})
PERSONS = frozenset({"fighter", "commander", "official", "expert", "writer", "relative", "person"})
BODIES = frozenset({"body", "outlet"})
BY_ROLE = frozenset({"official", "expert", "writer", "commander"})
"""`The minister`, `the professor` may go back to a bare name; `the soldier`, `the woman` are mostly somebody else."""
ANYBODY = frozenset({"man", "woman", "boy", "girl", "person"})
"""`The man`, `the women` go back to whoever spoke just before, where that can be one."""
FAR = 120
"""Tokens (and mentions) back within which a phrase may go back to something; also keeps the time linear."""
NEAR_SENTENCES = 2
"""Sentences within which a source outdoes a nearer subject as what a pronoun means."""


@dataclass(frozen=True)
class Mention:
    """A noun phrase that can be gone back to; `kinds` is empty where nothing tells what it names."""

    head: Token
    words: str
    kinds: frozenset[str]
    plural: bool
    named: bool
    gender: str
    sentence: int


class Mentions:
    """The noun phrases of one text, described with what the text says about them anywhere before."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.lexicon = load_lexicon()
        self.names = full_names(doc)
        self.sentence = [0] * len(doc)
        for k, s in enumerate(doc.sents):
            self.sentence[s.start : s.end] = [k] * len(s)
        self.known: dict[str, frozenset[str]] = {}
        self.all = [self.chunk(c.root, [t.i for t in c]) for c in doc.noun_chunks if c.root.pos_ in {"NOUN", "PROPN"}]
        self.all.sort(key=lambda m: m.head.i)

    def chunk(self, head: Token, tokens: list[int]) -> Mention:
        """A noun phrase with the prepositional phrase or apposition right after it."""
        for child in head.rights:
            if child.dep_ in {"prep", "appos", "punct"} and child.i <= tokens[-1] + 1:
                tokens += [t.i for t in list(child.subtree)[:8] if t.i > tokens[-1]]
        return self.described(head, sorted(tokens))

    def described(self, head: Token, tokens: Sequence[int]) -> Mention:
        """What a phrase says about itself, with what earlier phrases of the same name said."""
        words = phrase(self.doc, tokens)
        named = head.pos_ == "PROPN"
        titled = any(c.dep_ == "appos" and c.pos_ == "PROPN" and c.i in tokens for c in head.children)
        kinds = self.lexicon.kinds_of(head.lemma_.lower())
        if named:
            if len(tokens) == 1:
                words = self.names.get(head.lower_, words)
            inside = set(tokens)
            for child in (c for c in head.children if c.i in inside or c.dep_ == "appos"):
                if child.dep_ in {"appos", "compound", "nmod"}:
                    kinds |= self.lexicon.kinds_of(child.lemma_.lower())
            kinds |= self.known.get(head.lower_, frozenset())
            self.known[head.lower_] = kinds
        return Mention(
            head=head,
            words=words,
            kinds=kinds,
            plural=is_plural(head),
            named=named or titled,
            gender=gender_of(head),
            sentence=self.sentence[head.i],
        )


def resolve(doc: Doc, sources: Sequence[tuple[int, ...]]) -> list[str | None]:
    """For each source, given as token indices, its name or full noun phrase in this text; None where there is none."""
    mentions = Mentions(doc)
    found: list[str | None] = [None] * len(sources)
    heard: list[Mention] = []
    seen: list[Mention] = []
    k = 0
    named = [(head_of(doc, source), n) for n, source in enumerate(sources) if source]
    for head, n in sorted(named, key=lambda x: (x[0].i, x[1])):
        while k < len(mentions.all) and mentions.all[k].head.i < head.i:
            seen.append(mentions.all[k])
            k += 1
        mention = mentions.described(head, sources[n])
        before = antecedent(mention, heard[-FAR:], seen[-FAR:])
        if before is not None:
            mention = replace(before, head=head, kinds=before.kinds | mention.kinds, sentence=mention.sentence)
        if before is not None or head.lower_ not in PRONOUNS:
            heard.append(mention)
        found[n] = mention.words
    return found


def head_of(doc: Doc, tokens: Sequence[int]) -> Token:
    """The token of a phrase whose own head is outside of it."""
    inside = set(tokens)
    return next((doc[i] for i in tokens if doc[i].head.i not in inside or doc[i].head.i == i), doc[tokens[0]])


def phrase(doc: Doc, tokens: Sequence[int]) -> str:
    """A phrase as one line of text, without loose marks at its ends."""
    kept = trimmed(doc, list(tokens)) or tuple(tokens)
    return " ".join(doc[kept[0] : kept[-1] + 1].text.split())


def is_plural(head: Token) -> bool:
    """Whether a phrase names several, by its head or because it is coordinated."""
    return head.lower_ in MANY or head.tag_ in {"NNS", "NNPS"} or any(c.dep_ == "conj" for c in head.children)


def gender_of(head: Token) -> str:
    """`m`, `f`, or empty where nothing tells."""
    lower, lemma = head.lower_, head.lemma_.lower()
    titles = {c.lower_.rstrip(".") for c in head.children if c.dep_ == "compound"}
    if lower in MALE or lemma in {"man", "father", "husband", "brother", "son", "spokesman"} or titles & {"mr", "sir"}:
        return "m"
    if (
        lower in FEMALE
        or lemma in {"woman", "mother", "wife", "sister", "daughter", "spokeswoman", "widow"}
        or titles
        & {
            "mrs",
            "ms",
        }
    ):
        return "f"
    return ""


def antecedent(mention: Mention, heard: Sequence[Mention], seen: Sequence[Mention]) -> Mention | None:
    """What a pronoun or definite phrase goes back to; None where it stands for itself or nothing fits."""
    head = mention.head
    if head.lower_ in RELATIVE and head.pos_ in {"PRON", "SCONJ", "DET"}:
        return relative(head, seen)
    if head.lower_ in PRONOUNS:
        return nearest(mention, heard, seen)
    if (head.pos_ == "NOUN" and is_bare(head)) or is_aged(head):
        return definite(mention, heard, seen)
    return None


def relative(head: Token, seen: Sequence[Mention]) -> Mention | None:
    """The noun that a relative clause hangs on."""
    clause = head
    for _ in range(6):
        if clause.dep_ == "relcl" or clause.head.i == clause.i:
            break
        clause = clause.head
    return next((m for m in reversed(seen) if clause.dep_ == "relcl" and m.head.i == clause.head.i), None)


def nearest(mention: Mention, heard: Sequence[Mention], seen: Sequence[Mention]) -> Mention | None:
    """What a personal pronoun means: a source of the last sentences, else the last subject, else an older source."""
    lower = mention.head.lower_
    sources = [m for m in heard if agrees(lower, m)]
    if sources and mention.sentence - sources[-1].sentence <= NEAR_SENTENCES:
        return sources[-1]
    subjects = [
        m
        for m in seen
        if m.head.dep_ in {"nsubj", "nsubjpass"}
        and agrees(lower, m)
        and m.kinds | ({"name"} if m.named else set())
        and 0 <= mention.sentence - m.sentence <= NEAR_SENTENCES
    ]
    fits = subjects or sources
    return fits[-1] if fits else None


def same_gender(left: Mention, right: Mention) -> bool:
    """Whether nothing tells that one is a man and the other a woman."""
    return left.gender == right.gender or not left.gender or not right.gender


def agrees(pronoun: str, m: Mention) -> bool:
    """Whether a pronoun can stand for a mention."""
    if pronoun in MANY:
        return m.plural or bool(m.kinds & BODIES)
    if m.plural:
        return False
    if pronoun in THING:
        return bool(m.kinds & (BODIES | {"carrier"})) or (m.named and not is_person(m))
    return is_person(m) and m.gender in {"", "f" if pronoun in FEMALE else "m"}


def is_person(m: Mention) -> bool:
    """Whether a mention can be a person or persons."""
    if m.kinds & PERSONS or m.gender:
        return True
    if m.kinds:
        return False
    return m.named and m.head.ent_type_ in {"PERSON", ""} and m.head.tag_ != "NNPS"


def is_bare(head: Token) -> bool:
    """Whether a definite phrase describes nothing further (`the agency`, not `the agency of the border region`)."""
    children = {c.dep_ for c in head.children if c.lower_ not in DEFINITE}
    return children <= {"amod", "punct", "nummod"} and any(c.lower_ in DEFINITE for c in head.children)


def is_aged(head: Token) -> bool:
    """Whether a phrase names somebody by age alone (`the 23-year-old`)."""
    children = list(head.children)
    return (
        head.lower_ == "old"
        and any(c.lower_ in {"year", "month"} and c.dep_ == "npadvmod" for c in children)
        and any(c.lower_ in DEFINITE for c in children)
    )


def definite(mention: Mention, heard: Sequence[Mention], seen: Sequence[Mention]) -> Mention | None:
    """What `the agency`, `the report`, `the soldiers` goes back to.

    The last source of the same noun, else one of the same kind among the last sources, else an earlier phrase with the
    same noun, else one of the same kind nearby, else (for roles that belong to named people and bodies) the last name.
    """
    near = [m for m in seen if mention.head.i - m.head.i <= FAR]
    same = mention.head.lemma_.lower()

    def pick(pool: Iterable[Mention], *, by_noun: bool) -> Mention | None:
        fits = (m for m in pool if m.plural == mention.plural and stands_alone(m) and same_gender(m, mention))
        chosen = [m for m in fits if (m.head.lemma_.lower() == same if by_noun else m.kinds & mention.kinds)]
        return chosen[-1] if chosen else None

    found = (
        pick(heard, by_noun=True)
        or pick(heard[-3:], by_noun=False)
        or pick(near, by_noun=True)
        or pick(near, by_noun=False)
    )
    if found is None and (is_aged(mention.head) or same in ANYBODY):
        found = next(
            (
                m
                for m in reversed(heard[-2:])
                if m.plural == mention.plural
                and is_person(m)
                and stands_alone(m)
                and same_gender(m, mention)
                and mention.sentence - m.sentence <= NEAR_SENTENCES
            ),
            None,
        )
    if found is None and not mention.plural:
        if mention.kinds & BY_ROLE:
            found = next((m for m in reversed(heard) if m.named and is_person(m) and " " in m.words), None)
        elif mention.kinds & BODIES:
            found = next(
                (m for m in reversed(heard) if m.named and not m.kinds & PERSONS and m.head.ent_type_ != "PERSON"), None
            )
    return found


def stands_alone(m: Mention) -> bool:
    """Whether a mention tells who is meant, rather than pointing back or to the one who speaks."""
    pointing = any(c.dep_ == "poss" and c.pos_ == "PRON" for c in m.head.children)
    return m.named or (not pointing and not is_bare(m.head) and " " in m.words)


def full_names(doc: Doc) -> dict[str, str]:
    """The last word of every person's name, in small letters, to the fullest form of that name in the text."""
    found: dict[str, str] = {}
    for token in doc:
        if token.pos_ != "PROPN" or token.dep_ == "compound":
            continue
        words = [c for c in token.lefts if c.dep_ == "compound" and c.pos_ == "PROPN" and c.text.istitle()]
        if words and words[-1].i == token.i - 1 and token.text[:1].isupper():
            full = doc[words[0].i : token.i + 1].text
            if len(full) > len(found.get(token.lower_, "")):
                found[token.lower_] = full
    return found
