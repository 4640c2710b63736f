"""Personal values in the ledger: entered as a salted hash, so that erasing them (Art. 38) leaves the log intact.

Never a bare hash: an identity number is recovered from one in seconds. The salt goes with the value.
"""

import hashlib
import secrets
from dataclasses import replace

from django.db import transaction

from casework.ledger.entry import EntryDraft
from casework.ledger.log import append
from casework.ledger.models import PersonalValue


def conceal(subject: str, value: str) -> str:
    """Keep a value for a subject and give the digest that may stand in an entry."""
    salt = secrets.token_bytes(16)
    digest = hashlib.sha256(salt + value.encode()).hexdigest()
    PersonalValue.objects.create(subject=subject, digest=digest, salt=salt, value=value)
    return digest


def reveal(digest: str) -> str | None:
    """The value behind a digest; None once it has been erased."""
    return PersonalValue.objects.filter(digest=digest).values_list("value", flat=True).first()


def erase(subject: str, draft: EntryDraft) -> int:
    """Destroy a subject's values and salts and write the entry that tells of it; returns how many there were.

    Args:
        subject: the key the values were concealed under.
        draft: who erases, when, at whose request. The digests that mean nothing from now on are added to its detail.
    """
    with transaction.atomic():
        values = PersonalValue.objects.filter(subject=subject)
        digests = sorted(values.values_list("digest", flat=True))
        values.delete()
        append([replace(draft, kind="erasure", detail={**draft.detail, "digests": digests})])
    return len(digests)
