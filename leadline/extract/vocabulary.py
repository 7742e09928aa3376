"""Which forms are English words: those that the pinned model met when it was taught, and forms of those in its lemmatizer's lists."""

from __future__ import annotations

from functools import cache

import msgspec

from leadline.extract.language import load_language


def is_word(form: str) -> bool:
    """Whether a form in small letters is a word.

    >>> is_word("refused"), is_word("cellars"), is_word("toattack")
    (True, True, False)
    """
    words = listed_words()
    if form in words:
        return True
    return any(form.endswith(old) and form[: -len(old)] + new in words for old, new in endings())


@cache
def listed_words() -> frozenset[str]:
    """Forms in small letters from the files that the model is shipped with: its memory grows with what is read, and would make the order of texts count."""
    language = load_language()
    path = language.path / "vocab" / "strings.json"
    met = (s for s in msgspec.json.decode(path.read_bytes(), type=list[str]) if s.isalpha() and s.islower())
    tables = language.get_pipe("lemmatizer").lookups
    kinds = [*tables.get_table("lemma_index").values(), *tables.get_table("lemma_exc").values()]
    return frozenset(met).union(*kinds)


@cache
def endings() -> frozenset[tuple[str, str]]:
    """Endings of inflected forms, and those of the form without."""
    rules = load_language().get_pipe("lemmatizer").lookups.get_table("lemma_rules")
    return frozenset((old, new) for kind in rules.values() for old, new in kind if old)
