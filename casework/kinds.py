"""The kinds of case there are, found from the models themselves."""

import functools

from django.apps import apps

from casework.models.case import Case
from casework.refusals import NotVisible


@functools.cache
def kinds() -> dict[str, type[Case]]:
    """Each kind's slug with its model, in the order of the installed apps."""
    return {model.kind: model for model in apps.get_models() if issubclass(model, Case)}


def model_for(kind: str) -> type[Case]:
    """The model of a kind of case.

    Raises:
        NotVisible: for a slug that names none.
    """
    try:
        return kinds()[kind]
    except KeyError:
        raise NotVisible(kind) from None
