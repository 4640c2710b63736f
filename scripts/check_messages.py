"""Check that every text of the code has its Chinese translation, with the same placeholders. Needs gettext.

The texts are extracted from a copy: the checkout stays as it is. With `--write`, texts that the translation file
does not know yet are entered there, to be translated by hand.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = ("accounts", "authorizations", "casework", "futian_portal", "operators", "regulation", "templates")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdr]|\{\w*\}")

Key = tuple[str | None, str]


def extracted() -> dict[Key, polib.POEntry]:
    """Every text marked for translation, by context and text."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for app in APPS:
            shutil.copytree(ROOT / app, copy / app, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--keep-pot"]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{done.stdout}{done.stderr}")
        template = polib.pofile(str(copy / "locale" / "django.pot"))
    return {(entry.msgctxt, entry.msgid): entry for entry in template}


def faults(wanted: polib.POEntry, entry: polib.POEntry | None) -> list[str]:
    """What is wrong with a translation, in words."""
    if entry is None or entry.obsolete:
        return ["is not in the translation file"]
    if entry.fuzzy:
        return ["is marked fuzzy"]
    translations = list(entry.msgstr_plural.values()) if wanted.msgid_plural else [entry.msgstr]
    if not translations or not all(translations):
        return ["is not translated"]
    allowed = [_placeholders(text) for text in (wanted.msgid, wanted.msgid_plural) if text]
    return [f"has other placeholders: {text}" for text in translations if _placeholders(text) not in allowed]


def _placeholders(text: str) -> Counter:
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def enter(missing: list[polib.POEntry], catalogue: polib.POFile) -> None:
    """Add texts to the translation file, which is sorted by text."""
    for entry in missing:
        entry.occurrences = []
        catalogue.append(entry)
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue.save()


def main() -> int:
    """Print each fault; the status is 1 if there is one."""
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=110)
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    texts = extracted()
    if "--write" in sys.argv[1:]:
        missing = [entry for key, entry in texts.items() if key not in known]
        enter(missing, catalogue)
        known |= {(entry.msgctxt, entry.msgid): entry for entry in missing}
    found = [f"{entry.msgid!r} {fault}" for key, entry in texts.items() for fault in faults(entry, known.get(key))]
    print("\n".join(found) or f"{len(texts)} texts are translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
