"""Anchors: the ledger's head for somebody else to hold, and time stamps over it kept in the case.

No network of its own: the head is printed (text and QR code), the request of a time stamp (RFC 3161) is written to a file,
the authority's response and OpenTimestamps proofs are read from files. What is stored is checked first: it must be over a head
of this ledger, and where root certificates are given, its signature must hold under them.

RFC 3161, Internet X.509 PKI Time-Stamp Protocol, https://doi.org/10.17487/RFC3161.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

import leadline
from leadline.case import Case, keep, writing
from leadline.disk import write_atomically
from leadline.errors import CaseError, DependencyError, InputError
from leadline.ledger import Ledger
from leadline.verifier import Finding
from leadline.verifier.anchors import (
    MAGIC,
    check_anchors,
    head_text,
    parse_der,
    read_proof,
    read_stamp,
    stamped_digest,
)
from leadline.verifier.chain import GENESIS, Row, canonical


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a ledger: who holds `text` can show later that no entry up to `seq` was changed, removed or put back."""

    seq: int
    hash: str

    @property
    def text(self) -> str:
        """The line to print, stamp or hand over."""
        return head_text(self.seq, self.hash)


def ledger_head(folder: Path) -> Head:
    """The head of a case's ledger. Raises `CaseError` where it has no entry yet."""
    Case.open(folder)
    with Ledger.open(folder / "ledger.sqlite", write=False) as ledger:
        last = _rows(ledger)[-1:]
    if not last or last[0].hash == GENESIS:
        raise CaseError("the ledger has no entry yet", place=str(folder), todo="`leadline run` first")
    return Head(seq=last[0].seq, hash=last[0].hash)


def terminal_code(head: Head) -> str:
    """The head as a QR code of characters, for a camera in front of the screen."""
    out = StringIO()
    _library("segno").make(head.text, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()


def write_head(head: Head, to: Path) -> list[Path]:
    """Write the head into a folder outside the case: text, QR code and the request for a time-stamping authority.

    Raises `InputError` where the folder cannot be written.
    """
    line = f"{head.text}\n".encode("ascii")
    client = _library("rfc3161_client")
    request = client.TimestampRequestBuilder(line, client.HashAlgorithm.SHA256).build()
    code = BytesIO()
    _library("segno").make(head.text, error="m", micro=False).save(code, kind="svg", scale=4, xmldecl=False)
    contents = {"txt": line, "svg": code.getvalue(), "tsq": request.as_bytes()}
    files = {to / f"leadline-head-{head.seq}.{suffix}": data for suffix, data in contents.items()}
    try:
        to.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            write_atomically(path, data)
    except OSError as e:
        raise InputError(
            f"the head cannot be written ({e.strerror})", place=str(to), expected="a folder you may write to"
        ) from e
    return list(files)


def keep_anchor(
    folder: Path,
    anchor: Path,
    *,
    request: Path | None = None,
    chain: Sequence[Path] = (),
    roots: Sequence[Path] = (),
) -> Finding:
    """Keep a response (.tsr) or a proof (.ots) in the case, with its request and its certificates, on the record.

    Returns what `verify --anchor` says of it. Raises `InputError` where it is over no head of this ledger, where roots are
    given and the signature does not hold under them, or where a proof is given what only a response is checked with.
    """
    Case.open(folder)
    data = _read(anchor)
    proof = data.startswith(MAGIC)
    if proof and (roots or chain or request):
        raise InputError(
            "an OpenTimestamps proof is signed by nobody: no certificate and no request goes with it",
            place=str(anchor),
            expected="--root, --chain and --request with an RFC 3161 response (.tsr)",
            todo="leave them out; `leadline verify CASE --anchor FILE --header HEADER` checks a proof by its block",
        )
    with writing(folder), Ledger.open(folder / "ledger.sqlite") as ledger:
        Case.under(ledger, None, leadline.__version__)
        rows = _rows(ledger)
        row = next((r for r in rows if stamped_digest(r) == _stamped(anchor, data)), None)
        if row is None:
            raise InputError(
                "it is over no head of this ledger",
                place=str(anchor),
                expected="a stamp over the text of `leadline anchor`",
            )
        (found,) = check_anchors([anchor], rows)
        if roots:
            found = check_signature(anchor, found, roots, chain, request)
            if found.status != "ok":
                raise InputError(found.note, place=str(anchor))
        sha256 = hashlib.sha256(data).hexdigest()
        stem = f"{row.seq:06}-{row.hash[:12]}-{sha256[:12]}"  # stamps of several authorities over one head stand side by side
        contents = {f"{stem}.{'ots' if proof else 'tsr'}": data}
        if request is not None:
            contents[f"{stem}.tsq"] = _read(request)
        if chain or roots:
            contents[f"{stem}.pem"] = b"".join(_read(path).rstrip() + b"\n" for path in (*chain, *roots))
        payload = {
            "seq": row.seq,
            "head": row.hash,
            "files": {n: hashlib.sha256(d).hexdigest() for n, d in contents.items()},
        }
        keep(ledger, {f"anchors/{name}": d for name, d in contents.items()}, "anchor", payload)
    return found


def check_signature(
    path: Path, found: Finding, roots: Sequence[Path], chain: Sequence[Path] = (), request: Path | None = None
) -> Finding:
    """What is found about a response once its signature is checked too; findings about other anchors stay as they are."""
    data = _read(path)
    if found.status != "unproven" or not data.startswith(b"\x30"):
        return found
    client, x509 = _library("rfc3161_client"), _library("cryptography.x509")
    builder = client.VerifierBuilder()
    try:
        if request is not None:
            builder = builder.nonce(_nonce(request))
        for certificate in _certificates(x509, chain):
            builder = builder.add_intermediate_certificate(certificate)
        for certificate in _certificates(x509, roots):
            builder = builder.add_root_certificate(certificate)
        stamp = read_stamp(data)
        builder.build().verify(client.decode_timestamp_response(data), stamp.imprint)
    except (ValueError, IndexError, client.VerificationError) as e:
        return found._replace(note=f"{found.note}; under the certificates given: {e}")
    return found._replace(status="ok", note=f"stamped at {stamp.time}; the signature holds under the roots given")


def _nonce(request: Path) -> int:
    """The number that a request asks to be repeated, so that no older response can stand for it."""
    ((_, content),) = parse_der(_read(request))
    numbers = [int.from_bytes(value, "big") for tag, value in parse_der(content)[1:] if tag == 0x02]
    if len(numbers) != 1:
        raise ValueError("the request has no nonce")
    return numbers[0]


def _stamped(path: Path, data: bytes) -> bytes:
    """The digest that a response or proof is over."""
    try:
        return read_proof(data)[0] if data.startswith(MAGIC) else read_stamp(data).imprint
    except (ValueError, IndexError, RecursionError) as e:
        raise InputError(
            f"it cannot be read ({e})",
            place=str(path),
            expected="an RFC 3161 response over SHA-256, or an OpenTimestamps proof",
        ) from e


def _rows(ledger: Ledger) -> list[Row]:
    return [Row(e.seq, e.time, e.kind, canonical(e.payload), e.previous, e.hash) for e in ledger.entries()]


def _certificates(x509: ModuleType, paths: Sequence[Path]) -> list[Any]:
    return [certificate for path in paths for certificate in x509.load_pem_x509_certificates(_read(path))]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise InputError(f"it cannot be read ({e.strerror})", place=str(path)) from e


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as e:
        raise DependencyError(
            f"the package {name.partition('.')[0].replace('_', '-')} is not installed",
            todo="pip install 'leadline[anchor]'",
        ) from e
