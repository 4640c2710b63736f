"""How the catalogue is searched: part of a word, in any order, also as pinyin in full or by initials (Art. 5(1))."""

import unicodedata

from pypinyin import Style, lazy_pinyin

WORDS_AT_MOST, LONGEST = 8, 100


def normalised(text: str) -> str:
    """A text as it is compared: width and case of letters make no difference, control characters are nothing."""
    flat = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in flat).strip()


def words_of(text: str) -> list[str]:
    """The words somebody typed, all of which must be found."""
    return normalised(text[:LONGEST]).split()[:WORDS_AT_MOST]


def spelled(text: str) -> list[str]:
    """A text in pinyin without tones: in full and by initials. Nothing for a text without Chinese."""
    if text.isascii():
        return []
    return [
        "".join(lazy_pinyin(text, style=style)).replace(" ", "").lower() for style in (Style.NORMAL, Style.FIRST_LETTER)
    ]


def searched_text(resource) -> str:
    """What the catalogue is searched by: code, name, summary, department, fields; names and labels in pinyin too."""
    department = resource.organisation.name
    labels = [field["label"] for field in resource.fields]
    words = [resource.code, resource.name, resource.summary, department]
    words += [part for field in resource.fields for part in (field["name"], field["label"])]
    words += [part for text in (resource.name, department, *labels) for part in spelled(text)]
    return "\n".join(map(normalised, words))
