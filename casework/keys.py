"""Numbers and places in a list as they come in an address: read, or None where they are nothing of the kind."""

from datetime import date


def number(text: str, *, digits: int = 18) -> int | None:
    """A whole number of at most so many ASCII digits; eighteen fit into every key of a row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def place(text: str) -> tuple[date, int] | None:
    """A place in the inbox: the last task shown, as `YYYY-MM-DD_ID`."""
    day, _, pk = text.partition("_")
    try:
        return (date.fromisoformat(day), found) if (found := number(pk)) is not None else None
    except ValueError:
        return None
