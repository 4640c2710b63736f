"""`manage.py describe`: pages of the documentation that are made from the declarations."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from casework import describing
from casework.kinds import kinds
from casework.step import steps_of
from regulation import rules


def test_the_pages_in_the_repository_are_what_the_code_says():
    call_command("describe", "--check")


def test_the_language_of_whoever_runs_it_does_not_matter():
    with translation.override("zh-hans"):
        assert describing.outdated() == []


def test_every_state_step_and_period_is_described():
    pages = describing.pages()
    for model in kinds().values():
        assert all(f"`{name}`" in pages["states.md"] for name in model.states.by_name)
        assert all(
            f"| `{name}` |" in pages[page] for name in steps_of(model) for page in ("steps.md", "permissions.md")
        )
    assert all(f"`{period.name}`" in pages["rules.md"] for period in rules.get("futian-2024").periods)


def test_a_page_that_is_missing_changed_or_left_over_is_found_and_mended(tmp_path):
    assert describing.write(tmp_path) == sorted(describing.pages())
    assert describing.write(tmp_path) == []
    (tmp_path / "states.md").write_text("changed")
    (tmp_path / "steps.md").unlink()
    (tmp_path / "old.md").write_text("left over")
    assert describing.outdated(tmp_path) == ["old.md", "states.md", "steps.md"]
    describing.write(tmp_path)
    assert describing.outdated(tmp_path) == []
    assert not (tmp_path / "old.md").exists()


def test_the_check_names_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(describing.outdated, "__defaults__", (tmp_path,))
    with pytest.raises(CommandError, match="states.md"):
        call_command("describe", "--check")
