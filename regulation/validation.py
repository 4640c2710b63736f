"""The checks at start: every rule file can be used, every citation exists, no day is left without rules."""

from django.core.checks import CheckMessage, Error, Warning

from regulation.rules import BrokenRules, all_rule_sets, gaps


def check_rule_sets(app_configs, **kwargs) -> list[CheckMessage]:
    """An error for a broken file or an empty folder, which stops the start; a warning for days without rules."""
    try:
        found = all_rule_sets()
    except BrokenRules as broken:
        return [Error(str(broken), id="regulation.E001")]
    if not found:
        return [Error("RULES_DIR holds no rule set (*.toml).", id="regulation.E002")]
    return [Warning(f"No rule set is in force from {first} to {last}.", id="regulation.W001") for first, last in gaps()]
