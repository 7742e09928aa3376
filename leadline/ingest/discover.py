"""Which files the heap consists of, and what each is called.

A document's name is its path relative to the folder that was given, in POSIX form, with everything escaped that could
break a line, a terminal or a reader's eye. The order of the paths given and of the file system changes nothing.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from leadline.errors import InputError

HIDDEN = (".", "~$")  # system files, version control, lock files of office programs
JOINERS = "\u200c\u200d"  # they hold emoji and some scripts together
KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Found(msgspec.Struct, frozen=True):
    """One file of the heap; `problem` says why it cannot even be opened."""

    name: str
    path: Path
    problem: str = ""


def discover(paths: Sequence[Path]) -> list[Found]:
    """Every file below the given paths, by name.

    Folders are walked with their links, except links that lead back to a folder above; a link out of the folder is refused,
    since a heap that somebody sent could fetch files of the reader's own. Hidden files, and folders that
    are themselves cases, are passed over (`passed_over` names them). Files of one name from several folders get as much of their folder's path as
    tells them apart.

    Raises `InputError` where a path does not exist or where there is no file at all.
    """
    seen: dict[str, tuple[Path, Path, str]] = {}  # absolute path -> (root, relative path, problem)
    for root in paths:
        if not os.path.lexists(root):
            raise InputError("there is no such file or folder", place=str(root), todo="check the name")
    bases = {p.resolve() if p.is_dir() else p.parent.resolve() / p.name for p in paths}
    for base in sorted(bases, key=lambda p: (len(p.parts), p)):
        walked = _walk(base, []) if base.is_dir() else iter([(base, _problem(base))])
        for path, problem in walked:
            anchor = base if base.is_dir() else base.parent
            seen.setdefault(str(path), (anchor, path.relative_to(anchor), problem))
    if not seen:
        where = ", ".join(str(p) for p in paths) or "no path was given"
        raise InputError("no files were found", place=where, expected="texts", todo="name a folder that holds some")
    names = _names([(anchor, relative) for anchor, relative, _ in seen.values()])
    files = [Found(n, a / r, p) for n, (a, r, p) in zip(names, seen.values(), strict=True)]
    return sorted(files, key=lambda f: (f.name, str(f.path)))


def passed_over(paths: Sequence[Path]) -> list[str]:
    """What lies in the heap's folders and is not read: hidden files and folders, folders that are cases; by name.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / ".notes").mkdir(), (folder / "~$a.docx").write_text("x"), (folder / "a.txt").write_text("x")
    (None, 1, 1)
    >>> passed_over([folder])
    ['.notes/', '~$a.docx']
    """
    found: set[str] = set()
    named = {p.resolve() for p in paths}
    for base in sorted(p for p in named if p.is_dir()):
        passed: list[Path] = []
        for _ in _walk(base, passed):
            pass
        for path in passed:
            if path in named and path != base:
                continue
            name = path.name if path == base else path.relative_to(base).as_posix()
            found.add(escape_name(name) + "/" * path.is_dir())
    return sorted(found)


def escape_name(name: str) -> str:
    r"""A name on one line: control and invisible characters, bytes that are no UTF-8, and `\` itself as escapes.

    >>> print(escape_name("a\nb\u202e.txt"), escape_name("héé 🙂"))
    a\nb\u202e.txt héé 🙂
    """
    return "".join(_escape(c) for c in name)


def _escape(c: str) -> str:
    if c == "\\":
        return "\\\\"
    if "\udc80" <= c <= "\udcff":  # a byte that is no UTF-8, as the file system gave it
        return f"\\x{ord(c) - 0xDC00:02x}"
    if c not in JOINERS and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}:
        return c.encode("unicode_escape").decode("ascii")
    return c


def _walk(folder: Path, passed: list[Path]) -> Iterator[tuple[Path, str]]:
    """Files below a folder, links followed; a folder is entered once on each way down. What is passed over is added to `passed`."""
    waiting: list[tuple[Path, frozenset[tuple[int, int]]]] = [(folder, frozenset())]
    while waiting:
        here, above = waiting.pop()
        try:
            status = here.stat()
            names = sorted(p.name for p in here.iterdir())
        except OSError as e:
            yield here, f"the folder cannot be read ({e.strerror})"
            continue
        key = (status.st_dev, status.st_ino)
        if key in above:
            yield here, "the link leads back to a folder above it"
            continue
        if {"case.toml", "ledger.sqlite"} <= set(names):
            passed.append(here)
            continue
        for name in names:
            path = here / name
            if name.startswith(HIDDEN):
                passed.append(path)
            elif _leads_out(path, folder):
                yield path, "a link that leads out of the folder; name its target itself if it belongs to the heap"
            elif path.is_dir():
                waiting.append((path, above | {key}))
            else:
                yield path, _problem(path)


def _problem(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "the link leads nowhere"
    except OSError as e:
        return f"it cannot be opened ({e.strerror})"
    return "" if stat.S_ISREG(mode) else f"it is {KINDS.get(stat.S_IFMT(mode), 'no regular file')}"


def _names(files: list[tuple[Path, Path]]) -> list[str]:
    """Names of (folder, relative path) pairs; where they meet, with the folder's last parts in front."""
    depth = [0] * len(files)
    while True:
        names = []
        for (anchor, relative), n in zip(files, depth, strict=True):
            front = anchor.parts[-n:] if n else ()
            names.append(escape_name(Path(*front, relative).as_posix()))
        count = Counter(names)
        again = [i for i, n in enumerate(names) if count[n] > 1 and depth[i] < len(files[i][0].parts) - 1]
        if not again:
            return names
        for i in again:
            depth[i] += 1


def _leads_out(path: Path, folder: Path) -> bool:
    """Whether a link leads to a file or folder outside the heap; links that lead nowhere or to themselves do not."""
    try:
        return path.is_symlink() and path.exists() and not path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):
        return False
