"""Anchors: ledger heads that somebody else held, as text, as RFC 3161 response or as OpenTimestamps proof.

A rewrite of everything, or an older state put back, is consistent in itself; it no longer has the entry whose hash the
anchor holds. Time stamps are over the SHA-256 of the one-line text that `head_text` gives. The signature of a time-stamping
authority is more than the standard library can check: there the verdict is *unproven here*, with the command that checks it.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from leadline.verifier.chain import Row
from leadline.verifier.findings import Finding, shown

HEAD = re.compile(rb"head\s+(?:(\d{1,12})\s+)?([0-9a-f]{64})(?![0-9a-f])")
LARGEST = 50_000_000
GONE = "the ledger has no such entry any more: it was rewritten, or an older state was put back"


def head_text(seq: int, digest: str) -> str:
    """The line that is printed, stamped or handed over; its `seq` entries are then fixed.

    >>> head_text(12, "ab")
    'leadline ledger head 12 ab'
    """
    return f"leadline ledger head {seq} {digest}"


def stamped_digest(row: Row) -> bytes:
    """SHA-256 of the head's line (with its line end): what a time stamp is over."""
    return hashlib.sha256(f"{head_text(row.seq, row.hash)}\n".encode("ascii")).digest()


def check_anchors(paths: Sequence[Path], rows: Sequence[Row], headers: Sequence[str] = ()) -> Iterator[Finding]:
    """Each anchor against the entries of a ledger; `headers` are Bitcoin block headers in hexadecimal."""
    for path in paths:
        name = shown(path.name)
        try:
            with path.open("rb") as f:
                data = f.read(LARGEST + 1)
        except OSError as e:
            yield Finding(name, "unproven", f"it cannot be read ({e.strerror})")
            continue
        try:
            if len(data) > LARGEST:
                raise ValueError(
                    f"more than {LARGEST // 1_000_000} MB: give the lines that hold heads in a file of their own"
                )
            if data.startswith(MAGIC):
                yield _check_proof(name, data, rows, headers)
            elif data.startswith(b"\x30") and not _heads(data):  # a text can begin with the figure 0, as dates do
                yield _check_stamp(path, read_stamp(data), rows)
            else:
                yield _check_text(name, data, rows)
        except (ValueError, IndexError, RecursionError) as e:
            yield Finding(name, "unproven", f"no anchor that can be read here ({e})")


def _heads(data: bytes) -> list[tuple[bytes, bytes]]:
    """Number (or nothing) and hash of every head in a text, in any letter case, in UTF-16 too."""
    return HEAD.findall(data.replace(b"\0", b"").lower())


def _check_text(name: str, data: bytes, rows: Sequence[Row]) -> Finding:
    held = _heads(data)
    if not held:
        picture = b"<svg" in data[:2000] or data.startswith((b"\x89PNG", b"\xff\xd8"))
        todo = (
            "this is a picture: scan it and save the line it holds as a text, or take the .txt written beside it; "
            if picture
            else ""
        )
        raise ValueError(f"{todo}expected a line `leadline ledger head NUMBER HASH`")
    by_hash = {row.hash: row.seq for row in rows}
    found = [by_hash.get(digest.decode()) for _, digest in held]
    if any(at is None or (seq and int(seq) != at) for at, (seq, _) in zip(found, held)):
        return Finding(name, "changed", GONE)
    last = max(at for at in found if at)
    return Finding(name, "ok", f"entries 1 to {last} are the ones it was taken from, {len(rows) - last} follow")


# -- RFC 3161 ---------------------------------------------------------------------------------------------------------

SIGNED_DATA, TST_INFO = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
SHA256 = bytes.fromhex("608648016503040201")


class Stamp(NamedTuple):
    """What a time-stamp token says: the digest it is over and its time. Nothing here is checked yet."""

    imprint: bytes
    time: str
    bare: bool


def read_stamp(data: bytes) -> Stamp:
    """The content of an RFC 3161 response (or of its bare token). Raises `ValueError` for anything else."""
    top = _only(parse_der(data))
    bare = top[0][0] == 0x06
    if not bare:
        status = int.from_bytes(parse_der(top[0][1])[0][1], "big")
        if status > 1 or len(top) < 2:
            raise ValueError(f"the authority did not grant it: status {status}")
    signed = _only(_behind(top if bare else parse_der(top[1][1]), SIGNED_DATA))
    text = _behind(parse_der(signed[2][1]), TST_INFO)
    _, _, imprint, _, time = _only(parse_der(text[0][1]))[:5]
    algorithm, digest = parse_der(imprint[1])[:2]
    if parse_der(algorithm[1])[0][1] != SHA256 or len(digest[1]) != 32:
        raise ValueError("the stamp is not over a SHA-256")
    return Stamp(digest[1], time[1].decode("ascii"), bare)


def parse_der(data: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of the DER values that follow each other in some bytes."""
    found, at = [], 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length == 0x80 or length > 0x84:
            raise ValueError("not DER")
        if length > 0x80:
            n = length - 0x80
            at, length = at + n, int.from_bytes(data[at : at + n], "big")
        if at + length > len(data):
            raise ValueError("cut off")
        found.append((tag, data[at : at + length]))
        at += length
    return found


def _only(values: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """What is inside the one value there is."""
    if len(values) != 1:
        raise ValueError("not a time stamp")
    return parse_der(values[0][1])


def _behind(values: list[tuple[int, bytes]], oid: bytes) -> list[tuple[int, bytes]]:
    """The explicitly tagged value behind an object identifier."""
    if values[0] != (0x06, oid) or values[1][0] != 0xA0:
        raise ValueError("not a time-stamp token")
    return parse_der(values[1][1])


def _check_stamp(path: Path, stamp: Stamp, rows: Sequence[Row]) -> Finding:
    at = next((row.seq for row in rows if stamped_digest(row) == stamp.imprint), None)
    if at is None:
        return Finding(shown(path.name), "changed", GONE)
    command = (
        f"openssl ts -verify -digest {stamp.imprint.hex()} -in {shlex.quote(str(path))}{' -token_in' * stamp.bare}"
    )
    note = f"it names entry {at} of this ledger and the time {shown(stamp.time)}; its signature is unproven here"
    return Finding(shown(path.name), "unproven", f"{note}: {command} -CAfile ROOTS.pem")


# -- OpenTimestamps ---------------------------------------------------------------------------------------------------

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
PENDING, BITCOIN = bytes.fromhex("83dfe30d2ef90c8e"), bytes.fromhex("0588960d73d71901")
EASIEST = 0xFFFF * 256**26 // 10**12  # the target of difficulty 10^12, which every Bitcoin block since 2018 exceeds
SINCE = 1_514_764_800  # 1 January 2018
HASHES = {0x02: "sha1", 0x03: "ripemd160", 0x08: "sha256"}
LONGEST = 4096


class Attestation(NamedTuple):
    """The end of one branch: what was attested, by what (`pending`, `bitcoin` or `unknown`) and where."""

    kind: str
    where: str
    message: bytes


def read_proof(data: bytes) -> tuple[bytes, list[Attestation]]:
    """The digest that a detached proof is over, and its attestations. Raises `ValueError` where it cannot be read."""
    at = len(MAGIC)

    def take(n: int) -> bytes:
        nonlocal at
        at += n
        if at > len(data) or n > 2 * LONGEST:
            raise ValueError("cut off")
        return data[at - n : at]

    def number() -> int:
        value = shift = 0
        while True:
            byte = take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
            if shift > 63:
                raise ValueError("a number without end")

    def branch(message: bytes, depth: int) -> Iterator[Attestation]:
        if depth > 256 or len(message) > LONGEST:
            raise ValueError("too deep")
        more = True
        while more:
            tag = take(1)[0]
            more = tag == 0xFF
            if more:
                tag = take(1)[0]
            if tag == 0:
                yield attestation(message)
            else:
                yield from branch(apply(tag, message), depth + 1)

    def attestation(message: bytes) -> Attestation:
        nonlocal at
        kind, length = take(8), number()
        payload, end = take(length), at
        if kind not in {PENDING, BITCOIN}:
            return Attestation("unknown", kind.hex(), message)
        at = end - length
        where = str(number()) if kind == BITCOIN else shown(take(number()).decode("utf-8", "backslashreplace"))
        if at != end:
            raise ValueError(f"{len(payload)} bytes where others were said")
        return Attestation("bitcoin" if kind == BITCOIN else "pending", where, message)

    def apply(tag: int, message: bytes) -> bytes:
        if tag in HASHES:
            return hashlib.new(HASHES[tag], message).digest()
        if tag in {0xF0, 0xF1}:
            argument = take(number())
            return message + argument if tag == 0xF0 else argument + message
        if tag in {0xF2, 0xF3}:
            return message[::-1] if tag == 0xF2 else message.hex().encode("ascii")
        raise ValueError(f"unknown operation {tag:#04x}")

    if number() != 1 or take(1)[0] != 0x08:
        raise ValueError("expected a proof of version 1 over a SHA-256")
    digest = take(32)
    found = list(branch(digest, 0))
    if at != len(data):
        raise ValueError("bytes after its end")
    return digest, found


def _check_proof(name: str, data: bytes, rows: Sequence[Row], headers: Sequence[str]) -> Finding:
    digest, attestations = read_proof(data)
    at = next((row.seq for row in rows if stamped_digest(row) == digest), None)
    if at is None:
        return Finding(name, "changed", GONE)
    complete = [a for a in attestations if a.kind == "bitcoin"]
    for header in headers:
        raw = bytes.fromhex(header)
        block, time = _worked(raw)
        if any(a.message == raw[36:68] for a in complete):
            note = f"entry {at} stood before {time:%Y-%m-%d %H:%M} UTC, by block {block}"
            return Finding(name, "ok", f"{note}; whether everybody's chain holds that block cannot be seen here")
    if complete:
        wanted = "; ".join(f"block {a.where} with merkle root {a.message[::-1].hex()}" for a in complete)
        note = f"it names entry {at}; unproven here without the header (--header) of {wanted}"
    else:
        where = ", ".join(sorted({a.where for a in attestations if a.kind == "pending"})) or "nobody that is known here"
        note = f"it names entry {at} and is pending at {where}: `ots upgrade {name}` completes it"
    return Finding(name, "unproven", note)


def _worked(header: bytes) -> tuple[str, datetime]:
    """Hash and time of a block from its header. Raises `ValueError` where the work is not there, or is less than Bitcoin asks.

    A header says itself how much work it has: anybody can make one of little. One of difficulty 10^12 costs a single machine
    made for it the better part of a year.
    """
    if len(header) != 80:
        raise ValueError("a block header has 80 bytes")
    block = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1]
    bits, seconds = int.from_bytes(header[72:76], "little"), int.from_bytes(header[68:72], "little")
    mantissa, shift = bits & 0xFFFFFF, (bits >> 24) - 3
    target = mantissa << 8 * shift if shift >= 0 else mantissa >> -8 * shift
    if mantissa >= 0x800000 or int.from_bytes(block, "big") > target:
        raise ValueError("a block header without its proof of work")
    if target > EASIEST or seconds < SINCE:
        raise ValueError("a block header with less work than any block of Bitcoin since 2018: it proves nothing")
    return block.hex(), datetime.fromtimestamp(seconds, timezone.utc)
