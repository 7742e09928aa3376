"""How often a text is called spun or translated, and which: the false alarms of what a text shows of itself.

usage: carriers.py [SHARED] [--json] [--list]

war-news    447 news articles, of which nobody knows that one is spun; --list prints each that is called something, with
            its words, so that a person can look
seeds       the five articles: 004 is spun, 000 is a translation, nothing else is either
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from leadline.trace.signs import is_spun, is_translated, source_language, spun_signs, translation_signs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", default=Path(__file__).resolve().parents[2] / "shared", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    news = sorted((arguments.shared / "corpora" / "war-news").glob("*.txt"))
    seeds = sorted((arguments.shared / "seeds").glob("*.txt"))
    if not news or not seeds:
        print("war-news is not beside the repository", file=sys.stderr)
        return 77
    spun, translated, heaviest = [], [], 0.0
    for path in news:
        text = path.read_text(encoding="utf-8")
        one, other = spun_signs(text), translation_signs(text)
        heaviest = max(heaviest, sum(s.weight for s in one))
        for name, signs, told, into in (
            ("spun", one, is_spun(one), spun),
            ("translated", other, is_translated(other), translated),
        ):
            if told:
                into.append(path.name)
                if arguments.list:
                    words = [text[s.start : s.end] for s in signs]
                    print(f"{path.name} {name} {source_language(signs) or ''}: {words}")
    right = 0
    for path in seeds:
        text = path.read_text(encoding="utf-8")
        found = (is_spun(spun_signs(text)), is_translated(translation_signs(text)))
        right += found == (path.name.startswith("004"), path.name.startswith("000"))
    figures = {
        "war-news articles": len(news),
        "called spun": len(spun),
        "called translated": len(translated),
        "heaviest sum of signs of spinning (7.5 is enough)": heaviest,
        "seed articles told right": right,
    }
    if arguments.json:
        print(json.dumps(figures, indent=1))
    elif not arguments.list:
        for name, value in figures.items():
            print(f"{name:52} {value:8g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
