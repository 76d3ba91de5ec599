"""Files that people send with a case. The first bytes say what a file is; a name that promises something else is refused."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from ground.laws import given
from refunds.cases.refusals import BadAttachment
from refunds.models import Attachment, CaseEvent

MEGABYTE = 1_000_000
LONGEST_NAME = 100
MOST_IN_A_CASE = 40
TAKEN = _lazy("PDF, PNG, JPEG, plain text or ZIP")
# What a name's ending promises. Other endings promise nothing, and a picture is a picture.
PROMISED = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "zip": "application/zip",
    "txt": "text/plain",
}
PICTURES = {"image/png", "image/jpeg"}
# Words that open a page, a picture with scripts, or a program, wherever they stand in a text.
MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed)\b", re.IGNORECASE)
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it came in: the name that the sender's machine gave it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Checked:
    name: str
    content: bytes
    content_type: str


class Received(Protocol):
    """A file as a web framework hands it over: its size is known before its bytes are in memory."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


def received(files: Sequence[Received]) -> list[Upload]:
    """Reads what is small enough, and refuses what is not before it is read."""
    if len(files) > settings.ATTACHMENTS_AT_ONCE:
        raise _too_many()
    for file in files:
        if (file.size or 0) > settings.ATTACHMENT_MEGABYTES * MEGABYTE:
            raise _too_large(safe_name(file.name or ""))
    return [Upload(name=file.name or "", content=file.read()) for file in files]


def check(uploads: Sequence[Upload]) -> list[Checked]:
    """All of them or none: each small enough, of a kind that harms nobody, under a name that no system trips over."""
    if len(uploads) > settings.ATTACHMENTS_AT_ONCE:
        raise _too_many()
    return [_check(upload) for upload in uploads]


def attach(event: CaseEvent, files: Sequence[Checked], *, shared: bool) -> None:
    """Files belong to a step of the time line, and are from whoever took that step."""
    case = event.case
    if case.attachments.count() + len(files) > MOST_IN_A_CASE:
        raise BadAttachment(
            "attachments", _("A request holds at most {most} files. Nothing was sent."), most=MOST_IN_A_CASE
        )
    Attachment.objects.bulk_create(
        Attachment(
            case=case, event=event, by_id=given(event.by_id, "somebody sends files"), side=event.side,
            at=event.at, shared=shared,
            name=file.name, content_type=file.content_type, size_bytes=len(file.content), content=file.content,
        )
        for file in files
    )  # fmt: skip


def safe_name(name: str) -> str:
    """The last part of the name, without anything that a header, a shell or a file system could trip over."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*;%')
    plain = plain.strip(". ")[-LONGEST_NAME:]
    stem = plain.split(".")[0].strip().lower()
    return f"file-{plain}" if stem in RESERVED else plain or "file"


def _check(upload: Upload) -> Checked:
    name, content = safe_name(upload.name), upload.content
    if not content:
        raise BadAttachment("attachments", _("{name} is empty. Nothing was sent."), name=name)
    if len(content) > settings.ATTACHMENT_MEGABYTES * MEGABYTE:
        raise _too_large(name)
    kind = _kind(content)
    if kind is None:
        raise BadAttachment(
            "attachments",
            _("{name} cannot be sent here: only {taken} can. Nothing was sent."),
            name=name,
            taken=TAKEN,
        )
    if _is_disguised(name, kind):
        raise BadAttachment(
            "attachments",
            _(
                "{name} is not the kind of file that its name says. Nothing was sent; please look whether it is "
                "the right one."
            ),
            name=name,
        )
    return Checked(name=name, content=content, content_type=kind)


def _is_disguised(name: str, kind: str) -> bool:
    promised = PROMISED.get(name.rpartition(".")[2].lower())
    return promised is not None and promised != kind and not {promised, kind} <= PICTURES


def _kind(content: bytes) -> str | None:
    """A file is what it begins with, and it must not be something else as well."""
    if content.startswith(b"%PDF-"):
        return "application/pdf" if not _also_an_archive(content) else None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png" if not _also_an_archive(content) and not MARKUP.search(content[:4096]) else None
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg" if not _also_an_archive(content) and not MARKUP.search(content[:4096]) else None
    if content.startswith(b"PK\x03\x04"):
        # Kept as it came and never opened here, so that a bomb stays a closed box.
        return "application/zip" if zipfile.is_zipfile(io.BytesIO(content)) else None
    return "text/plain" if _is_plain_text(content) else None


def _also_an_archive(content: bytes) -> bool:
    return zipfile.is_zipfile(io.BytesIO(content))


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    if any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text) or "\x7f" in text:
        return False
    return not MARKUP.search(content)


def _too_many() -> BadAttachment:
    return BadAttachment(
        "attachments",
        _("At most {most} files go with one message. Nothing was sent."),
        most=settings.ATTACHMENTS_AT_ONCE,
    )


def _too_large(name: str) -> BadAttachment:
    return BadAttachment(
        "attachments",
        _("{name} is larger than {limit} MB. Nothing was sent."),
        name=name,
        limit=settings.ATTACHMENT_MEGABYTES,
    )
