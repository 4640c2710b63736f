"""What the page of a data resource shows, and to whom."""

from accounts.actors import Actor
from authorizations.sheets.wording import field_lines, lines


def of_resource(resource, actor: Actor) -> dict:
    """An entry of the catalogue with its versions.

    The department and the bureau read the text worked on, with what differs from the version listed marked; everybody
    else reads the version listed.
    """
    text, listed = resource.text_for(actor), resource.listed_version
    compared = listed if text is resource and listed is not None and resource.has_changes else None
    return {
        "text": text,
        "lines": lines(text, compared),
        "field_lines": field_lines(text, compared),
        "compared_with": compared,
        "works_on_it": text is resource,
        "versions": resource.versions.order_by("-round"),
    }
