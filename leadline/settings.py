"""All settings of a case in one typed record: name, default, what it does, which stages it concerns.

Settings are passed in, never read from globals. `stages` in the metadata tells the pipeline whose results a change
makes stale.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec

from leadline.errors import InputError


def _setting(help_text: str, *stages: str) -> msgspec.Meta:
    return msgspec.Meta(description=help_text, extra={"stages": stages})


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one case; written to `case.toml` and read back from there.

    >>> Settings().seed
    20221104
    """

    seed: Annotated[int, _setting("seed of every random draw", "link", "estimate")] = 20221104
    workers: Annotated[int, _setting("worker processes; 0 means one per core, at most two")] = 0
    batch_size: Annotated[int, _setting("documents read into memory at a time")] = 32
    meta: Annotated[str, _setting("CSV of what the collector knows: document, published, publisher", "ingest")] = ""
    max_document_mb: Annotated[float, _setting("larger files are refused, with the reason", "ingest")] = 20.0
    codebook: Annotated[
        str, _setting("codebook file; empty means the shipped `coercion`", "extract", "link", "estimate", "publish")
    ] = ""
    registers: Annotated[
        tuple[str, ...],
        _setting(
            "source registers that add to the shipped one", "ingest", "extract", "trace", "link", "estimate", "publish"
        ),
    ] = ()
    gazetteers: Annotated[
        tuple[str, ...], _setting("gazetteer files that are asked before the shipped one", "extract")
    ] = ()
    shipped_register: Annotated[
        bool, _setting("use the shipped source register", "ingest", "extract", "trace", "link", "estimate", "publish")
    ] = True
    shipped_gazetteer: Annotated[bool, _setting("use the shipped gazetteer", "extract")] = True
    link_parameters: Annotated[
        str, _setting("file of match and unmatch probabilities; empty means the shipped ones", "link")
    ] = ""
    link_threshold: Annotated[
        float, _setting("two claims are put in one incident at this posterior probability", "link")
    ] = 0.5
    partition_draws: Annotated[int, _setting("posterior draws of the partition into incidents", "link")] = 100
    incident_lists: Annotated[
        tuple[str, ...],
        _setting("series that are lists of incidents: two entries of one list are never the same incident", "link"),
    ] = ()
    min_pairs_for_em: Annotated[
        int, _setting("compared pairs from which the parameters are moved by a step of EM over them", "link")
    ] = 5000
    names: Annotated[
        bool, _setting("print names of persons who are not in the source register (internal use only)", "publish")
    ] = False
    title: Annotated[str, _setting("title of the dossier", "publish")] = ""
    outlines: Annotated[
        str, _setting("file of the map's outlines (scripts/build_map.py); empty means the shipped ones", "publish")
    ] = ""

    def n_workers(self) -> int:
        """Number of worker processes: as set, else one per core up to two."""
        return self.workers or min(2, os.cpu_count() or 1)


def concerning(stage: str, settings: Settings) -> dict[str, Any]:
    """The settings that change what `stage` computes, as builtins.

    >>> sorted(concerning("ingest", Settings()))
    ['max_document_mb', 'meta', 'registers', 'shipped_register']
    """
    hints = get_type_hints(Settings, include_extras=True)
    picked = {}
    for name, hint in hints.items():
        meta = next(m for m in hint.__metadata__ if isinstance(m, msgspec.Meta))
        if stage in (meta.extra or {}).get("stages", ()):
            picked[name] = msgspec.to_builtins(getattr(settings, name))
    return picked


def load_settings(path: Path) -> Settings:
    """Read a settings file (TOML); relative file names in it are relative to the file.

    Raises `InputError` naming the path inside the file.
    """
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Settings)
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise InputError(str(e), place=str(path), todo="`leadline settings` lists the names and their defaults") from e
    here = path.parent

    def absolute(name: str) -> str:
        return str((here / name).resolve()) if name else name

    return msgspec.structs.replace(
        settings,
        meta=absolute(settings.meta),
        codebook=absolute(settings.codebook),
        link_parameters=absolute(settings.link_parameters),
        outlines=absolute(settings.outlines),
        registers=tuple(absolute(r) for r in settings.registers),
        gazetteers=tuple(absolute(g) for g in settings.gazetteers),
    )
