"""How wide a text will be, without a browser to ask."""

import unicodedata

LATIN = 0.55
"""Width of an average character that is not East Asian, in em."""


def width(text: str) -> float:
    """The estimated width of a text in em: 1 for a Chinese character, 0.55 for any other."""
    return sum(1 if unicodedata.east_asian_width(char) in "WF" else LATIN for char in text)


def wrap(text: str, limit: float) -> list[str]:
    """Break a text into lines of at most `limit` em: Chinese anywhere, other scripts between words.

    A word that is longer than a line is broken where the line ends. The lines come out about equally long.
    """
    lines = _fill(text, limit)
    while len(lines) > 1 and limit > 1 and len(narrower := _fill(text, limit - 1)) == len(lines):
        lines, limit = narrower, limit - 1
    return lines


def _fill(text: str, limit: float) -> list[str]:
    lines = [""]
    for piece in _pieces(text):
        if width(lines[-1] + piece.rstrip()) <= limit:
            lines[-1] += piece
            continue
        if lines[-1]:
            lines.append("")
        for char in piece:
            if width(lines[-1] + char) > limit and not char.isspace():
                lines.append("")
            lines[-1] += char
    return [line.strip() for line in lines]


def _pieces(text: str) -> list[str]:
    """The parts a line may break between; closing punctuation stays with what it closes."""
    pieces = [""]
    for char in text:
        joined = unicodedata.category(char) in {"Pe", "Pf", "Po"}
        wide = unicodedata.east_asian_width(char) in "WF"
        after_wide = bool(pieces[-1]) and unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
        if not joined and (wide or after_wide or pieces[-1].endswith(" ")):
            pieces.append("")
        pieces[-1] += char
    return [piece for piece in pieces if piece]
