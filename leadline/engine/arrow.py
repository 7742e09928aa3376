"""Records to Arrow tables and back.

The Arrow schema of a table follows from its record type; the sentence that describes a field travels as its metadata.
Fields of type `dict` are stored as JSON text, since their keys are open.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
from msgspec import inspect

from leadline.schema import Record, Table

R = TypeVar("R", bound=Record)


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table.

    >>> from leadline.schema import CLAIM_ORIGINS
    >>> arrow_schema(CLAIM_ORIGINS).names
    ['claim_id', 'origin_id']
    """
    info = inspect.type_info(table.record)
    assert isinstance(info, inspect.StructType)
    return pa.schema([_field(f) for f in info.fields], metadata={"leadline.table": table.name})


def to_arrow(table: Table, records: Iterable[Record]) -> pa.Table:
    """Records of one table as an Arrow table, in the given order."""
    rows: Iterable[Any] = map(msgspec.to_builtins, records)
    if _has_open_keys(table.record):
        info = inspect.type_info(table.record)
        rows = (_encode(row, info) for row in rows)
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(table))


def from_arrow(data: pa.Table | pa.RecordBatch, record: type[R]) -> list[R]:
    """Rows of an Arrow table as records."""
    rows: Iterable[Any] = data.to_pylist()
    if _has_open_keys(record):
        info = inspect.type_info(record)
        rows = (_decode(row, info) for row in rows)
    return [msgspec.convert(row, record) for row in rows]


def _field(f: Any) -> pa.Field:
    meta = (
        {"description": (f.type.extra_json_schema or {}).get("description", "")}
        if isinstance(f.type, inspect.Metadata)
        else None
    )
    return pa.field(f.encode_name, _arrow_type(f.type), metadata=meta)


def _arrow_type(t: Any) -> pa.DataType:
    t = _plain(t)
    if isinstance(t, inspect.StrType | inspect.LiteralType | inspect.DictType):
        return pa.string()
    if isinstance(t, inspect.IntType):
        return pa.int64()
    if isinstance(t, inspect.FloatType):
        return pa.float64()
    if isinstance(t, inspect.BoolType):
        return pa.bool_()
    if isinstance(t, inspect.VarTupleType | inspect.ListType):
        return pa.list_(_arrow_type(t.item_type))
    if isinstance(t, inspect.TupleType):
        return pa.list_(_arrow_type(t.item_types[0]))
    if isinstance(t, inspect.StructType):
        return pa.struct([_field(f) for f in t.fields])
    raise TypeError(f"no Arrow type for {t!r}")


def _plain(t: Any) -> Any:
    """The type without its metadata and without `| None`."""
    while isinstance(t, inspect.Metadata | inspect.UnionType):
        t = (
            t.type
            if isinstance(t, inspect.Metadata)
            else next(x for x in t.types if not isinstance(x, inspect.NoneType))
        )
    return t


@cache
def _has_open_keys(record: type[Record]) -> bool:
    """Whether a field somewhere in the record is stored as JSON text: no other value has to be looked at one by one."""

    def within(t: Any) -> bool:
        t = _plain(t)
        if isinstance(t, inspect.StructType):
            return any(within(f.type) for f in t.fields)
        if isinstance(t, inspect.VarTupleType | inspect.ListType):
            return within(t.item_type)
        if isinstance(t, inspect.TupleType):
            return any(map(within, t.item_types))
        return isinstance(t, inspect.DictType)

    return within(inspect.type_info(record))


def _encode(value: Any, t: Any) -> Any:
    t = _plain(t)
    if value is None:
        return None
    if isinstance(t, inspect.DictType):
        return msgspec.json.encode(value, order="deterministic").decode()
    if isinstance(t, inspect.StructType):
        return {f.encode_name: _encode(value[f.encode_name], f.type) for f in t.fields}
    if isinstance(t, inspect.VarTupleType | inspect.ListType):
        return [_encode(v, t.item_type) for v in value]
    return value


def _decode(value: Any, t: Any) -> Any:
    t = _plain(t)
    if value is None:
        return None
    if isinstance(t, inspect.DictType):
        return msgspec.json.decode(value)
    if isinstance(t, inspect.StructType):
        return {f.encode_name: _decode(value[f.encode_name], f.type) for f in t.fields if f.encode_name in value}
    if isinstance(t, inspect.VarTupleType | inspect.ListType):
        return [_decode(v, t.item_type) for v in value]
    return value
