"""An entry before it is written, and the exact bytes that are hashed."""

import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class EntryDraft:
    """What happened. People stand as account numbers, never by name, so that erasing an account leaves no name here.

    `kind` is step, refusal, reading, clock, calendar, account, intake or erasure; `detail` holds data without floats.
    """

    kind: str
    at: datetime
    action: str
    actor_id: int | None = None
    organisation_id: int | None = None
    organisation_name: str = ""
    on_behalf_of_id: int | None = None
    case_kind: str = ""
    case_id: int | None = None
    case_number: str = ""
    article: str = ""
    old_state: str = ""
    new_state: str = ""
    inputs_digest: str = ""
    attachments: tuple[str, ...] = ()
    request_id: str = ""
    detail: dict = field(default_factory=dict)


def instant(moment: datetime) -> str:
    """A moment as it stands in the bytes: UTC, to the microsecond."""
    if moment.tzinfo is None:
        raise ValueError("the time of an entry needs its offset")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _canonical(value):
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_canonical(one) for one in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a name in an entry is not a text")
        named = {unicodedata.normalize("NFC", key): _canonical(one) for key, one in value.items()}
        if len(named) < len(value):
            raise ValueError("two names in an entry are spelt the same")
        return named
    raise TypeError(f"{type(value).__name__} has no one way to be written in an entry")


def canonical_json(value: dict) -> bytes:
    """Sorted keys, NFC, no spaces, UTF-8; floats are refused, since they have several spellings.

    Raises:
        TypeError: for what has no one spelling.
        ValueError: for two keys that are spelt the same.
    """
    return json.dumps(_canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def said_by(draft: EntryDraft, seq: int, previous: str) -> dict:
    """What an entry's bytes say: the draft, its number and the leaf hash of the entry before."""
    return _canonical({
        "v": SCHEMA, "seq": seq, "previous": previous, "kind": draft.kind, "at": instant(draft.at),
        "actor": draft.actor_id, "organisation": draft.organisation_id, "organisation_name": draft.organisation_name,
        "on_behalf_of": draft.on_behalf_of_id, "case_kind": draft.case_kind, "case": draft.case_id,
        "number": draft.case_number, "action": draft.action, "article": draft.article, "old_state": draft.old_state,
        "new_state": draft.new_state, "inputs": draft.inputs_digest, "attachments": draft.attachments,
        "request": draft.request_id, "detail": draft.detail,
    })  # fmt: skip
