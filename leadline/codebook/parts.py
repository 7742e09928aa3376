"""What a codebook file may hold, part by part; an unknown key is an error."""

from __future__ import annotations

from typing import Literal

import msgspec

from leadline.schema import Medium, Realis, Verification

Role = Literal["agent", "patient"]
Form = Literal["imperative", "infinitive", "present", "past", "participle"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of a codebook file: an unknown key is an error."""


class Trigger(Part, frozen=True, kw_only=True):
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


class Example(Part, frozen=True, kw_only=True):
    """A sentence with the realis it is coded with; without one the sentence is *not* coded with the event."""

    text: str
    realis: Realis | None = None


class Event(Part, frozen=True, kw_only=True):
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


class Cue(Part, frozen=True, kw_only=True):
    """Words that show a code, and how far they reach.

    `governs`: the verb, noun or phrase stands above the event's words (`ordered them to shoot`); `clause`: it stands in
    the same clause; `sentence`: in the same sentence; `quote`: in the speech itself.
    """

    words: str
    scope: Literal["governs", "clause", "sentence"] = "clause"


class RealisCode(Part, frozen=True, kw_only=True):
    """One realis code with its cues."""

    code: Realis
    definition: str
    cues: tuple[Cue, ...] = ()


class MediumCode(Part, frozen=True, kw_only=True):
    """One medium with the nouns that name it and the kinds of speakers whose statements are of that medium."""

    code: Medium
    definition: str
    nouns: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


class VerificationCode(Part, frozen=True, kw_only=True):
    """One verification code with its cues.

    `cues` are about material (`the video could not be verified`) and reach what rests on it, or stand on an event's words;
    `within` are patterns that code the clause they stand in.
    """

    code: Verification
    definition: str
    cues: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class CodebookFile(Part, frozen=True, kw_only=True):
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
