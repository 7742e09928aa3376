"""Count how words that are also place names are used in news: in lower case, as parts of persons' names, as places.

usage: python scripts/count_name_words.py CORPORA

Writes `leadline/extract/data/name-words.csv`: word, times in lower case, times with a capital inside a sentence, and of
those the times inside a person's and a place's name as the English model labels them. Kept are words of one token that
the gazetteer knows, that stand at least five times, and of which a twentieth or more is no place. The figures tell
`Along` and `Mary` from `Lyon`; the texts (PolNeAR training part, war-news, TimeBank) are not kept, and the
corpora on which places are measured are not among them.
"""

from __future__ import annotations

import argparse
import csv
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from leadline.extract.language import load_language
from leadline.extract.places.gazetteer import Gazetteer
from leadline.extract.places.names import fold

OUT = Path(__file__).parent.parent / "leadline" / "extract" / "data" / "name-words.csv"


def texts(corpora: Path) -> Iterator[str]:
    for pattern in ("polnear/train/text/*.txt", "war-news/*.txt"):
        for path in sorted(corpora.glob(pattern)):
            yield path.read_text(encoding="utf-8", errors="replace")
    for path in sorted(corpora.glob("timex/TimeBank/*.tml")):
        yield "".join(ET.parse(path).getroot().find("TEXT").itertext())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("corpora", type=Path)
    corpora = options.parse_args().corpora
    if not (corpora / "war-news").is_dir():
        options.error(f"{corpora}: found no folder war-news; expected the folder of the public corpora")
    lower, upper, person, place = Counter(), Counter(), Counter(), Counter()
    pieces = (p for t in texts(corpora) for p in re.split(r"\n\s*\n", t) if 20 < len(p) < 20_000)
    for doc in load_language().pipe(pieces, disable=["parser", "lemmatizer"]):
        for t in doc:
            if not t.is_alpha:
                continue
            if t.is_lower:
                lower[fold(t.text)] += 1
            elif t.is_title and t.i and not doc[t.i - 1].is_punct and not doc[t.i - 1].is_space:
                key = fold(t.text)
                upper[key] += 1
                person[key] += t.ent_type_ == "PERSON"
                place[key] += t.ent_type_ in {"GPE", "LOC", "FAC", "NORP"}
    words = sorted({*lower, *upper})
    known = Gazetteer.load().find([(w, w) for w in words])
    with OUT.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["word", "lower", "capital", "person", "place"])
        n = 0
        for w, places in zip(words, known, strict=True):
            total = lower[w] + upper[w]
            if places and total >= 5 and (total - place[w]) * 20 >= total:
                out.writerow([w, lower[w], upper[w], person[w], place[w]])
                n += 1
    print(f"{n} words")


if __name__ == "__main__":
    main()
