"""Every error that Leadline raises on purpose.

An error says what was found, what was expected and what to do. `LeadlineError` is what the command line catches and
prints without a traceback; anything else is a defect.

    LeadlineError
    ├── InputError        a file or table given by the user cannot be used
    ├── CodebookError     a codebook, register or lexicon file is wrong; names the path inside the file
    ├── CaseError         the case folder is missing, locked, newer than this program or damaged
    └── DependencyError   a package is missing or is not the one that was pinned
"""

from __future__ import annotations


class LeadlineError(Exception):
    """Base of all errors that are shown to the user as one message."""

    exit_code = 1

    def __init__(self, found: str, *, expected: str = "", todo: str = "", place: str = "") -> None:
        """Compose the message.

        >>> str(InputError("the file is empty", place="a.txt", expected="text", todo="remove it"))
        'a.txt: the file is empty; expected text. To do: remove it.'
        """
        self.found, self.expected, self.todo, self.place = found, expected, todo, place
        message = f"{place}: {found}" if place else found
        if expected:
            message += f"; expected {expected}"
        if not message.endswith("."):
            message += "."
        if todo:
            message += f" To do: {todo.rstrip('.')}."
        super().__init__(message)


class InputError(LeadlineError):
    """A file or table given by the user cannot be used."""

    exit_code = 2


class CodebookError(LeadlineError):
    """A codebook, register or lexicon file is wrong; `place` names the file and the path inside it."""

    exit_code = 2


class CaseError(LeadlineError):
    """The case folder is missing, locked, made by a newer version or damaged."""

    exit_code = 3


class DependencyError(LeadlineError):
    """A package is missing, or is not the one that was pinned."""

    exit_code = 4
