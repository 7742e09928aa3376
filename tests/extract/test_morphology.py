"""Attribute rules: what is remembered of words is what spaCy's attribute ruler says of them in any text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.extract.algebra import one_thread
from leadline.extract.language import load_language
from leadline.extract.morphology import AttributeRules, Lemmas

WORDS = [
    "There", "there", "is", "'s", "are", "a", "the", "that", "this", "which", "who", "gonna", "gotta", "ain't", "y'all", "let",
    "c'm", "on", "can", "could", "be", "was", "have", "to", "not", "n't", "something", "nobody", "but", "if", "running", "men",
    "Kyiv", "\n", "  ", ",", ".", "“", "$", "14", "I", "me", "mine",
]  # fmt: skip
LATER = ["ner", "attribute_ruler", "lemmatizer"]


def attributes(doc):
    return [(t.text, t.tag, t.pos, str(t.morph), t.lemma, t.dep) for t in doc]


def both(texts):
    """The attributes that spaCy's ruler and ours set."""
    language = load_language()
    ruler = language.get_pipe("attribute_ruler")
    rules = AttributeRules(ruler)
    with one_thread():
        theirs, ours = (list(language.pipe(texts, disable=LATER)) for _ in range(2))
    for doc in theirs:
        ruler(doc)
    for doc in ours:
        rules.apply(doc)
    return [attributes(d) for d in theirs], [attributes(d) for d in ours]


def test_morphology_rules_of_two_words():
    theirs, ours = both(
        ["There is a ferry. There's one.", "He ain't gonna come, y'all.", "Let's go, you've gotta come on."]
    )
    assert ours == theirs
    assert [pos for word, _, pos, *_ in ours[0] if word == "is"] != [0]


@pytest.mark.shared
def test_morphology_rules_in_news(shared):
    texts = [
        p for f in sorted((shared / "corpora" / "war-news").glob("*.txt"))[::40] for p in f.read_text().split("\n")
    ]
    theirs, ours = both([t for t in texts if t.strip()])
    assert ours == theirs


def lemmas_of_both(texts):
    """The lemmas that spaCy's lemmatizer and ours set."""
    language = load_language()
    lemmatizer = language.get_pipe("lemmatizer")
    with one_thread():
        theirs, ours = (list(language.pipe(texts, disable=["ner", "lemmatizer"])) for _ in range(2))
    own = Lemmas(lemmatizer)
    for one, other in zip(theirs, ours, strict=True):
        lemmatizer(one)
        own.apply(other)
    return [[t.lemma_ for t in d] for d in theirs], [[t.lemma_ for t in d] for d in ours]


def test_lemmas_of_one_form_by_its_part_of_speech():
    theirs, ours = lemmas_of_both(["She left the meeting on the left.", "They are meeting her; he saw a saw.", " "])
    assert ours == theirs
    assert {lemma for text in ours for lemma in text} >= {"leave", "left", "meet", "meeting", "see", "saw"}


@pytest.mark.shared
def test_lemmas_in_news(shared):
    texts = [f.read_text() for f in sorted((shared / "corpora" / "war-news").glob("*.txt"))[::40]]
    theirs, ours = lemmas_of_both(texts)
    assert ours == theirs


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), max_size=4))
def test_morphology_rules_in_any_order_of_words(texts):
    theirs, ours = both(texts)
    assert ours == theirs


def test_morphology_rules_of_an_unknown_kind_are_refused():
    language = load_language()
    ruler = type(language.get_pipe("attribute_ruler"))(language.vocab)
    ruler.add([[{"SHAPE": "dd"}]], {"POS": "NUM"})
    with pytest.raises(ValueError, match="SHAPE"):
        AttributeRules(ruler)
