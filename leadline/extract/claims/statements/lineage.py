"""What a chain of attribution comes to: the hops, the sources behind them and the recording they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.kinds import SUPERIORS, WITNESSES
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import BODY_NOUNS, Who
from leadline.schema import Attribution, Hop

TELLING = rule_words("lineage.telling")
INFORMING = rule_words("lineage.informing")
ADDRESSED = frozenset({"him", "her", "them", "us", "me", "he", "she", "they", "everyone", "everybody"})


@dataclass(frozen=True)
class Lineage:
    """Who says a stretch of text: the hops, the sources behind them, and the recording it stands on.

    `stated` is true where the grammar of its own sentence leaves no choice (`by the count of the project, …`).
    """

    hops: tuple[Hop, ...] = ()
    whos: tuple[Who, ...] = ()
    recording: Recording | None = None
    attribution: Attribution | None = None
    cue: Token | None = None
    found_out: bool = False
    stated: bool = False

    @classmethod
    def said(
        cls,
        *whos: Who,
        cue: Token | None = None,
        through: Iterable[Who] = (),
        recording: Recording | None = None,
        found_out: bool = False,
        stated: bool = False,
    ) -> Lineage:
        """What `whos` say by a cue that no attribution holds, `through` others who are known without one."""
        outer = tuple(through)
        hops = (*(w.hop("") for w in outer), *(w.hop(cue.text if cue is not None else "") for w in whos))
        return cls(hops, (*outer, *whos), recording, None, cue, found_out, stated)


def is_teller(who: Who | None) -> bool:
    """Whether a source is a person without office, whose story a text may go on to tell."""
    return who is not None and who.source is None and not who.owner_kind and who.kind in WITNESSES | {"person"}


def tells_those_concerned(who: Who, cue: Token, naming: Naming) -> bool:
    """Whether a nameless superior tells, warns or threatens soldiers or families: a part of the story."""
    if who.kind not in SUPERIORS or who.source is not None or cue.lemma_.lower() not in TELLING:
        return False
    noun = naming.doc[who.at]
    if naming.people.is_named(noun) or (noun.lemma_.lower() in BODY_NOUNS and cue.lemma_.lower() in INFORMING):
        return False
    addressed = [c for c in cue.children if c.dep_ in {"dobj", "dative", "nsubjpass"}]
    return any(
        a.lower_ in ADDRESSED or naming.words.kind(a.lemma_.lower()) in {"soldier", "relative"} for a in addressed
    )
