"""Faults of a codebook file: those that types do not show, and what the reader of the file says of those they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from leadline.codebook.parts import CodebookFile, Part
from leadline.codebook.patterns import parse_pattern

UNKNOWN = re.compile(r"unknown field `([^`]*)`")


def problems(file: CodebookFile) -> Iterator[tuple[str, str]]:
    """Where and what: faults that types do not show."""
    for name, phrases in file.classes.items():
        for i, phrase in enumerate(phrases):
            try:
                parse_pattern(phrase, file.classes, (name,))
            except ValueError as e:
                yield f"$.classes.{name}[{i}]", str(e)
    if not file.events:
        yield "$.events", "the codebook has no events; expected at least one"
    seen: set[str] = set()
    codes = {e.code for e in file.events}
    for i, event in enumerate(file.events):
        at = f"$.events[{i}]"
        if not re.fullmatch(r"[a-z][a-z0-9-]*", event.code):
            yield f"{at}.code", f"{event.code!r} is not a code; expected small letters, digits and hyphens"
        if event.code in seen:
            yield f"{at}.code", f"the code {event.code!r} stands twice; give each event its own"
        seen.add(event.code)
        for j, trigger in enumerate(event.triggers):
            yield from _patterns(f"{at}.triggers[{j}]", trigger, ("words", "near", "unless"), file)
            yield from _patterns(
                f"{at}.triggers[{j}]", trigger, ("agent", "patient", "not_agent", "not_patient"), file, single=True
            )
            for n, code in enumerate(trigger.beside):
                if code not in {*codes, "*"}:
                    yield f"{at}.triggers[{j}].beside[{n}]", f"no event is called {code!r}"
            if not 0 < trigger.weight <= 1:
                yield f"{at}.triggers[{j}].weight", f"{trigger.weight} is no weight; expected more than 0, at most 1"
        yield from _patterns(at, event, ("unless", "counts"), file)
    yield from _patterns("$", file, ("again",), file)
    for k, r in enumerate(file.realis):
        for j, c in enumerate(r.cues):
            yield from _patterns(f"$.realis[{k}].cues[{j}]", c, ("words",), file)
    for k, m in enumerate(file.media):
        yield from _patterns(f"$.media[{k}]", m, ("nouns", "cues"), file)
    for k, v in enumerate(file.verification):
        yield from _patterns(f"$.verification[{k}]", v, ("cues",), file)


def _patterns(
    at: str, part: object, fields: tuple[str, ...], file: CodebookFile, *, single: bool = False
) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = getattr(part, field)
        if isinstance(value, str):
            value, places = ((value,) if value or field == "words" else ()), [f"{at}.{field}"]
        else:
            places = [f"{at}.{field}[{n}]" for n in range(len(value))]
        for words, place in zip(value, places, strict=False):
            try:
                steps = parse_pattern(words, file.classes)
            except ValueError as e:
                yield place, str(e)
            else:
                if single and len(steps) != 1:
                    yield place, f"a role is one word, class or set of alternatives, found {words!r}"


def path_in(message: str) -> str:
    """The path that msgspec names in its message, with the field that it does not know; `$` where it names none.

    >>> path_in("Object contains unknown field `cod` - at `$.events[0]`")
    '$.events[0].cod'
    """
    found, unknown = re.search(r"at `(\$[^`]*)`", message), UNKNOWN.search(message)
    return (found[1] if found else "$") + (f".{unknown[1]}" if unknown else "")


def meant(message: str) -> str:
    """What a field that no codebook has was probably meant to be."""
    unknown = UNKNOWN.search(message)
    known = sorted({name for part in Part.__subclasses__() for name in part.__struct_fields__})
    similar = get_close_matches(unknown[1], known, 3) if unknown else []
    return "did you mean " + " or ".join(similar) + "?" if similar else ""


def sentence(message: str) -> str:
    """What msgspec says is wrong, without the path."""
    return re.sub(r"\s*-? ?at `\$[^`]*`", "", message)
