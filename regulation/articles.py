"""Citations of the measures: which exist, and how they are written in Chinese and English.

`18(1)` is paragraph 1 of Art. 18, `9(3)(7)` item 7 of its paragraph 3. In an article of one paragraph with items, such
as Art. 5, `5(4)` is item 4. The data file gives, for each article, the number of items of each of its paragraphs.
"""

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

from regulation.texts import Text, in_chinese

_FILE = Path(__file__).parent / "data" / "articles.json"
_CODE = re.compile(r"([1-9]\d?)(?:\(([1-9]\d?)\))?(?:\(([1-9]\d?)\))?")
_DIGITS = "零一二三四五六七八九"


class UnknownArticle(LookupError):
    """A citation names an article, paragraph or item that the measures do not have."""

    def __init__(self, code: str):
        super().__init__(f"the measures have no Art. {code}")
        self.code = code


@dataclass(frozen=True)
class Article:
    """A citation: `code` as in the code, `en` and `zh` as on screen, and what its article is about."""

    code: str
    en: str
    zh: str
    subject: Text


def numeral(number: int) -> str:
    """A whole number from 1 to 99 in Chinese, as in 第四十二条."""
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")


@functools.cache
def _measures() -> dict[str, dict]:
    return json.loads(_FILE.read_text("utf-8"))["articles"]


@functools.cache
def cite(code: str) -> Article:
    """The citation with this code.

    Raises:
        UnknownArticle: where the measures have no such article, paragraph or item.
    """
    match = _CODE.fullmatch(code)
    known = _measures().get(match[1]) if match else None
    if known is None:
        raise UnknownArticle(code)
    items = known["items"]
    paragraph, item = (int(part) if part else None for part in match.group(2, 3))
    if len(items) == 1 and items[0]:
        if item is not None:
            raise UnknownArticle(code)
        paragraph, item = None, paragraph
    zh = f"第{numeral(int(match[1]))}条"
    if paragraph is not None:
        if paragraph > len(items):
            raise UnknownArticle(code)
        zh += f"第{numeral(paragraph)}款"
    if item is not None:
        if item > items[(paragraph or 1) - 1]:
            raise UnknownArticle(code)
        zh += f"第{numeral(item)}项"
    return Article(code, f"Art. {code}", zh, Text(known["zh"], known["en"]))


def label(code: str) -> str:
    """The citation in the active language: 第十八条第一款, Art. 18(1)."""
    article = cite(code)
    return article.zh if in_chinese() else article.en
