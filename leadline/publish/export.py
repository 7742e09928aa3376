"""Tables out: JSON lines, CSV, Parquet and GeoJSON, with a data dictionary beside them.

JSON lines are the lossless form. In CSV, nested fields are JSON text and a cell that a spreadsheet would run as a formula gets an
apostrophe in front. GeoJSON holds incidents; an unknown place is a null geometry, never a point at 0, 0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from leadline import schema
from leadline.disk import write_atomically
from leadline.engine import Engine
from leadline.errors import InputError
from leadline.publish.redact import Protection, coarse
from leadline.publish.rows import EXPORTS, Row, columns

FORMATS = ("jsonl", "csv", "parquet", "geojson")
NOTICE = (
    "Internal, not for publication. These tables hold the words of sources: persons, phone numbers and addresses may stand in\n"
    "quotes. Points are given as finely as the text names a place, also where a refuser or a witness was; only the GeoJSON\n"
    "draws these no finer than a district, and its words are not masked.\n"
)
INSIDE: tuple[type[schema.Record], ...] = (
    schema.Evidence,
    schema.Published,
    schema.Hop,
    schema.Number,
    schema.Estimative,
    schema.Place,
    schema.TimeInterval,
    schema.FieldSpan,
    schema.PairFeature,
    schema.Conflict,
    schema.EvidenceLine,
    schema.ModelEstimate,
    schema.Range,
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_tables(
    engine: Engine, to: Path, kind: str = "jsonl", *, protected: frozenset[str] = frozenset()
) -> list[Path]:
    """Write every table of the case in one format into the folder `to`; returns the files.

    In GeoJSON, incidents of `protected` events are drawn no finer than a district.

    Raises `InputError` for an unknown format or a folder that cannot be written.

    >>> from leadline.engine.duckdb import DuckDBEngine
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> files = export_tables(DuckDBEngine(folder / "tables", {}), folder / "out")
    >>> (folder / "out" / "claims.jsonl") in files
    True
    """
    if kind not in FORMATS:
        raise InputError(f"no export format is called {kind!r}", expected="one of " + ", ".join(FORMATS))
    try:
        to.mkdir(parents=True, exist_ok=True)
        files = [
            _write(to / "INTERNAL.txt", NOTICE.encode()),
            _write(to / "data-dictionary.md", data_dictionary().encode()),
        ]
        if kind == "geojson":
            files.append(_write(to / "incidents.geojson", geojson(engine, protected)))
        else:
            files.extend(_export(engine, name, to, kind) for name in EXPORTS)
    except OSError as e:
        raise InputError(
            f"the export cannot be written ({e.strerror})", place=str(to), expected="a folder you may write to"
        ) from e
    return files


def _export(engine: Engine, name: str, to: Path, kind: str) -> Path:
    rows = EXPORTS[name](engine)
    path = to / f"{name}.{kind}"
    if kind == "jsonl":
        return _write(path, b"".join(msgspec.json.encode(r) + b"\n" for r in rows))
    if kind == "csv":
        return _write(path, _csv(rows, [c[0] for c in columns(name)]))
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = [{c[0]: _cell(r.get(c[0])) for c in columns(name)} for r in rows]
    out = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist(flat, schema=pa.schema([(c[0], _column_type(c[1])) for c in columns(name)])),
        out,
        compression="zstd",
    )
    return _write(path, out.getvalue())


def _column_type(described: str) -> Any:
    import pyarrow as pa

    simple = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "true/false": pa.bool_()}
    return simple.get(described.removesuffix(" or null"), pa.string())


def _csv(rows: Iterator[Row], names: list[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([defused(_cell(row.get(n))) for n in names])
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    """A value as one cell: nested values as JSON text."""
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list | tuple) else value


def defused(value: Any) -> Any:
    """A text that a spreadsheet would run, made harmless; everything else as it is.

    >>> defused("=HYPERLINK(1)"), defused("-3.5"), defused("refused"), defused(-2)
    ("'=HYPERLINK(1)", '-3.5', 'refused', -2)
    """
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def geojson(engine: Engine, protected: frozenset[str]) -> bytes:
    """Incidents as a GeoJSON FeatureCollection (RFC 7946), longitude first; places of `protected` events no finer than a district."""
    incidents = list(engine.records(schema.INCIDENTS, schema.Incident))
    placed = [(i.event, i.place) for i in incidents if i.place is not None]
    placed += [(c.event, p) for c in engine.records(schema.CLAIMS, schema.Claim) for p in c.places]
    protection = Protection(protected, placed)
    features = []
    for i in incidents:
        place = coarse(i.place, protect=protection.covers(i.event, i.place)) if i.place else None
        known = place is not None and place.lat is not None
        geometry = {"type": "Point", "coordinates": [place.lon, place.lat]} if known and place else None
        properties = msgspec.to_builtins(i)
        properties["place"] = msgspec.to_builtins(place)
        properties["precision_m"] = place.precision_m if place else None
        features.append({"type": "Feature", "id": i.incident_id, "geometry": geometry, "properties": properties})
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def data_dictionary() -> str:
    """The data dictionary of all exports and of the records inside them, as Markdown, generated from `schema.py`."""
    lines = [
        "# Data dictionary",
        "",
        "Offsets are code points into a document's full text, end exclusive. Null means unknown or not stated.",
        "",
    ]
    for name, about, rows in dictionary():
        if name == INSIDE[0].__name__:
            lines += ["# Records inside the tables", ""]
        lines += [f"## {name}", "", about, "", *_table(rows), ""]
    return "\n".join(lines)


def dictionary() -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Every export, then every record inside them: name, what a row is, columns (name, type, meaning)."""
    tables = [(name, _about(schema.table(name).record), columns(name)) for name in EXPORTS]
    return tables + [(record.__name__, _about(record), schema.describe(record)) for record in INSIDE]


def _about(record: type[msgspec.Struct]) -> str:
    return (record.__doc__ or "").strip().splitlines()[0]


def _table(rows: list[tuple[str, str, str]]) -> list[str]:
    return ["| column | type | meaning |", "|---|---|---|", *(f"| `{a}` | {b} | {c} |" for a, b, c in rows)]


def _write(path: Path, data: bytes) -> Path:
    write_atomically(path, data)
    return path
