"""Interviews: whose answers the paragraphs between questions are.

Either each turn begins with who speaks (`Nora Hall: …`), or questions stand as paragraphs of their own and what follows them is said by
the person whom the text introduced before the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from leadline.extract.claims.sources.kinds import PERSONS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import FIRST_PERSON, Who
from leadline.extract.claims.statements.voices import Voices
from leadline.extract.claims.words import tokens_between
from leadline.schema import Span

LABEL = re.compile(r"(?P<name>[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}): ")
LONGEST_QUESTION = 300
"""Characters; no rhetorical paragraph that happens to end with a question mark is longer than a question."""
FEWEST = 2
"""Questions, or turns of one speaker, that make an interview."""


def answers(voices: Voices, naming: Naming) -> dict[int, Who]:
    """Who answers, by the first token of each sentence of an answer; empty where the text is no interview."""
    text, paragraphs = voices.text, voices.paragraphs
    turns = [LABEL.match(text, start) for start, _ in paragraphs]
    asked = [_is_question(text[start:end]) for start, end in paragraphs]
    if sum(asked) < 1 or (sum(asked) < FEWEST and sum(t is not None for t in turns) < FEWEST):
        return {}
    after = [text[s:e] for k, (s, e) in enumerate(paragraphs) if k and asked[k - 1] and not asked[k]]
    if 2 * sum(t is not None for t in turns) < len(turns):
        turns = [None] * len(turns)  # `Explainer: …` is a headline, not a turn
    if not any(turns) and 2 * sum(map(_in_first_person, after)) < max(1, len(after)):
        return {}  # questions that a text asks and answers itself
    labels = Counter(t["name"] for t in turns if t)
    asking = {t["name"] for t, is_question in zip(turns, asked, strict=True) if t and is_question}
    first = asked.index(True)
    who = _introduced(voices, naming, paragraphs[first][0])
    found: dict[int, Who] = {}
    speaking: Who | None = None
    for k, ((start, end), turn, is_question) in enumerate(zip(paragraphs, turns, asked, strict=True)):
        if is_question or (turn and turn["name"] in asking):
            speaking = None if turn else who
            continue
        if turn and len(labels) >= FEWEST and asking:
            tokens = tokens_between(voices.doc, start, start + len(turn["name"]))
            speaking = naming.who(tokens, remember=False) or who
            if speaking is None or speaking.kind not in PERSONS:
                speaking = Who(turn["name"], turn["name"], "person")
        elif turn is None and speaking is not None and not labels and not _in_first_person(text[start:end]):
            speaking = speaking if k and asked[k - 1] else None
        if speaking is not None:
            for t in tokens_between(voices.doc, start, end):
                if t.is_sent_start:
                    found[t.i] = speaking.elsewhere()
    return found


def turn_names(text: str, paragraphs: Sequence[Span]) -> list[Span]:
    r"""The names before the turns of an interview; none where most paragraphs begin otherwise or nothing is asked.

    >>> text = "Ivo Karan: They beat us."
    >>> turn_names("Why?\n\n" + text, [(0, 4), (6, 30)])
    [(6, 15)]
    """
    found = [m.span("name") for start, _ in paragraphs if (m := LABEL.match(text, start))]
    asks = any(_is_question(text[start:end]) for start, end in paragraphs)
    return found if asks and 2 * len(found) >= len(paragraphs) else []


def _is_question(paragraph: str) -> bool:
    stripped = paragraph.strip()
    return (
        stripped.endswith("?") and len(stripped) <= LONGEST_QUESTION and stripped[:1] not in {'"', "“", "«", "'", "‘"}
    )


def _in_first_person(paragraph: str) -> bool:
    return not FIRST_PERSON.isdisjoint(re.findall(r"[a-z]+", paragraph.lower()))


def _introduced(voices: Voices, naming: Naming, before: int) -> Who | None:
    """The person of whom a text speaks first, before its questions."""
    for at, who in voices.seen_at:
        if voices.doc[at].idx < before and who.kind in PERSONS and not who.plural:
            return who
    for words in naming.people.spans:
        if words[0].idx < before:
            return naming.who(words, remember=False)
    return None
