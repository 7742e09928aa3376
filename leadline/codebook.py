"""Codebooks: what is coded and by which words, as data.

A codebook (TOML) names the events of a subject with definition, examples and *triggers*, and the codes of realis,
medium and verification with the *cues* that show them. Another subject is another file. A file may build on another
one (`base`), so that what belongs to the English language rather than to a subject is written once.

The words of triggers and cues are patterns, read left to right within one sentence:

    refuse|decline to fight      a word in any inflection; `|` separates alternatives, `_` joins several words to one
    shoot ... deserter           up to eight other words between; `..3` up to three
    sent back? to front          `?` may be missing
    desert/V                     only as a verb (V), noun (N), adjective or adverb (A)
    =fell                        only this very form
    @troops                      any phrase of the class `troops`
    %place                       a place name; likewise %number and %person

Case, punctuation and articles do not count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from leadline.disk import digest_of
from leadline.errors import CodebookError
from leadline.schema import MEDIA, REALIS, Medium, Realis, Verification

FOLDER = Path(__file__).parent / "codebooks"
SHIPPED = FOLDER / "coercion.toml"
UNKNOWN = re.compile(r"unknown field `([^`]*)`")
GAP = 8  # words that `...` may skip
ARTICLES = frozenset({"a", "an", "the"})  # never stand in a pattern's way
Role = Literal["agent", "patient"]
Form = Literal["imperative", "infinitive", "present", "past", "participle"]


# -- patterns ---------------------------------------------------------------------------------------------------------


class Word(msgspec.Struct, frozen=True):
    """A word that must have a part of speech, or stand in this very form."""

    text: str
    pos: str = ""
    exact: bool = False


class Step(msgspec.Struct, frozen=True):
    """One place in a pattern: plain words, restricted words or phrases that may stand there.

    A step with `gap` stands for up to that many words of any kind.
    """

    plain: frozenset[str] = frozenset()
    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[Step, ...], ...] = ()
    optional: bool = False
    gap: int = 0


Pattern = tuple[Step, ...]
Classes = Mapping[str, tuple[str, ...]]
_WORD = re.compile(r"(?P<exact>=?)(?P<text>[^\s|/@?=]+)(?:/(?P<pos>[VNA]))?$")


def parse_pattern(words: str, classes: Classes, _inside: tuple[str, ...] = ()) -> Pattern:
    """The steps of a pattern.

    Raises `ValueError` saying what is wrong with it.

    >>> steps = parse_pattern("refuse|decline to? @fight", {"fight": ("fight", "go on")})
    >>> sorted(steps[0].plain), steps[1].optional, len(steps[2].phrases)
    (['decline', 'refuse'], True, 1)
    """
    steps: list[Step] = []
    for part in words.split():
        if part in ARTICLES:
            continue
        if gap := re.fullmatch(r"\.\.(?:\.|(\d+))", part):
            steps.append(Step(gap=int(gap[1]) if gap[1] else GAP))
        else:
            steps.append(_step(part.removesuffix("?"), classes, _inside, optional=part.endswith("?")))
    if not steps or steps[0].gap or steps[-1].gap or all(s.optional or s.gap for s in steps):
        raise ValueError(f"a pattern begins with a word and does not end with a gap, found {words!r}")
    return tuple(steps)


def _step(part: str, classes: Classes, inside: tuple[str, ...], *, optional: bool) -> Step:
    plain: set[str] = set()
    words: list[Word] = []
    phrases: list[Pattern] = []
    for piece in part.split("|"):
        if piece.startswith("@"):
            name = piece[1:]
            if name not in classes:
                raise ValueError(f"no class is called {name!r}; expected one of {', '.join(sorted(classes))}")
            if name in inside:
                raise ValueError(f"the class {name!r} contains itself")
            for phrase in classes[name]:
                found = parse_pattern(phrase, classes, (*inside, name))
                if len(found) > 1:
                    phrases.append(found)
                else:
                    plain |= found[0].plain
                    words += found[0].words
                    phrases += found[0].phrases
            continue
        if "_" in piece:
            phrases.append(parse_pattern(piece.replace("_", " "), classes, inside))
            continue
        word = _word(piece)
        if word.pos or word.exact:
            words.append(word)
        else:
            plain.add(word.text)
    return Step(frozenset(plain), tuple(words), tuple(phrases), optional)


def _word(piece: str) -> Word:
    found = _WORD.match(piece)
    if not found:
        raise ValueError(
            f"{piece!r} is not a word of a pattern; expected a word, word/V, =word, @class, `...` or `..3`"
        )
    return Word(found["text"].casefold(), found["pos"] or "", bool(found["exact"]))


# -- what a codebook holds --------------------------------------------------------------------------------------------


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of a codebook file: an unknown key is an error."""


class Trigger(_Part, frozen=True, kw_only=True):
    """Words that show an event, and what must hold around them.

    `agent` and `patient` name what the doer and the one it is done to may be (a pronoun always may); `near` are
    patterns of which one must stand in the same sentence, `unless` are patterns that rule the trigger out where they stand
    in the same clause. `beside` are events of which the document must tell elsewhere in sure words (`*` for any that is no
    context): `did not reply` answers nothing in an article about trade. `needs` are roles that must be filled, `forms` the forms that the governing verb may
    have. `realis` is the realis that the words themselves carry. `weight` is how sure the words are, 0 to 1.
    """

    words: str
    agent: str = ""
    patient: str = ""
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    not_agent: str = ""
    not_patient: str = ""
    needs: tuple[Role, ...] = ()
    forms: tuple[Form, ...] = ()
    realis: Realis | None = None
    weight: float = 0.7


class Example(_Part, frozen=True, kw_only=True):
    """A sentence with the realis it is coded with; without one the sentence is *not* coded with the event."""

    text: str
    realis: Realis | None = None


class Event(_Part, frozen=True, kw_only=True):
    """One event code.

    `counts` are what a number must count to be the event's number, `rank` decides between events whose words stand in
    one clause, `protect` is true where the persons concerned are at risk: pages then show no point finer than a district.
    `context` is true for events that stand around the subject (territory, losses): they are shown and never estimated.
    """

    code: str
    label: str
    definition: str
    triggers: tuple[Trigger, ...] = ()
    unless: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    counts: tuple[str, ...] = ()
    rank: int = 0
    protect: bool = False
    context: bool = False


class Cue(_Part, frozen=True, kw_only=True):
    """Words that show a code, and how far they reach.

    `governs`: the verb, noun or phrase stands above the event's words (`ordered them to shoot`); `clause`: it stands in
    the same clause; `sentence`: in the same sentence; `quote`: in the speech itself.
    """

    words: str
    scope: Literal["governs", "clause", "sentence"] = "clause"


class RealisCode(_Part, frozen=True, kw_only=True):
    """One realis code with its cues."""

    code: Realis
    definition: str
    cues: tuple[Cue, ...] = ()


class MediumCode(_Part, frozen=True, kw_only=True):
    """One medium with the nouns that name it and the kinds of speakers whose statements are of that medium."""

    code: Medium
    definition: str
    nouns: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


class VerificationCode(_Part, frozen=True, kw_only=True):
    """One verification code with its cues.

    `cues` are about material (`the video could not be verified`) and reach what rests on it, or stand on an event's words;
    `within` are patterns that code the clause they stand in.
    """

    code: Verification
    definition: str
    cues: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class CodebookFile(_Part, frozen=True, kw_only=True):
    """A codebook as it stands in its file.

    `again` are patterns that repeat the event spoken of just before (`this practice is widespread`). `learned` is the file
    of a model that was taught this subject by marked sentences (`scripts/train_events.py`); it lies beside the codebook.
    """

    title: str
    version: str
    base: str = ""
    definition: str = ""
    again: tuple[str, ...] = ()
    learned: str = ""
    classes: dict[str, tuple[str, ...]] = {}
    events: tuple[Event, ...] = ()
    realis: tuple[RealisCode, ...] = ()
    media: tuple[MediumCode, ...] = ()
    verification: tuple[VerificationCode, ...] = ()


class Codebook:
    """A codebook ready for use: its file and the files it builds on, merged.

    >>> book = load_codebook(None)
    >>> book.event("refusal").label
    'Refusal to fight or obey'
    """

    def __init__(self, file: CodebookFile) -> None:
        self.file = file
        self.events = file.events
        self._by_code = {e.code: e for e in file.events}
        self.classes = file.classes

    def event(self, code: str) -> Event:
        """The event of that code."""
        if code not in self._by_code:
            raise CodebookError(f"no event is called {code!r}", expected="one of " + ", ".join(self._by_code))
        return self._by_code[code]

    def pattern(self, words: str) -> Pattern:
        """The steps of a pattern of this codebook."""
        return parse_pattern(words, self.classes)

    def phrases(self, name: str) -> Pattern:
        """A pattern that any phrase of the class fits."""
        return parse_pattern(f"@{name}", self.classes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Event codes in the order of the file."""
        return tuple(self._by_code)


# -- reading and checking ---------------------------------------------------------------------------------------------


def load_codebook(path: str | Path | None = None) -> Codebook:
    """The codebook of a file, the shipped `coercion` where none is named.

    Raises `CodebookError` naming the file and the exact place in it, such as `$.events[3].triggers[0].words`.
    """
    place = Path(path) if path else SHIPPED
    file = _read(place, ())
    for where, problem in _problems(file):
        raise CodebookError(problem, place=f"{place}: {where}")
    return Codebook(file)


def content_of(path: str | Path) -> str:
    """Digest of all that a codebook says, its bases and its taught model with it, wherever these lie.

    Raises `CodebookError` as `load_codebook` does.
    """
    file = load_codebook(path).file
    if file.learned:
        file = msgspec.structs.replace(file, learned=digest_of(Path(file.learned)))
    return hashlib.sha256(msgspec.json.encode(file, order="deterministic")).hexdigest()


def check_codebook(path: str | Path) -> None:
    """Raise `CodebookError` with the exact place of the first fault of a codebook file; return None if there is none."""
    load_codebook(path)


def _read(path: Path, seen: tuple[Path, ...]) -> CodebookFile:
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=CodebookFile)
    except OSError as e:
        raise CodebookError(
            f"the codebook cannot be read ({e.strerror})", place=str(path), todo="check the name"
        ) from e
    except UnicodeDecodeError as e:
        raise CodebookError("the file is not UTF-8 text", place=str(path), expected="a TOML file") from e
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise CodebookError(_sentence(str(e)), place=f"{path}: {_path_in(str(e))}", todo=_meant(str(e))) from e
    if file.learned:
        file = msgspec.structs.replace(file, learned=_beside(path, file.learned))
    if not file.base:
        return file
    below = path.parent / file.base if (path.parent / file.base).is_file() else FOLDER / f"{file.base}.toml"
    if not below.is_file() or below.resolve() in seen:
        raise CodebookError(
            f"the base {file.base!r} is not found" if not below.is_file() else "the bases form a loop",
            place=f"{path}: $.base",
            expected="a file beside this one or a shipped codebook",
        )
    return _merge(_read(below, (*seen, path.resolve())), file)


def _beside(path: Path, name: str) -> str:
    """The file of a taught model: beside the codebook, or one that is shipped; raises `CodebookError` where there is none."""
    found = next((f for f in (path.parent / name, FOLDER / name) if f.is_file()), None)
    if found is None:
        raise CodebookError(
            f"the model {name!r} is not found",
            place=f"{path}: $.learned",
            expected="a file beside this one or one that is shipped",
            todo="train it with scripts/train_events.py, or leave the key out",
        )
    return str(found)


def _merge(below: CodebookFile, above: CodebookFile) -> CodebookFile:
    """`above` on top of `below`: classes and codes of the same name are replaced, except that a list that contains
    its own class (`@troops` inside `troops`) adds to it.
    """
    classes = dict(below.classes)
    for name, phrases in above.classes.items():
        own = classes.get(name, ())
        classes[name] = tuple(p for phrase in phrases for p in (own if phrase == f"@{name}" else (phrase,)))

    def by_code(lower: Iterable[Any], upper: Iterable[Any]) -> tuple[Any, ...]:
        return tuple({x.code: x for x in (*lower, *upper)}.values())

    return msgspec.structs.replace(
        above,
        base="",
        learned=above.learned or below.learned,
        classes=classes,
        events=(*above.events, *(e for e in below.events if e.code not in {x.code for x in above.events})),
        realis=by_code(below.realis, above.realis),
        media=by_code(below.media, above.media),
        verification=by_code(below.verification, above.verification),
    )


def _problems(file: CodebookFile) -> Iterator[tuple[str, str]]:
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


def _path_in(message: str) -> str:
    """The path that msgspec names in its message, with the field that it does not know; `$` where it names none.

    >>> _path_in("Object contains unknown field `cod` - at `$.events[0]`")
    '$.events[0].cod'
    """
    found, unknown = re.search(r"at `(\$[^`]*)`", message), UNKNOWN.search(message)
    return (found[1] if found else "$") + (f".{unknown[1]}" if unknown else "")


def _meant(message: str) -> str:
    """What a field that no codebook has was probably meant to be."""
    unknown = UNKNOWN.search(message)
    known = sorted({name for part in _Part.__subclasses__() for name in part.__struct_fields__})
    similar = get_close_matches(unknown[1], known, 3) if unknown else []
    return "did you mean " + " or ".join(similar) + "?" if similar else ""


def _sentence(message: str) -> str:
    return re.sub(r"\s*-? ?at `\$[^`]*`", "", message)


__all__ = [
    "MEDIA",
    "REALIS",
    "Codebook",
    "Event",
    "Pattern",
    "Step",
    "Trigger",
    "Word",
    "check_codebook",
    "load_codebook",
]
