"""A codebook compiled for reading: all that coding a text asks of it."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.coded.sentences import fingerprint
from leadline.extract.claims.coded.taught import Taught, taught_for
from leadline.extract.claims.coded.triggers import Rules, compile_rules, grounds_of
from leadline.extract.claims.judged.judging import Judges, judges_for
from leadline.extract.claims.judged.medium import MediumRule, compile_media
from leadline.extract.claims.judged.verification import Checks, compile_checks
from leadline.extract.claims.modality.realis import CueRule, compile_cues
from leadline.schema import Medium


@dataclass(frozen=True)
class Coder:
    """A codebook compiled for coding texts; `encoder` is the fingerprint of its encoder, empty where it has none."""

    book: Codebook
    rules: Rules
    grounds: Rules
    cues: tuple[CueRule, ...]
    media: dict[Medium, MediumRule]
    checks: Checks
    counts: dict[str, tuple[Pattern, ...]]
    again: tuple[Pattern, ...] = ()
    taught: Taught | None = None
    judges: Judges | None = None
    encoder: str = ""

    @classmethod
    def of(cls, book: Codebook) -> Coder:
        """Compile a codebook; raises `CodebookError` where the model that it names is broken or knows other codes."""
        rules, taught = compile_rules(book), taught_for(book)
        encoder = fingerprint(taught.encoder) if taught is not None and taught.encoder is not None else ""
        return cls(
            book=book,
            rules=rules,
            grounds=grounds_of(rules),
            cues=compile_cues(book),
            media=compile_media(book),
            checks=compile_checks(book),
            counts={e.code: tuple(map(book.pattern, e.counts)) for e in book.events},
            again=tuple(map(book.pattern, book.file.again)),
            taught=taught,
            judges=judges_for(encoder),
            encoder=encoder,
        )
