"""Checks a ledger without the portal: python verifier.py --export FILE [--checkpoint FILE] [--public-key FILE].

Stands alone: the standard library, and `cryptography` for signatures only. An auditor can read it in one sitting.
Every leaf and root is derived again from the stored bytes; then the columns beside them are compared with what the
bytes say. Numbers must be contiguous, each entry must name the leaf before it, the head must be where the log ends,
and each checkpoint must be signed and have the roots of the log at its size. Exit status: 0 intact, 1 damaged (says
where), 2 could not check.

An export has one JSON object a line: an entry with its columns, `payload` being the text that was hashed; the last
line is the head. Instead of an export, `--sqlite FILE` reads the portal's embedded database.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from operator import itemgetter
from pathlib import Path

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
except ImportError:
    hashes = None

COLUMNS = {
    "at": "at", "kind": "kind", "actor_id": "actor", "organisation_id": "organisation",
    "organisation_name": "organisation_name", "on_behalf_of_id": "on_behalf_of", "case_kind": "case_kind",
    "case_id": "case", "case_number": "number", "action": "action", "article": "article", "old_state": "old_state",
    "new_state": "new_state", "request_id": "request",
}  # fmt: skip
"""Each column to query by, and the key in the bytes that it is derived from."""
HASHES = ("leaf_sha256", "leaf_sm3", "subtrees_sha256", "subtrees_sm3")
ROW = ("payload", "seq", *HASHES, *COLUMNS)
HEAD = ("size", "last_leaf", "frontier_sha256", "frontier_sm3")
SIGNED = ("at", "root_sha256", "root_sm3", "size", "v")
CHUNK = 4096
LAST = 1 << 16
"""More bytes than a head or a checkpoint has."""

Row = tuple
"""The bytes that were hashed and the columns beside them, in the order of `ROW`."""


class Damaged(Exception):
    """The log is not what it was; the message names the first bad entry or checkpoint."""


class CannotCheck(Exception):
    """Nothing can be said: a file is missing or can't be read, or a function is not there."""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3() -> Callable[[bytes], bytes]:
    """SM3 of Python's own library, else of `cryptography`."""
    if "sm3" not in hashlib.algorithms_available and hashes is None:
        raise CannotCheck("this Python has no SM3; install the package cryptography")
    by_library = "sm3" not in hashlib.algorithms_available
    begun = hashes.Hash(hashes.SM3()) if by_library else hashlib.new("sm3")

    def sm3(data: bytes) -> bytes:
        state = begun.copy()  # cheaper than looking the function up each time
        state.update(data)
        return state.finalize() if by_library else state.digest()

    return sm3


class Tree:
    """A Merkle tree (RFC 6962) that grows by many leaves at once and keeps only what later leaves are joined with."""

    def __init__(self, hashed: Callable[[bytes], bytes]):
        self.hashed, self.size = hashed, 0
        self._waiting: list[bytes | None] = []  # at each level the left node that has no right one yet

    def extend(self, leaves: list[bytes]) -> tuple[str, ...]:
        """Put leaf hashes in. For each leaf: the roots of the full subtrees that end with it, as hexadecimal digits."""
        above, nodes, first, level = [""] * len(leaves), leaves, self.size, 0
        while nodes:
            if level == len(self._waiting):
                self._waiting.append(None)
            if self._waiting[level] is not None:
                nodes, first = [self._waiting[level], *nodes], first - 1
            self._waiting[level] = nodes[-1] if len(nodes) & 1 else None
            hashed = self.hashed
            nodes = [hashed(b"\x01" + left + right) for left, right in zip(nodes[::2], nodes[1::2], strict=False)]
            first, level = first >> 1, level + 1
            ends = range(((first + 1) << level) - 1 - self.size, len(leaves), 1 << level)
            for end, node in zip(ends, nodes, strict=True):
                above[end] += node.hex()
        self.size += len(leaves)
        return tuple(above)

    def frontier(self) -> list[bytes]:
        """The roots of the largest full subtrees, from the left."""
        return [node for node in reversed(self._waiting) if node is not None]

    def root(self) -> str:
        """The root as hexadecimal digits."""
        nodes = self.frontier() or [self.hashed(b"")]
        root = nodes.pop()
        while nodes:
            root = self.hashed(b"\x01" + nodes.pop() + root)
        return root.hex()


class Log:
    """A log under examination: rows come in order, in chunks; the first pass hashes, the second compares columns."""

    def __init__(self):
        self.size, self.last_leaf = 0, ""
        self.trees = Tree(_sha256), Tree(_sm3())

    def check_hashes(self, rows: list[Row]) -> tuple[int, str]:
        """Derive leaves and subtrees of a chunk. Returns how many rows are good, and what is wrong with the next."""
        payloads, numbers, *stored = list(zip(*rows, strict=True))[: 2 + len(HASHES)]
        good, why = len(rows), ""

        def narrow(alike: int, reason: str) -> None:
            nonlocal good, why
            if alike < good:
                good, why = alike, reason

        expected = tuple(range(self.size, self.size + good))
        narrow(_alike(numbers, expected), "is missing, out of place, or another one was put before it")
        narrow(_alike([type(payload) for payload in payloads], [bytes] * good), "has no bytes")
        marked = [b"\x00" + payload for payload in payloads[:good]]
        for tree, leaves, subtrees in zip(self.trees, stored[:2], stored[2:], strict=True):
            found = [tree.hashed(data) for data in marked[:good]]
            narrow(_alike(tuple([leaf.hex() for leaf in found]), leaves), "its bytes or its hashes were changed")
            narrow(_alike(tree.extend(found[:good]), subtrees), "the roots beside it or the entry before were changed")
        return good, why

    def check_columns(self, rows: list[Row]) -> None:
        """Compare number, predecessor and every column with what the bytes say, and move on behind these rows.

        Raises:
            Damaged: naming the first bad entry.
        """
        said_of, begin = itemgetter("seq", "previous", *COLUMNS.values()), 2 + len(HASHES)
        for row in rows:
            seq, leaf, at = row[1], row[2], row[begin]
            beside = (seq, self.last_leaf, _instant(at), *row[begin + 1 :])
            try:
                said = said_of(json.loads(row[0]))
            except (ValueError, KeyError, TypeError):
                raise Damaged(f"entry {seq}: its bytes are not those of an entry") from None
            if said != beside or list(map(type, said)) != list(map(type, beside)):
                name = ("number", "predecessor", *COLUMNS)[_alike([*map(repr, said)], [*map(repr, beside)])]
                raise Damaged(f"entry {seq}: the {name} beside it is not what its bytes say")
            self.last_leaf = leaf
        self.size += len(rows)

    def head(self) -> dict:
        """The head that belongs to the entries so far."""
        frontiers = [[node.hex() for node in tree.frontier()] for tree in self.trees]
        return dict(zip(HEAD, (self.size, self.last_leaf, *frontiers), strict=True))


def _alike(found: Sequence, expected: Sequence) -> int:
    """How many from the beginning are the same; the longer one may go on."""
    if found == expected:
        return len(found)
    pairs = enumerate(zip(found, expected, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(found), len(expected)))


def _instant(text):
    """A time column as it stands in the bytes, where SQLite wrote it its own way; anything else as it is."""
    if isinstance(text, str) and text[10:11] == " ":
        return f"{text[:10]}T{text[11:]}{'' if '.' in text else '.000000'}Z"
    return text


def check(source, checkpoints: list[dict]) -> int:
    """Check every entry, the head, and the roots of every checkpoint; returns the number of entries.

    Args:
        source: has `rows()`, and `head()`, which is asked before and after, since a log in use grows meanwhile.
        checkpoints: in any order; several may have the same size.

    Raises:
        Damaged: naming the first bad entry or checkpoint.
    """
    log, confirmed, before = Log(), 0, source.head()
    with closing(source.rows()) as rows:
        for size in sorted({one["size"] for one in checkpoints} | {before["size"]}):
            _check_up_to(size, rows, log)
            if log.size < size:
                raise Damaged(f"entry {log.size} is missing: {size} entries were written, there are {log.size}")
            for one in (one for one in checkpoints if one["size"] == size):
                if (one["root_sha256"], one["root_sm3"]) != tuple(tree.root() for tree in log.trees):
                    raise Damaged(
                        f"an entry from {confirmed} to {size - 1} was rewritten: together with those before, they do"
                        f" not give the roots of the checkpoint of {one['at']}"
                    )
                confirmed = size
            if size == before["size"] and log.head() != before:
                raise Damaged(f"the head over {size} entries is not what the entries say")
        _check_up_to(None, rows, log)
    if log.size > source.head()["size"]:
        raise Damaged(f"entry {source.head()['size']}: stands behind the end of the log")
    return log.size


def _check_up_to(size: int | None, rows: Iterator[Row], log: Log) -> None:
    while size is None or log.size < size:
        chunk = list(islice(rows, CHUNK if size is None else min(CHUNK, size - log.size)))
        if not chunk:
            return
        good, why = log.check_hashes(chunk)
        log.check_columns(chunk[:good])
        if why:
            raise Damaged(f"entry {log.size}: {why}")


def check_signatures(checkpoints: list[dict], public_keys: bytes) -> None:
    """Check each checkpoint's signature with the public key of its id (PEM, one or several after another).

    Raises:
        Damaged: naming the checkpoint that none of the keys signed.
    """
    if hashes is None:
        raise CannotCheck("signatures need the package cryptography")
    end = b"-----END PUBLIC KEY-----"
    try:
        keys = [load_pem_public_key(pem + end) for pem in public_keys.split(end)[:-1]]
        by_id = {_sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hex()[:16]: key for key in keys}
    except ValueError:
        raise CannotCheck("the public key can't be read") from None
    if not by_id:
        raise CannotCheck("there is no public key in the file")
    for one in checkpoints:
        try:
            text = json.dumps({name: one[name] for name in SIGNED}, sort_keys=True, separators=(",", ":")).encode()
            signature = bytes.fromhex(one["signature"])
            if signature.hex() != one["signature"]:  # capital letters or spaces, which would be read all the same
                raise ValueError
            by_id[one["key_id"]].verify(signature, text)
        except (InvalidSignature, KeyError, ValueError, TypeError):
            raise Damaged(
                f"the checkpoint of {one['at']} over {one['size']} entries is not signed by a key given"
            ) from None


class Export:
    """The file an auditor took away."""

    def __init__(self, path: Path):
        self._path = path

    def rows(self) -> Iterator[Row]:
        """Every line but the last."""
        take = itemgetter(*ROW)
        with self._path.open("rb") as file:
            line = file.readline()
            for number, following in enumerate(file):
                try:
                    payload, *columns = take(json.loads(line))
                    yield payload.encode("utf-8", "surrogateescape"), *columns
                except (ValueError, KeyError, TypeError, AttributeError):
                    raise Damaged(f"entry {number}: line {number + 1} of the export is not an entry") from None
                line = following

    def head(self) -> dict:
        """The last line."""
        try:
            return _head(json.loads(last_line(self._path))["head"])
        except (ValueError, KeyError, TypeError):
            raise Damaged("the export does not end with the head of the log: its end is cut off") from None


class Database:
    """The portal's SQLite database, read without the portal."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection

    def rows(self) -> Iterator[Row]:
        """Every entry; a plus sign keeps Python from reading times its own way."""
        names = ", ".join("+at" if name == "at" else name for name in ROW)
        return self._read(f"SELECT {names} FROM ledger_entry ORDER BY seq")  # noqa: S608 - names of this file only

    def head(self) -> dict:
        """The one row of the head."""
        found = list(self._read("SELECT id, size, last_leaf, frontier_sha256, frontier_sm3 FROM ledger_head"))
        values = one_head(found)
        try:
            return _head(dict(zip(HEAD, [*values[:2], *map(json.loads, values[2:])], strict=True)))
        except (ValueError, TypeError):
            raise Damaged("the head of the log can't be read") from None

    def checkpoints(self) -> list[dict]:
        """The checkpoints that the database keeps itself."""
        names = ("size", "root_sha256", "root_sm3", "at", "key_id", "signature")
        rows = self._read("SELECT size, root_sha256, root_sm3, +at, key_id, signature FROM ledger_checkpoint")
        found = [{"v": 1, **dict(zip(names, values, strict=True))} for values in rows]
        if any(type(one["size"]) is not int or one["size"] < 1 for one in found):
            raise Damaged("a checkpoint in the database has no size")
        return [{**one, "at": _instant(one["at"])} for one in found]

    def _read(self, query: str) -> Iterator[tuple]:
        """Rows in which text that is not UTF-8 any more is kept as it is instead of stopping everything."""
        usual, self._connection.text_factory = self._connection.text_factory, _text
        try:
            yield from self._connection.execute(query)
        finally:
            self._connection.text_factory = usual


def last_line(path: Path) -> bytes:
    """The last line of a file whose last line is short; nothing where the file is empty."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LAST))
        return b"".join(deque(file, maxlen=1))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def one_head(rows: list[tuple]) -> tuple:
    """The head without its row number, where there is one row and its number is 1."""
    if [row[0] for row in rows] != [1]:
        raise Damaged("the head of the log is not the one row with the number 1" if rows else "the head is gone")
    return rows[0][1:]


def _head(found: dict) -> dict:
    if type(found["size"]) is not int or found["size"] < 0:
        raise ValueError
    return {name: found[name] for name in HEAD}


def read_checkpoints(path: Path) -> list[dict]:
    """The checkpoints of a file, one JSON object a line."""
    lines = enumerate(path.read_bytes().splitlines(), start=1)
    return [checkpoint_in(line, f"line {number} of {path}") for number, line in lines]


def checkpoint_in(line: bytes, where: str) -> dict:
    """The checkpoint that a line holds; `where` says which line it is."""
    try:
        found = json.loads(line)
        one = {name: found[name] for name in (*SIGNED, "key_id", "signature")}
    except (ValueError, KeyError, TypeError):
        raise CannotCheck(f"{where} is not a checkpoint") from None
    if type(one["size"]) is not int or one["size"] < 1:
        raise CannotCheck(f"{where} is not a checkpoint")
    return one


def answer(examine: Callable[[], tuple[int, int]]) -> tuple[int, str]:
    """Exit status and sentence for an examination that returns the numbers of entries and checkpoints."""
    try:
        entries, checkpoints = examine()
    except Damaged as damaged:
        return 1, f"DAMAGED: {damaged}"
    except (CannotCheck, OSError, sqlite3.Error) as error:
        return 2, f"COULD NOT CHECK: {error}"
    return 0, f"intact: {entries} entries, {checkpoints} checkpoints"


def main(arguments: list[str]) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Check a ledger without the portal.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--export", type=Path, help="an export made with `manage.py verify_ledger --export`")
    where.add_argument("--sqlite", type=Path, help="the portal's SQLite database")
    parser.add_argument("--checkpoint", type=Path, help="checkpoints kept elsewhere, one JSON object a line")
    parser.add_argument("--public-key", type=Path, help="the key or keys (PEM) that signed them")
    asked = parser.parse_args(arguments)

    def examine() -> tuple[int, int]:
        checkpoints = read_checkpoints(asked.checkpoint) if asked.checkpoint else []
        if asked.export:
            return _examined(Export(asked.export), checkpoints, asked.public_key)
        with closing(sqlite3.connect(f"{asked.sqlite.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            database = Database(connection)
            return _examined(database, database.checkpoints() + checkpoints, asked.public_key)

    status, message = answer(examine)
    if status == 0 and not asked.public_key:
        message += "; no signature was checked, since no --public-key was given"
    sys.stdout.write(message + "\n")
    return status


def _examined(source, checkpoints: list[dict], public_key: Path | None) -> tuple[int, int]:
    if public_key:
        check_signatures(checkpoints, public_key.read_bytes())
    return check(source, checkpoints), len(checkpoints)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
