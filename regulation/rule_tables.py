"""Takes a rule file apart table by table, and says by file and entry what is wrong with it."""

import re
from typing import Any

from regulation.articles import UnknownArticle, cite
from regulation.texts import Text

_REQUIRED = object()


class BrokenRules(ValueError):
    """A rule file can't be used; the message names the file, the entry and what is wrong with it."""


class Table:
    """A table of a rule file. Each key is taken once; leaving the `with` block refuses what nobody asked for."""

    def __init__(self, file: str, where: str, data: object):
        self.file, self.where = file, where
        if not isinstance(data, dict):
            raise self.broken("must be a table")
        self._left = dict(data)

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, error_type, error, traceback) -> None:
        if error is None and self._left:
            raise self.broken(f"has what is not known here: {', '.join(sorted(self._left))}")

    def broken(self, what: str) -> BrokenRules:
        """The error that says what is wrong with this table."""
        return BrokenRules(f"{self.file}: {self.where + ' ' if self.where else ''}{what}")

    def names(self) -> list[str]:
        """The keys that have not been taken yet."""
        return list(self._left)

    def take(self, key: str, kind: type, default: Any = _REQUIRED) -> Any:
        """The value of a key, of exactly this type: `true` is no number, and a moment is no day."""
        value = self._left.pop(key, default)
        if value is _REQUIRED:
            raise self.broken(f"lacks {key}")
        if value is not default and type(value) is not kind:
            raise self.broken(f"has a {key} that is no {kind.__name__}: {value!r}")
        return value

    def number(self, key: str, default: Any = _REQUIRED) -> int:
        """A whole number from 1."""
        value = self.take(key, int, default)
        if value is not default and value < 1:
            raise self.broken(f"has a {key} below 1: {value}")
        return value

    def table(self, key: str) -> "Table":
        """The table under a key."""
        return Table(self.file, f"{self.where}.{key}" if self.where else key, self.take(key, dict))

    def rows(self, key: str) -> list[tuple[str, "Table"]]:
        """The tables of an array, each with the code that names it."""
        found: dict[str, Table] = {}
        for number, data in enumerate(self.take(key, list), start=1):
            row = Table(self.file, f"{self.where}[{number}]", data)
            code = row.take("code", str)
            if not re.fullmatch(r"[a-z][a-z0-9_]*", code) or code in found:
                raise row.broken(f"has a code that is no name of its own: {code!r}")
            found[code] = Table(self.file, f"{self.where}.{code}", {name: data[name] for name in row.names()})
        if not found:
            raise self.broken(f"has no {key}")
        return list(found.items())

    def text(self) -> Text:
        """The text in the keys `zh` and `en` of this table."""
        zh, en = self.take("zh", str), self.take("en", str)
        if not zh.strip() or not en.strip():
            raise self.broken("needs a text in zh and en")
        return Text(zh, en)

    def text_of(self, key: str) -> Text:
        """The text that stands under a key."""
        with self.table(key) as table:
            return table.text()

    def grounds(self) -> dict[str, Any]:
        """The article that the table cites, or its recorded basis; at least one of them.

        Raises:
            BrokenRules: where there is neither, or the measures have no such article.
        """
        article = self.take("article", str, "")
        basis = self.text_of("basis") if "basis" in self._left else None
        if not article and basis is None:
            raise self.broken("cites no article and records no basis")
        if article:
            try:
                cite(article)
            except UnknownArticle as error:
                raise self.broken(f"cites Art. {article}, which the measures do not have") from error
        return {"article": article, "basis": basis}
