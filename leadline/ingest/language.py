"""The main language of a text: its script by counting, then the language among those that use the script.

py3langid (https://github.com/adbar/py3langid) decides among the languages of one script only, which spares it the
absurd answers on short texts; Ukrainian, Russian and Belarusian have letters of their own that settle most cases.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

SAMPLE = 6_000  # characters; more change no answer on news texts
MIN_LETTERS = 20
SHORT = 100
"""Letters. Less of an English text, a few names above all, is sometimes taken for another language, and would go unread."""
NARROW = 12.0
"""Log odds over English. Nearly all such errors lie below, and short posts in other languages far above."""
LANGUAGES = {
    "CYRILLIC": ("uk", "ru", "be", "bg", "sr", "mk", "kk", "ky", "mn"),
    "LATIN": (
        "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "ro", "hu", "tr", "lt", "lv", "et", "fi", "sv",
        "da", "no", "sl", "hr", "sq", "ca", "id", "vi", "az", "sw",
    ),
    "ARABIC": ("ar", "fa", "ur", "ug"),
}  # fmt: skip
SINGLE = {"GREEK": "el", "HEBREW": "he", "GEORGIAN": "ka", "ARMENIAN": "hy", "HANGUL": "ko", "THAI": "th"}
OWN_LETTERS = {"uk": "іїєґ", "ru": "ыэё", "be": "ў"}


def main_language(text: str) -> str | None:
    """ISO 639-1 code of the language that most of the text is in; None where there is too little to tell it from English.

    >>> main_language("The commander ordered his men to hold the line and to shoot those who ran.")
    'en'
    >>> main_language("Командир наказав стріляти в тих, хто відступає з позицій.")
    'uk'
    >>> main_language("12:40") is None
    True
    """
    letters = Counter(_script(c) for c in text[:SAMPLE] if c.isalpha())
    if sum(letters.values()) < MIN_LETTERS:
        return None
    script = max(sorted(letters), key=lambda s: letters[s])
    if script in {"HIRAGANA", "KATAKANA"} or (script == "CJK" and letters["HIRAGANA"] + letters["KATAKANA"] > 10):
        return "ja"
    if script == "CJK":
        return "zh"
    if script not in LANGUAGES:
        return SINGLE.get(script)
    words = " ".join(w for w in re.findall(r"[^\W\d_]+", text[:SAMPLE]) if _script(w[0]) == script)
    if script == "CYRILLIC" and (code := _by_letters(words.lower())):
        return code
    ranked = [(str(code), float(score)) for code, score in _identifier(script).rank(words)]
    best, score = ranked[0]
    if len(words) < SHORT and score - dict(ranked).get("en", -math.inf) < NARROW and best != "en":
        return None
    return best


def _by_letters(text: str) -> str | None:
    found = {code: sum(text.count(c) for c in own) for code, own in OWN_LETTERS.items()}
    if found["be"] * 100 > len(text):
        return "be"
    best, other = ("uk", "ru") if found["uk"] >= found["ru"] else ("ru", "uk")
    clear = found[best] * 200 > len(text) and found[best] > 5 * found[other]
    return best if clear and not (best == "ru" and "ў" in text) else None


@cache
def _identifier(script: str) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES[script]))
    return identifier


@cache
def _script(c: str) -> str:
    return unicodedata.name(c, "UNKNOWN").split()[0].split("-")[0]
