"""A text in both languages of the portal, as data files hold it."""

from dataclasses import dataclass

from django.utils.translation import get_language


def in_chinese() -> bool:
    """Whether the active language is Chinese; it is where none is active."""
    return (get_language() or "zh").startswith("zh")


@dataclass(frozen=True)
class Text:
    """A text in both languages; `str()` gives it in the active one."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if in_chinese() else self.en
