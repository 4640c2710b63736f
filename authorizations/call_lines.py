"""Call records as they are sent: newline-delimited JSON, received to a file, checked line by line.

A line holds metadata and nothing else: one unknown name refuses it, so that no data come in with it (Art. 4). Nothing
of a line is kept that was not checked, and messages never repeat a value.
"""

import hashlib
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from authorizations.models.calls import CallRecord

LINE_BYTES_AT_MOST = 2_000
ERRORS_LISTED = 100
CHUNK = 256 * 1024
CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""How far ahead of ours a gateway's clock may be."""
NEEDED = frozenset({"call_id", "grant", "at", "outcome"})
FIGURES = {"rows": 2**53, "bytes": 2**53, "duration_ms": 2**31 - 1}
"""Whole numbers, 0 where they are left out, with what each is at most."""
KNOWN = NEEDED | frozenset(FIGURES)
OUTCOMES = frozenset(code for code, _label in CallRecord.OUTCOMES)
_CALL_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,64}")
_GRANT = re.compile(r"[A-Za-z0-9-]{1,40}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")


class TooLarge(ValueError):
    """What is sent exceeds a limit; the message says which."""


class Unreadable(ValueError):
    """What is sent can't be unpacked; the message says why."""


@dataclass(frozen=True, order=True)
class LineError:
    """Why a line was not taken. `code` is stable; `reason` says it in words, without a value of the line."""

    line: int
    code: str
    reason: str


@dataclass
class Errors:
    """Every error counted, the first ones kept."""

    count: int = 0
    first: list[LineError] = field(default_factory=list)

    def add(self, line: int, code: str, reason: str) -> None:
        """One more. Errors of one stage come in the order of their lines."""
        self.count += 1
        if len(self.first) < ERRORS_LISTED:
            self.first.append(LineError(line, code, reason))

    def merged(self, other: "Errors") -> "Errors":
        """Both together, in the order of the lines."""
        return Errors(self.count + other.count, sorted(self.first + other.first)[:ERRORS_LISTED])


@dataclass
class Received:
    """What was sent, unpacked, in a file of its own, with the SHA-256 over its bytes and the number of its lines."""

    file: BinaryIO
    sha256: str
    lines: int
    size: int

    def raw_lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line with its number from 1; of one that is too long, only so much that this can be seen."""
        self.file.seek(0)
        number = 0
        while line := self.file.readline(LINE_BYTES_AT_MOST + 2):
            number += 1
            if not line.endswith(b"\n") and len(line) > LINE_BYTES_AT_MOST:
                rest = line
                while rest and not rest.endswith(b"\n"):
                    rest = self.file.readline(CHUNK)
            yield number, line


def receive(stream: BinaryIO, *, encoding: str = "") -> Received:
    """Write what is sent to a file, unpacked, while counting; memory holds one chunk of it at a time.

    Raises:
        TooLarge: for more bytes, packed or unpacked, or more lines, than are taken at once.
        Unreadable: for an encoding that is not known, or a gzip stream that is broken.
    """
    if encoding not in {"", "identity", "gzip"}:
        raise Unreadable(_("Send it as it is, or packed with gzip."))
    chunks = _read(stream)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever is given it
    digest, size, lines, last = hashlib.sha256(), 0, 0, b"\n"
    for chunk in _unpacked(chunks) if encoding == "gzip" else chunks:
        size += len(chunk)
        lines += chunk.count(b"\n")
        if size > settings.CALL_LOG_MAX_BYTES:
            raise TooLarge(
                _("At most %(most)s MB are taken at once. Send several batches.")
                % {"most": settings.CALL_LOG_MAX_BYTES // 1024 // 1024}
            )
        if lines > settings.CALL_LOG_MAX_LINES:
            raise TooLarge(
                _("At most %(most)s lines are taken at once. Send several batches.")
                % {"most": settings.CALL_LOG_MAX_LINES}
            )
        digest.update(chunk)
        file.write(chunk)
        last = chunk[-1:]
    return Received(file, digest.hexdigest(), lines + (last != b"\n"), size)


def _read(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip stream of any number of members, a bounded piece at a time."""
    gzip = zlib.MAX_WBITS | 16
    packed = zlib.decompressobj(gzip)
    try:
        for chunk in chunks:
            while chunk:
                if packed.eof:
                    packed = zlib.decompressobj(gzip)
                if piece := packed.decompress(chunk, CHUNK):
                    yield piece
                chunk = packed.unused_data if packed.eof else packed.unconsumed_tail
        while not packed.eof and (piece := packed.decompress(packed.unconsumed_tail, CHUNK)):
            yield piece
    except zlib.error:
        raise Unreadable(_("The gzip stream is broken.")) from None
    if not packed.eof:
        raise Unreadable(_("The gzip stream ends too early."))


Row = tuple[int, str, str, datetime, str, int, int, int]
"""Line, call id, code of the grant, moment, outcome, rows, bytes, milliseconds."""


def checked(received: Received, errors: Errors, *, now: datetime) -> Iterator[Row]:
    """The lines that are records, one by one; every other line goes to the errors, an empty one nowhere."""
    latest = now + CLOCKS_DIFFER_BY
    for number, raw in received.raw_lines():
        if len(raw) > LINE_BYTES_AT_MOST + 1:
            errors.add(number, "too-long", _("The line is longer than %(most)s bytes.") % {"most": LINE_BYTES_AT_MOST})
            continue
        if raw.isspace():
            continue
        try:
            said = orjson.loads(raw)
        except orjson.JSONDecodeError:
            errors.add(number, "not-json", _("The line is not JSON."))
            continue
        fault, at = _fault(said, latest)
        if fault:
            errors.add(number, *fault)
            continue
        get = said.get
        yield (
            number, said["call_id"], said["grant"], at, said["outcome"], get("rows", 0), get("bytes", 0),
            get("duration_ms", 0),
        )  # fmt: skip


def _fault(said, latest: datetime) -> tuple[tuple[str, str] | None, datetime | None]:
    """What is wrong with a line, and the moment it names."""
    if type(said) is not dict:
        return ("not-an-object", _("The line is not a JSON object.")), None
    if not said.keys() <= KNOWN:
        unknown = next(name for name in said if name not in KNOWN)
        shown = unknown if _NAME.fullmatch(unknown) else "?"
        return ("unknown-name", _("“%(name)s” is not a name that a record has.") % {"name": shown}), None
    if not said.keys() >= NEEDED:
        missing = ", ".join(sorted(NEEDED - said.keys()))
        return ("missing-name", _("Missing: %(names)s.") % {"names": missing}), None
    if type(said["call_id"]) is not str or not _CALL_ID.fullmatch(said["call_id"]):
        return _wrong("call_id", _("up to 64 letters, digits and signs such as - . _ : /")), None
    if type(said["grant"]) is not str or not _GRANT.fullmatch(said["grant"]):
        return _wrong("grant", _("the code of a grant")), None
    if type(said["outcome"]) is not str or said["outcome"] not in OUTCOMES:
        return _wrong("outcome", ", ".join(sorted(OUTCOMES))), None
    for name, most in FIGURES.items():
        if name in said and (type(said[name]) is not int or not 0 <= said[name] <= most):
            return _wrong(name, _("a whole number, not negative")), None
    at = _moment(said["at"])
    if at is None:
        return _wrong("at", _("a moment with its offset, such as 2026-03-02T10:00:00+08:00")), None
    if at > latest:
        return ("in-future", _("The call lies in the future.")), None
    return None, at


def _wrong(name: str, wanted: str) -> tuple[str, str]:
    return "bad-value", _("“%(name)s” must be: %(wanted)s.") % {"name": name, "wanted": wanted}


def _moment(text) -> datetime | None:
    """The moment in UTC; None for what is none, or has no offset."""
    if type(text) is not str or not 20 <= len(text) <= 40:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
