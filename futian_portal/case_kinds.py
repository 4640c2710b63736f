"""The kinds of case, for the forms of apps below them."""

from casework.kinds import kinds


def choices() -> list[tuple[str, str]]:
    """Slug and name of each kind of case."""
    return [(kind, str(model._meta.verbose_name)) for kind, model in kinds().items()]
