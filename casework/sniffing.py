"""What a file really is: found from its signature and from what is inside it, never from its name alone."""

import io
import zipfile
from dataclasses import dataclass

import filetype
from django.utils.translation import gettext_lazy as _

MEMBERS_AT_MOST = 2000
EXPANDED_AT_MOST = 200 * 1024 * 1024
RATIO_AT_MOST = 200

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "ofd": "application/ofd",
    "txt": "text/plain",
    "csv": "text/csv",
}
SAME = {"jpeg": "jpg"}
_MARKS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}


class NotAccepted(ValueError):
    """The bytes are not of an accepted kind; the message says what to do."""


@dataclass(frozen=True)
class Found:
    """The kind of a file by its usual ending, and its content type."""

    ending: str
    content_type: str


def sniff(data: bytes, name: str) -> Found:
    """The kind of a file, where its name agrees with its bytes.

    Raises:
        NotAccepted: where the kind is not accepted, the name says another, or the archive inside is not safe.
    """
    if not data:
        raise NotAccepted(_("The file is empty."))
    claimed = name.rpartition(".")[2].lower() if "." in name else ""
    claimed = SAME.get(claimed, claimed)
    found = _kind(data, claimed)
    if found is None:
        raise NotAccepted(
            _("This kind of file is not accepted. Send PDF, Word (docx), Excel (xlsx), OFD, PNG, JPEG or text.")
        )
    if found != claimed:
        raise NotAccepted(_("The name does not fit the content of the file. Save it again in its own format."))
    return Found(found, TYPES[found])


def _kind(data: bytes, claimed: str) -> str | None:
    second = filetype.guess_extension(data)
    if data.startswith(b"%PDF-"):
        return "pdf" if second == "pdf" and b"%%EOF" in data[-2048:] else None
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png" if second == "png" and b"IEND" in data[-64:] else None
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg" if second == "jpg" else None
    if data.startswith(b"PK\x03\x04"):
        return _inside(data)
    return _text(data, claimed) if second is None else None


def _text(data: bytes, claimed: str) -> str | None:
    """Plain text or CSV in UTF-8 or GB18030. Text that a browser would take for a page or a picture is refused."""
    if claimed not in {"txt", "csv"} or b"\x00" in data or data.startswith((b"MZ", b"#!", b"\x7fELF")):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text.lstrip()[:1000].lower()
        return None if start.startswith("<") or "<html" in start or "<script" in start or "<svg" in start else claimed
    return None


def _inside(data: bytes) -> str | None:
    """What an archive is by its contents. Macros, bombs and archives that are nothing of ours are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    expanded = sum(member.file_size for member in members)
    if len(members) > MEMBERS_AT_MOST or expanded > min(EXPANDED_AT_MOST, RATIO_AT_MOST * len(data)):
        raise NotAccepted(_("The file expands to more than can be checked. Split it or save it as PDF."))
    names = {member.filename for member in members}
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for name in names):
        raise NotAccepted(_("The file contains macros or programs. Save it without them or as PDF."))
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        return None
    kinds = {kind for mark, kind in _MARKS.items() if mark in names}
    if "ofd" not in kinds and "[Content_Types].xml" not in names:
        return None
    return kinds.pop() if len(kinds) == 1 else None
