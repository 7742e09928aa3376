"""The words of single rules stand in a data file: each is asked for by its own module, and each module finds its own."""

import re
import tomllib
from pathlib import Path

import leadline.extract.claims
from leadline.extract.claims.lexicon import RULES

ROOM = Path(leadline.extract.claims.__file__).parent
LISTS = {
    f"{module}.{name}": words
    for module, lists in tomllib.loads(RULES.read_text(encoding="utf-8")).items()
    for name, words in lists.items()
}


def test_rule_words_are_asked_for_by_the_module_they_are_filed_under():
    asked = {
        (path.stem, name)
        for path in ROOM.rglob("*.py")
        if path.name != "lexicon.py"
        for name in re.findall(r'rule_words\("([\w.]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert {name for _, name in asked} == set(LISTS)
    assert all(name.startswith(f"{module}.") for module, name in asked)


def test_rule_words_are_written_small_and_once():
    assert all(word == word.lower().strip() for words in LISTS.values() for word in words)
    assert {name: len(words) for name, words in LISTS.items()} == {
        name: len(set(words)) for name, words in LISTS.items()
    }
