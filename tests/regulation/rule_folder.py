"""A folder of rule files for a test: the shipped one, and successors made from it by replacing pieces of its text."""

import shutil
from pathlib import Path

SHIPPED = Path(__file__).resolve().parent.parent.parent / "regulation" / "rules" / "futian-2024.toml"
SUCCESSOR = {
    'id = "futian-2024"': 'id = "futian-2027"',
    "from = 2024-01-30": "from = 2027-01-30",
    "until = 2027-01-29   # three years": "until = 2030-01-29",
}


class RuleFolder:
    """`settings.RULES_DIR` of one test."""

    def __init__(self, folder: Path):
        self.path = folder
        shutil.copy(SHIPPED, folder)

    def change(self, pieces: dict[str, str], *, name: str = SHIPPED.name, source: Path = SHIPPED) -> Path:
        """Write a file that is the shipped one with these pieces replaced, each of which it must have."""
        text = source.read_text("utf-8")
        for old, new in pieces.items():
            assert old in text, f"{source.name} no longer has {old!r}"
            text = text.replace(old, new)
        file = self.path / name
        file.write_text(text, "utf-8")
        return file

    def add_successor(self, pieces: dict[str, str] | None = None) -> Path:
        """Write the rules of 2027 to 2030, which follow the shipped ones without a gap."""
        file = self.change(SUCCESSOR, name="futian-2027.toml")
        return self.change(pieces or {}, name=file.name, source=file)
