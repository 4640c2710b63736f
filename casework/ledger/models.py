"""The ledger's tables. Triggers on both databases refuse every change of what is written."""

from django.db import models


class Entry(models.Model):
    """One entry: the bytes that were hashed, their leaf hashes, and columns derived from the bytes to query by.

    The columns are projections; the verifier derives them again from the bytes and compares. No foreign keys: the
    ledger outlives what it speaks of. Beside the leaves stand the roots of the full subtrees that end with the entry,
    of 2, 4, 8, … leaves, one after another: on average one, and enough for every proof.
    """

    seq = models.BigIntegerField(primary_key=True)
    payload = models.BinaryField()
    leaf_sha256 = models.CharField(max_length=64)
    leaf_sm3 = models.CharField(max_length=64)
    subtrees_sha256 = models.TextField()
    subtrees_sm3 = models.TextField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    actor_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    organisation_name = models.CharField(max_length=200)
    on_behalf_of_id = models.BigIntegerField(null=True)
    case_kind = models.CharField(max_length=40)
    case_id = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=40)
    action = models.CharField(max_length=60)
    article = models.CharField(max_length=20)
    old_state = models.CharField(max_length=40)
    new_state = models.CharField(max_length=40)
    request_id = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["case_kind", "case_id", "-seq"], name="entry_case"),
            models.Index(fields=["actor_id", "action", "-seq"], name="entry_actor"),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} {self.kind} {self.action}"


class Head(models.Model):
    """Where the log ends: one row, locked while entries are added. The frontiers give the roots in O(log n)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    last_leaf = models.CharField(max_length=64, default="")
    frontier_sha256 = models.JSONField(default=list)
    frontier_sm3 = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_ledger_head")]

    def __str__(self) -> str:
        return str(self.size)


class Checkpoint(models.Model):
    """A signed statement of size and both roots."""

    size = models.BigIntegerField(primary_key=True)
    root_sha256 = models.CharField(max_length=64)
    root_sm3 = models.CharField(max_length=64)
    at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"{self.size} {self.at:%Y-%m-%d %H:%M}"


class PersonalValue(models.Model):
    """A personal value behind a salted hash in the ledger. Deleting the row is the erasure; the log still verifies."""

    subject = models.CharField(max_length=80, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    salt = models.BinaryField()
    value = models.TextField()

    def __str__(self) -> str:
        return self.digest
