"""Latin spellings of Ukrainian place names: the official transliteration and the forms made from Russian.

`kmu` is the Cabinet of Ministers' table of 2010. `russian` guesses the Russian form of a Ukrainian name by the regular
correspondences of endings and vowels; where the guess is no word it does no harm, since it is only looked up.
"""

from __future__ import annotations

import re

_KMU = dict(zip("абвгґдежзиійклмнопрстуфхцчшщь'", (
    "a", "b", "v", "h", "g", "d", "e", "zh", "z", "y", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u",
    "f", "kh", "ts", "ch", "sh", "shch", "", "",
), strict=True)) | {"є": "ie", "ї": "i", "ю": "iu", "я": "ia"}  # fmt: skip
_KMU_START = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_ENDINGS = [
    (r"івка$", "овка"), (r"ївка$", "евка"), (r"іївка$", "иевка"), (r"івське$", "овское"), (r"ське$", "ское"), (r"цьке$", "цкое"),
    (r"ський$", "ский"), (r"цький$", "цкий"), (r"ська$", "ская"), (r"цька$", "цкая"), (r"зьке$", "зкое"), (r"зька$", "зкая"),
    (r"ове$", "овое"), (r"єве$", "еево"), (r"цеве$", "цево"), (r"еве$", "ево"), (r"ине$", "ино"), (r"не$", "ное"), (r"нє$", "нее"), (r"те$", "тое"), (r"ре$", "рое"),
    (r"ів$", "ов"), (r"їв$", "ев"), (r"піль$", "поль"), (r"ий$", "ый"), (r"ці$", "цы"),
]  # fmt: skip
_WORDS = {
    "велика": "большая", "великий": "большой", "велике": "большое", "верхнє": "верхнее", "верхня": "верхняя", "нижнє": "нижнее",
    "нижня": "нижняя", "нова": "новая", "нове": "новое", "новий": "новый", "стара": "старая", "старе": "старое", "старий": "старый",
    "червоне": "красное", "червоний": "красный", "червона": "красная", "біла": "белая", "біле": "белое", "білий": "белый",
    "перше": "первое", "перша": "первая", "друге": "второе", "друга": "вторая", "мала": "малая", "мале": "малое", "малий": "малый",
}  # fmt: skip
_START = [(r"^роз(?=[ссcптшчцхкф])", "рас"), (r"^бил", "бел"), (r"^ол(?=екс)", "ал")]
_BGN = dict(zip("абвгдежзийклмнопрстуфхцчшщъыьэюя", (
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh",
    "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
), strict=True))  # fmt: skip


def kmu(name: str) -> str:
    """Official Latin form of a Ukrainian name, in lower case.

    >>> kmu("Розсипне"), kmu("Згурівка"), kmu("Єнакієве")
    ('rozsypne', 'zghurivka', 'yenakiieve')
    """
    out = []
    for word in re.split(r"([ -])", name.lower().replace("’", "'").replace("ʼ", "'")):
        word = word.replace("зг", "з\0")
        for i, c in enumerate(word):
            out.append("gh" if c == "\0" else (_KMU_START.get(c) if i == 0 else None) or _KMU.get(c, c))
    return "".join(out)


def russian(name: str) -> str:
    """The probable Russian form of a Ukrainian name, in lower case.

    >>> russian("Розсипне"), russian("Степанівка"), russian("Новий Двір")
    ('рассыпное', 'степановка', 'новый двир')
    """
    words = []
    for word in re.split(r"([ -])", name.lower().replace("’", "'").replace("ʼ", "'")):
        if word in _WORDS:
            words.append(_WORDS[word])
            continue
        for pattern, ending in _ENDINGS:
            changed = re.sub(pattern, ending, word)
            if changed != word:
                word = changed
                break
        for pattern, start in _START:
            word = re.sub(pattern, start, word)
        word = word.replace("йо", "ё").replace("ьо", "ё").replace("'", "ъ")
        word = re.sub(r"и(?!й$|ев|ее|я)", "ы", word) if not re.search(r"ый$|[гкхжчшщ]и", word) else word
        word = word.translate(str.maketrans({"і": "и", "ї": "и", "є": "е", "ґ": "г"}))
        words.append(word)
    return "".join(words)


def bgn(name: str) -> tuple[str, ...]:
    """Latin forms of a Russian name, in lower case: with and without the glide before е.

    >>> bgn("рассыпное")
    ('rassypnoe', 'rassypnoye')
    """
    plain = "".join(_BGN.get(c, c) for c in name.lower().replace("ё", "е"))
    glided = re.sub(r"(?<=[аеиоуыэюяйьъ])е|^е|(?<=[ -])е", "ye", name.lower().replace("ё", "е"))
    glided = "".join(_BGN.get(c, c) for c in glided)
    return (plain,) if plain == glided else (plain, glided)
