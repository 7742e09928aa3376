"""What a place name does in its sentence: names where, speaks for a government, tells origin, or belongs to another name."""

from __future__ import annotations

from typing import Any, Literal

from leadline.extract.places.lexicon import lexicon
from leadline.extract.places.mentions import Mention

Role = Literal["location", "metonym", "demonym", "origin", "organisation", "person"]
PLACE_LABELS = frozenset({"GPE", "LOC", "FAC", "NORP"})
LOCATIVE = frozenset(
    [
        "in",
        "near",
        "at",
        "from",
        "to",
        "of",
        "through",
        "around",
        "across",
        "outside",
        "inside",
        "into",
        "between",
        "toward",
        "towards",
        "off",
        "over",
        "along",
        "behind",
        "beyond",
        "within",
        "throughout",
        "against",
        "via",
        "outskirts",
        "north",
        "south",
        "east",
        "west",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
    ]
)
_SPEAKERS = frozenset({"country", "admin1", "facility", "area", "continent"})


def entity_around(doc: Any, mention: Mention) -> tuple[str, bool]:
    """Label of the entity over the mention's first name token, and whether it reaches beyond the mention."""
    token = doc[mention.first]
    if not token.ent_type_:
        return "", False
    start, end = token.i, token.i + 1
    while start and doc[start - 1].ent_type_ == token.ent_type_ and doc[start].ent_iob_ == "I":
        start -= 1
    while end < len(doc) and doc[end].ent_iob_ == "I":
        end += 1
    words = [t for t in doc[start:end] if t.lower_ not in {"the", "'s", "’s"} and not t.is_punct]
    if words and words[0].lower_ in LOCATIVE and words[0].i < mention.first:
        words = words[1:]  # `Near Kherson`: a preposition with a capital is no part of a name
    beyond = [t for t in words if t.i < mention.first or t.i > mention.last]
    return token.ent_type_, bool(beyond)


def is_demonym(mention: Mention) -> bool:
    """Whether the name is that of a people or an adjective, and of no place."""
    return all(p.quality == "demonym" for p in mention.places)


def role_of(doc: Any, mention: Mention) -> Role:
    """The role of a mention that is judged to be a place name."""
    words = lexicon()
    after = doc[mention.last + 1] if mention.last + 1 < len(doc) else None
    label, beyond = entity_around(doc, mention)
    if label == "PERSON" and beyond:
        return "person"
    if not mention.unit and after is not None and after.text[:1].isupper() and doc[mention.last].whitespace_:
        if after.lower_ in words.organisations.after or (label == "ORG" and beyond):
            return "organisation"
    elif label == "ORG" and beyond and doc[mention.first].dep_ != "appos" and _inside(doc, mention):
        return "organisation"
    if _is_origin(doc, mention):
        return "origin"
    if is_demonym(mention):
        return "demonym"
    if _speaks(doc, mention):
        return "metonym"
    return "location"


def _inside(doc: Any, mention: Mention) -> bool:
    """Whether the words before the name are a capitalised head that takes it in (`University of X`, `Bank of X`)."""
    words = lexicon()
    i = mention.first - 1
    while i >= 0 and doc[i].lower_ in {"of", "the", "at", "for", "and"}:
        i -= 1
    return i >= 0 and i < mention.first - 1 and doc[i].text[:1].isupper() and doc[i].lower_ in words.organisations.after


def _head(doc: Any, mention: Mention) -> Any:
    """The token of the mention that hangs outside it."""
    span = doc[mention.first : mention.last + 1]
    return span.root


def _speaks(doc: Any, mention: Mention) -> bool:
    words = lexicon().metonyms
    # a town that "says" is a figure of speech for its people; a capital is one for its government
    if mention.unit or not any(p.kind in _SPEAKERS or p.capital for p in mention.places):
        return False
    head = _head(doc, mention)
    if head.dep_ in {"nsubj", "nsubjpass"} and head.head.lemma_.lower() in words.verbs:
        return True
    if head.dep_ == "poss" and head.head.lemma_.lower() in words.nouns:
        return True
    before = doc[mention.first - 2 : mention.first].text.lower() if mention.first >= 2 else ""
    return head.dep_ == "pobj" and before.startswith("according to")


def _is_origin(doc: Any, mention: Mention) -> bool:
    words = lexicon().origins
    head = _head(doc, mention)
    if head.dep_ in {"compound", "amod", "nmod"} and head.head.lemma_.lower() in _NATIVES:
        return True
    if head.dep_ == "poss":  # "from Siberia's Omsk region"
        head = head.head
    if head.dep_ != "pobj":
        return False
    preposition, governor = head.head.lower_, head.head.head
    lemma = governor.lemma_.lower()
    if preposition == "of":
        return lemma in {"native", "resident", "citizen"}
    if preposition == "in":
        return lemma in {"mobilise", "mobilize", "draft", "conscript", "recruit"}
    if preposition != "from":
        return False
    if governor.pos_ in {"NOUN", "PROPN"}:
        return lemma in words.persons or governor.lower_ in words.persons
    if lemma in {"be", "come", "send"}:  # things come from places too
        return _person_subject(governor, words.persons)
    return lemma in words.verbs


_NATIVES = frozenset({"native", "resident", "conscript", "reservist"})


def _person_subject(verb: Any, persons: frozenset[str]) -> bool:
    return any(
        c.dep_ in {"nsubj", "nsubjpass"}
        and (
            c.lemma_.lower() in persons
            or c.lower_ in {"he", "she", "they", "who", "i", "we"}
            or c.ent_type_ == "PERSON"
        )
        for c in verb.children
    )
