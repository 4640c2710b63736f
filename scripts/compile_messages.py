"""Compile the translations that are older than their source, without gettext. Fuzzy entries are left out."""

import os
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_messages(source: Path) -> None:
    """Write the `.mo` beside a `.po`, in one move, so that a running portal never reads half of it."""
    catalogue = polib.pofile(str(source))
    for entry in [entry for entry in catalogue if entry.fuzzy]:
        catalogue.remove(entry)
    written = source.with_suffix(f".{os.getpid()}")
    catalogue.save_as_mofile(str(written))
    written.replace(source.with_suffix(".mo"))


def main() -> None:
    """Compile what is stale."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            compile_messages(source)


if __name__ == "__main__":
    main()
