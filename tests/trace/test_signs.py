"""Signs of spinning and translation, and that native texts are left alone."""

from __future__ import annotations

import pytest

from leadline.trace.signs import is_spun, is_translated, source_language, spun_signs, translation_signs

SPUN = (
    "The town fell in Could, in accordance to the mayor. Orin Strong runs the port. Robust explained to the channel that "
    "armed service personnel achieved out to the council by using electronic mail."
)
TRANSLATED = (
    "The town , he says , is lost. “We hold”, specifies the mayor in a letter. Sergueï Marin left. In full offensive , the "
    "column turned (…) and went home."
)
NATIVE = (
    "The town could fall in May, the mayor said. Orin Strong, who runs the port, told reporters that soldiers had marched "
    "there. “We hold,” he said. Military police reached out to the council by email."
)


def test_signs_spun_text_is_recognised_with_quotes():
    signs = spun_signs(SPUN)
    assert is_spun(signs)
    assert {"displaced month", "displaced name", "swapped words"} <= {s.family for s in signs}
    assert all(s.evidence("d", SPUN).quote == SPUN[s.start : s.end] for s in signs)


def test_signs_displaced_name_says_who_was_meant():
    assert next(s.meant for s in spun_signs(SPUN) if s.family == "displaced name") == "Orin Strong"


def test_signs_translation_needs_two_families():
    assert is_translated(translation_signs(TRANSLATED))
    assert not is_translated(translation_signs("The town , he says , is lost , and so on , and on."))
    assert not is_translated(translation_signs("A man called Sergueï Marin left the town in the morning."))


def test_signs_translation_names_the_language():
    assert source_language(translation_signs(TRANSLATED)) == "French"


def test_signs_a_text_that_says_so_is_a_translation():
    assert is_translated(translation_signs("Translated from Ukrainian by the desk. The town fell."))


@pytest.mark.parametrize(
    "text", [NATIVE, "", "May said that Could be was no name.", "In May, Good Housekeeping wrote."]
)
def test_signs_native_text_is_not_accused(text):
    assert not is_spun(spun_signs(text))
    assert not is_translated(translation_signs(text))


@pytest.mark.shared
def test_signs_seed_articles_show_what_they_are(shared):
    texts = {p.name[:3]: p.read_text(encoding="utf-8") for p in (shared / "seeds").glob("*.txt")}
    assert {n for n, t in texts.items() if is_spun(spun_signs(t))} == {"004"}
    assert {n for n, t in texts.items() if is_translated(translation_signs(t))} == {"000"}


@pytest.mark.shared
def test_signs_hardly_any_of_447_news_articles_is_accused(shared):
    texts = [p.read_text(encoding="utf-8") for p in sorted((shared / "corpora" / "war-news").glob("*.txt"))]
    assert sum(is_spun(spun_signs(t)) for t in texts) == 0
    assert (
        sum(is_translated(translation_signs(t)) for t in texts) <= 20
    )  # all of the 15 seen carry Polish spellings of names
