"""A head held outside catches what is consistent in itself: a rewrite of everything, an older state put back."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from ingested import ingest, write_files
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpHexlify, OpPrepend, OpSHA1, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from leadline.case import Case
from leadline.cli import main
from leadline.custody import keep_anchor, ledger_head, terminal_code, verify_case, write_head
from leadline.errors import CaseError, InputError
from leadline.ledger import Ledger
from leadline.verifier import standalone
from leadline.verifier.anchors import _worked as worked
from leadline.verifier.anchors import check_anchors, head_text, read_proof, read_stamp, stamped_digest
from leadline.verifier.chain import GENESIS, Row, canonical, entry_hash, from_text, to_text

openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl, the test's own authority, is not installed"
)
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
[req]
distinguished_name = name
prompt = no
[name]
CN = Leadline test authority
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamp]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("anchors")
    ingest(
        folder / "case",
        write_files(folder / "heap", {"a.txt": "Forty men left their units, the office said on 4 May 2021."}),
    )
    return folder / "case"


@pytest.fixture
def case(built, tmp_path):
    return shutil.copytree(built, tmp_path / "case")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A time-stamping authority of our own: `authority(request) -> response`, and its root certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, the test's own authority, is not installed")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "conf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")

    def run(*words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    conf = ("-config", folder / "conf")
    run("req", *conf, "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-days", 30, "-subj", "/CN=root", "-extensions", "ca")  # fmt: skip
    run("req", *conf, "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr", "-subj", "/CN=stamp")  # fmt: skip
    run("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", 30, "-out", folder / "tsa.pem", "-extfile", folder / "conf", "-extensions", "stamp")  # fmt: skip

    def stamp(request, response, *words):
        run("ts", "-reply", *conf, "-queryfile", request, "-out", response, *words)
        return response

    stamp.root = folder / "ca.pem"
    return stamp


def rewrite(case, change):
    """What a keeper does who owns everything: other entries, every hash, the database and the seal made new."""
    rows = from_text((case / "ledger.jsonl").read_bytes())[0]
    previous, made = GENESIS, []
    for row in change(rows):
        seq = len(made) + 1
        digest = entry_hash(seq, row.time, row.kind, row.payload, previous)
        made.append(Row(seq, row.time, row.kind, row.payload, previous, digest))
        previous = digest
    (case / "ledger.sqlite").unlink()
    Ledger.open(shutil.move(case / "ledger.jsonl", case / "old") and case / "ledger.sqlite").close()
    (case / "old").unlink()
    connection = sqlite3.connect(case / "ledger.sqlite")
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", made)
    connection.commit()
    connection.close()
    digest = hashlib.sha256((case / "ledger.sqlite").read_bytes()).hexdigest()
    (case / "ledger.jsonl").write_bytes(to_text(made, digest))


def later(rows):
    return [row._replace(time=row.time.replace("2", "1", 1)) for row in rows]


def held(case, tmp_path):
    path = tmp_path / "held.txt"
    path.write_text(f"Seen today, with thanks.\n  {ledger_head(case).text}\nA. Notary\n", encoding="utf-8")
    return path


def grow(case, tmp_path):
    ingest(case, write_files(tmp_path / "more", {"b.txt": "A second unit refused to cross the river, it is said."}))


def standing(case, *words):
    """Exit code and text of the stand-alone verifier."""
    done = subprocess.run([sys.executable, "-I", case / "verify.py", case, *map(str, words)], capture_output=True, text=True, check=False)  # fmt: skip
    return done.returncode, done.stdout


def same(case, *anchors, headers=()):
    """The verdict with these anchors, which must be the same from the library and from the file in the case."""
    verdict = verify_case(case, anchors, headers)
    words = [w for a in anchors for w in ("--anchor", a)] + [w for h in headers for w in ("--header", h)]
    assert standing(case, *words)[0] == verdict.exit_code
    return verdict


# -- text -------------------------------------------------------------------------------------------------------------


def test_anchor_text_holds_also_when_the_ledger_has_grown(case, tmp_path):
    path = held(case, tmp_path)
    assert same(case, path).status == "ok"
    grow(case, tmp_path)
    verdict = same(case, path)
    assert verdict.status == "ok"
    assert "entries 1 to" in verdict.findings[-1].note


def test_anchor_text_catches_a_consistent_rewrite(case, tmp_path):
    path = held(case, tmp_path)
    rewrite(case, later)
    assert verify_case(case).status == "ok"  # this is what an anchor is for
    verdict = same(case, path)
    assert (verdict.status, verdict.exit_code) == ("changed", 5)
    assert verdict.findings[-1].path == "held.txt"


def test_anchor_text_catches_an_older_state_put_back(case, tmp_path):
    older = shutil.copytree(case, tmp_path / "older")
    grow(case, tmp_path)
    path = held(case, tmp_path)
    assert same(case, path).status == "ok"
    assert same(older).status == "ok"
    assert same(older, path).exit_code == 5


def test_anchor_text_with_another_number_is_no_match(case, tmp_path):
    head = ledger_head(case)
    (tmp_path / "a.txt").write_text(head_text(head.seq - 1, head.hash))
    assert same(case, tmp_path / "a.txt").status == "changed"


@pytest.mark.parametrize(
    "change", [str.upper, lambda t: t.replace(" ", "\n"), lambda t: t.encode("utf-16"), "04 May: {}".format]
)
def test_anchor_text_is_read_as_people_copy_it(case, tmp_path, change):
    text = change(ledger_head(case).text)
    (tmp_path / "a.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert same(case, tmp_path / "a.txt").status == "ok"


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\x30", b"\x30\x80\x01", b"\x30\x03\x02\x01\x00", b"\x00OpenTimestamps"]
)
def test_anchor_that_cannot_be_read_proves_nothing(case, tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    verdict = same(case, tmp_path / "a")
    assert (verdict.status, verdict.exit_code) == ("unproven", 8)
    assert same(case, tmp_path / "nothing there").status == "unproven"


def test_anchor_head_of_an_empty_ledger_is_an_error(tmp_path):
    from leadline.settings import Settings

    Case.create(tmp_path / "case", Settings(), "0")
    assert ledger_head(tmp_path / "case").seq == 1  # the settings
    with pytest.raises(CaseError, match="not a case"):
        ledger_head(tmp_path)


def test_anchor_picture_of_the_head_is_answered_with_what_to_take_instead(case, tmp_path):
    picture = next(p for p in write_head(ledger_head(case), tmp_path / "out") if p.suffix == ".svg")
    verdict = verify_case(case, [picture])
    assert verdict.status == "unproven"
    assert any("take the .txt written beside it" in f.note for f in verdict.findings)


def test_anchor_code_says_the_text(case, tmp_path):
    head = ledger_head(case)
    assert len(terminal_code(head).splitlines()) > 10
    names = [p.name for p in write_head(head, tmp_path / "out")]
    assert names == [f"leadline-head-{head.seq}.{s}" for s in ("txt", "svg", "tsq")]
    assert (tmp_path / "out" / names[0]).read_text() == head.text + "\n"
    assert verify_case(case).status == "ok"


def test_anchor_head_that_cannot_be_written_is_an_error(case, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_head(ledger_head(case), tmp_path / "file")


@pytest.mark.parametrize("words", [("--root", "r.pem"), ("--to", "out", "--response", "r.tsr")])
def test_anchor_options_that_would_be_passed_over_are_refused(case, tmp_path, words):
    done = CliRunner().invoke(main, ["anchor", str(case), *words])
    assert done.exit_code == InputError.exit_code
    assert "--response" in done.output
    assert not Path("out").exists()


# -- RFC 3161 ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def stamped(case, tmp_path, authority):
    _, _, request = write_head(ledger_head(case), tmp_path / "out")
    return authority(request, tmp_path / "a.tsr"), request


@openssl
def test_anchor_response_names_its_entry_and_the_command_that_checks_it(case, stamped, authority):
    response, _ = stamped
    verdict = same(case, response)
    assert (verdict.status, verdict.exit_code) == ("unproven", 8)
    note = verdict.findings[-1].note
    assert f"entry {ledger_head(case).seq} " in note
    command = note[note.index("openssl") :].replace("ROOTS.pem", str(authority.root))
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout + done.stderr


@openssl
def test_anchor_response_with_its_root_is_proof(case, stamped, authority, tmp_path):
    response, _ = stamped
    assert verify_case(case, [response], roots=[authority.root]).status == "ok"
    data = bytearray(response.read_bytes())
    data[-20] ^= 1  # in the signature
    (tmp_path / "b.tsr").write_bytes(data)
    assert verify_case(case, [tmp_path / "b.tsr"], roots=[authority.root]).status == "unproven"


@openssl
def test_anchor_response_catches_a_rewrite_and_an_older_state(case, stamped, authority, tmp_path):
    response, _ = stamped
    rewrite(case, later)
    assert same(case, response).exit_code == 5
    assert verify_case(case, [response], roots=[authority.root]).exit_code == 5


@openssl
def test_anchor_bare_token_is_read_too(case, stamped, authority, tmp_path):
    _, request = stamped
    token = authority(request, tmp_path / "t.tst", "-token_out")
    note = same(case, token).findings[-1].note
    command = note[note.index("openssl") :].replace("ROOTS.pem", str(authority.root))
    assert "-token_in" in command
    assert subprocess.run(command.split(), capture_output=True, check=False).returncode == 0


@openssl
def test_anchor_response_over_another_digest_or_algorithm_is_refused(case, authority, tmp_path):
    (tmp_path / "x").write_text("something else\n")
    for algorithm, status in (("-sha256", "changed"), ("-sha512", "unproven")):
        subprocess.run(["openssl", "ts", "-query", "-data", tmp_path / "x", algorithm, "-cert", "-out", tmp_path / "q"], check=True, capture_output=True)  # fmt: skip
        response = authority(tmp_path / "q", tmp_path / "r.tsr")
        assert same(case, response).status == status
        with pytest.raises(InputError):
            keep_anchor(case, response)
    assert not (case / "anchors").exists()


@openssl
def test_anchor_refusal_of_the_authority_is_said(tmp_path, authority):
    subprocess.run(["openssl", "ts", "-query", "-digest", "ab" * 16, "-md5", "-out", tmp_path / "q"], check=True, capture_output=True)  # fmt: skip
    response = authority(tmp_path / "q", tmp_path / "r")
    with pytest.raises(ValueError, match="did not grant"):
        read_stamp(response.read_bytes())


@openssl
def test_anchor_kept_in_the_case_is_on_the_record_and_every_bit_of_it_counts(case, stamped, authority):
    response, request = stamped
    head = ledger_head(case)
    found = keep_anchor(case, response, request=request, roots=[authority.root])
    assert found.status == "ok"
    kept = sorted(p.name for p in (case / "anchors").iterdir())
    stem = f"{head.seq:06}-{head.hash[:12]}-{hashlib.sha256(response.read_bytes()).hexdigest()[:12]}"
    assert kept == [f"{stem}.{s}" for s in ("pem", "tsq", "tsr")]
    assert verify_case(case).status == "ok"
    assert same(case, case / "anchors" / kept[2]).status == "unproven"
    for name in kept:
        path = case / "anchors" / name
        data = path.read_bytes()
        for i in range(0, len(data), 97):
            path.write_bytes(data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1 :])
            assert [f.path for f in verify_case(case).findings if f.status == "changed"] == [f"anchors/{name}"]
        path.unlink()
        assert same(case).exit_code == 6
        path.write_bytes(data)
    (case / "anchors" / "other.tsr").write_bytes(b"x")
    assert same(case).exit_code == 7


@openssl
def test_anchor_stamps_of_two_authorities_over_one_head_are_both_kept(case, stamped, authority, tmp_path):
    response, request = stamped
    second = authority(request, tmp_path / "second.tsr")
    assert second.read_bytes() != response.read_bytes()
    keep_anchor(case, response)
    keep_anchor(case, second)
    kept = {p.read_bytes() for p in (case / "anchors").iterdir()}
    assert kept == {response.read_bytes(), second.read_bytes()}
    assert verify_case(case).status == "ok"


@openssl
def test_anchor_with_a_damaged_request_is_refused(case, stamped, authority, tmp_path):
    response, request = stamped
    (tmp_path / "cut.tsq").write_bytes(request.read_bytes()[:1])
    with pytest.raises(InputError):
        keep_anchor(case, response, request=tmp_path / "cut.tsq", roots=[authority.root])


@openssl
def test_anchor_kept_only_with_its_own_request_and_root(case, stamped, authority, tmp_path):
    response, _ = stamped
    other = write_head(ledger_head(case), tmp_path / "again")[2]
    with pytest.raises(InputError, match="Nonce"):
        keep_anchor(case, response, request=other, roots=[authority.root])
    assert verify_case(case).counts().keys() == {"ok"}


@openssl
def test_anchor_stopped_while_it_is_kept_is_settled_by_the_next_writer(case, stamped, monkeypatch):
    response, _ = stamped

    real = Path.replace

    def replace(self, target):
        if self.name.endswith(".tsr.new"):
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        keep_anchor(case, response)
    monkeypatch.undo()
    assert [p.name[0] for p in (case / "anchors").iterdir()] == ["."]
    assert same(case).status == "ok"
    Ledger.open(case / "ledger.sqlite").close()
    keep_anchor(case, response)
    assert verify_case(case).counts().keys() == {"ok"}
    assert [p.suffix for p in (case / "anchors").iterdir()] == [".tsr"]


@openssl
def test_anchor_every_flipped_bit_of_a_response_is_noticed_with_its_root(case, stamped, authority, tmp_path):
    """Sampled: a response with a changed bit proves nothing, except in the unsigned envelope, where it says the same."""
    response, _ = stamped
    data, stamp = response.read_bytes(), read_stamp(response.read_bytes())
    changed = tmp_path / "c.tsr"
    for bit in range(3, 8 * len(data), 211):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        changed.write_bytes(flipped)
        verdict = verify_case(case, [changed], roots=[authority.root])
        if verdict.status == "ok":
            assert read_stamp(bytes(flipped)) == stamp


# -- OpenTimestamps ---------------------------------------------------------------------------------------------------


def proof_over(digest, *attested):
    """A detached proof by the reference library, with branches; `attested` are attestations with their header's root."""
    timestamp = Timestamp(digest)
    step = timestamp.ops.add(OpAppend(b"nonce" * 3)).ops.add(OpSHA256())
    for attestation in attested:
        step.attestations.add(attestation)
    side = timestamp.ops.add(OpPrepend(b"\x01")).ops.add(OpSHA1()).ops.add(OpHexlify())
    side.attestations.add(PendingAttestation("https://calendar.example"))
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), timestamp).serialize(context)
    return context.getbytes(), step.msg


@pytest.fixture
def easy(case, monkeypatch):
    """Work that a test can afford counts, in the library and in the stand-alone file: what is less than Bitcoin asks has its own test."""
    monkeypatch.setattr("leadline.verifier.anchors.EASIEST", 0x7FFFFF << 8 * (0x20 - 3))
    text = re.sub(rb"(?m)^EASIEST = .*$", b"EASIEST = 0x7FFFFF << 8 * (0x20 - 3)", standalone())
    assert text != standalone()
    monkeypatch.setattr("leadline.case.standalone", lambda: text)
    with Ledger.open(case / "ledger.sqlite") as ledger:
        Case.under(ledger, None, "0")
    assert (case / "verify.py").read_bytes() == text


def easy_header(root):
    """A block header over a root, with the little work that the smallest difficulty asks for."""
    for nonce in range(100_000):
        header = b"\x01\0\0\0" + b"\0" * 32 + root + (1_600_000_000).to_bytes(4, "little") + (0x207FFFFF).to_bytes(4, "little") + nonce.to_bytes(4, "little")  # fmt: skip
        block = hashlib.sha256(hashlib.sha256(header).digest()).digest()
        if int.from_bytes(block, "little") < 0x7FFFFF << 8 * (0x20 - 3):
            return header
    raise AssertionError


def test_anchor_proof_reads_as_the_reference_library_reads_it():
    data, message = proof_over(
        b"\x07" * 32, BitcoinBlockHeaderAttestation(358391), PendingAttestation("https://a.example")
    )
    digest, found = read_proof(data)
    assert digest == b"\x07" * 32
    assert {(a.kind, a.where) for a in found} == {("bitcoin", "358391"), ("pending", "https://a.example"), ("pending", "https://calendar.example")}  # fmt: skip
    assert {a.message for a in found if a.kind == "bitcoin"} == {message}


def test_anchor_proof_pending_complete_and_checked(easy, case, tmp_path):
    head = ledger_head(case)
    digest = stamped_digest(Row(head.seq, "", "", "", "", head.hash))
    path = tmp_path / "a.ots"
    path.write_bytes(proof_over(digest, PendingAttestation("https://a.example"))[0])
    verdict = same(case, path)
    assert (verdict.status, "pending" in verdict.findings[-1].note) == ("unproven", True)
    data, root = proof_over(digest, BitcoinBlockHeaderAttestation(358391))
    path.write_bytes(data)
    verdict = same(case, path)
    assert verdict.status == "unproven"
    assert f"block 358391 with merkle root {root[::-1].hex()}" in verdict.findings[-1].note
    header = easy_header(root).hex()
    verdict = same(case, path, headers=[header])
    assert verdict.status == "ok"
    assert "2020-09-13" in verdict.findings[-1].note
    assert same(case, path, headers=[easy_header(b"\1" * 32).hex()]).status == "unproven"
    assert same(case, path, headers=[header[:144] + "ffff001d" + header[152:]]).status == "unproven"
    keep_anchor(case, path)
    assert verify_case(case).status == "ok"
    rewrite(case, later)
    assert same(case, path, headers=[header]).status == "changed"


def test_anchor_proof_cut_anywhere_or_changed_proves_nothing(easy, case, tmp_path):
    head = ledger_head(case)
    row = Row(head.seq, "", "", "", "", head.hash)
    data, root = proof_over(stamped_digest(row), BitcoinBlockHeaderAttestation(1))
    header = easy_header(root).hex()
    path = tmp_path / "a.ots"
    for n in range(len(data)):
        path.write_bytes(data[:n])
        (finding,) = check_anchors([path], [row], [header])
        assert finding.status == "unproven", n
    right = 0
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        (finding,) = check_anchors([path], [row], [header])
        if (
            finding.status == "ok"
        ):  # a bit of the other, pending branch or of the height, which the header does not hold
            assert {a.message for a in read_proof(bytes(flipped))[1] if a.kind == "bitcoin"} == {root}
            right += 1
    assert right < 8 * 80


GENESIS_BLOCK = (
    "01000000" + "00" * 32 + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a" + "29ab5f49" + "ffff001d" + "1dac2b7c"
)  # fmt: skip
BLOCK_700000 = (
    "04e0ff3f" "eb36c62f0471cee034811019e43b14f459b50e00cea30a000000000000000000"
    "659cecf4a06ed500031b741384e87d40ce5c16c3ec8c09b09ffe4b863c218d1f" "282d3c61" "e4480f17" "d767c2ab"
)  # fmt: skip


def test_anchor_proof_by_a_block_of_trivial_work_proves_nothing(case, tmp_path):
    """Who rewrites a ledger can make such a block in a moment."""
    head = ledger_head(case)
    data, root = proof_over(stamped_digest(Row(head.seq, "", "", "", "", head.hash)), BitcoinBlockHeaderAttestation(1))
    (tmp_path / "a.ots").write_bytes(data)
    verdict = same(case, tmp_path / "a.ots", headers=[easy_header(root).hex()])
    assert verdict.status == "unproven"
    assert "less work than any block of Bitcoin" in verdict.findings[-1].note


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (GENESIS_BLOCK, "less work"),  # real work, at the smallest difficulty Bitcoin ever had
        (GENESIS_BLOCK.replace("ffff001d", "ffffff1d"), "without its proof"),  # the sign bit: a target below nothing
        (GENESIS_BLOCK.replace("ffff001d", "ffff0001"), "without its proof"),
        (GENESIS_BLOCK[:-2], "80 bytes"),
    ],
)
def test_anchor_block_header_says_nothing_by_itself(header, said):
    with pytest.raises(ValueError, match=said):
        worked(bytes.fromhex(header))


def test_anchor_block_of_bitcoin_has_the_work():
    """Block 700,000, mined on 11 September 2021."""
    block, time = worked(bytes.fromhex(BLOCK_700000))
    assert block == "0000000000000000000590fc0f3eba193a278534220b2b37e9849e1a770ca959"
    assert f"{time:%Y-%m-%d}" == "2021-09-11"


def test_anchor_head_far_into_a_long_text_is_read_and_a_longer_one_is_said(case, tmp_path, monkeypatch):
    path = tmp_path / "log.txt"
    path.write_text("another line\n" * 200_000 + ledger_head(case).text, encoding="utf-8")
    assert path.stat().st_size > 2_000_000
    assert same(case, path).status == "ok"
    path.write_text("another line\n" * 200_000 + ledger_head(case).text[:-1] + "x", encoding="utf-8")
    assert same(case, path).status == "unproven"
    monkeypatch.setattr("leadline.verifier.anchors.LARGEST", 1_000_000)
    (finding,) = check_anchors([path], [])
    assert (finding.status, "a file of their own" in finding.note) == ("unproven", True)


@pytest.mark.parametrize("word", ["--root", "--chain", "--request"])
def test_anchor_proof_takes_no_certificates(case, tmp_path, word):
    head = ledger_head(case)
    data, _ = proof_over(stamped_digest(Row(head.seq, "", "", "", "", head.hash)), BitcoinBlockHeaderAttestation(1))
    (tmp_path / "a.ots").write_bytes(data)
    done = CliRunner().invoke(main, ["anchor", str(case), "--response", str(tmp_path / "a.ots"), word, "root.pem"])
    assert done.exit_code == InputError.exit_code
    assert "signed by nobody" in done.output
    assert not (case / "anchors").exists()


def test_anchor_proof_with_deep_or_endless_parts_is_refused():
    start = proof_over(b"\x07" * 32, PendingAttestation("https://a.example"))[0][: 31 + 2 + 32]
    with pytest.raises(ValueError, match="deep"):
        read_proof(start + b"\x08" * 5000)
    with pytest.raises(ValueError, match="cut off"):
        read_proof(start + b"\xf0\xff\xff\xff\xff\x0f")
    with pytest.raises(ValueError, match="unknown"):
        read_proof(start + b"\x67")


def test_anchor_verifier_in_the_case_is_the_package_s(case):
    assert (case / "verify.py").read_bytes() == standalone()
    assert canonical({}) == "{}"
