"""Brings needs and objections into each state of their life, by steps only; mixed into `DataStory`."""

from authorizations.models import Need, Objection
from casework.beginning import begin
from tests.story import DAY, NOW

NEED = {
    "subject": "Opening hours of clinics", "description": "By clinic and day.", "scenario": "Guiding patients",
    "theme": "health", "wanted_by": NOW.date() + 60 * DAY,
}  # fmt: skip
ANSWER = {
    "outcome": "will_provide", "provide_by": NOW.date() + 30 * DAY, "resource": "", "reasons": "Once a week.",
}  # fmt: skip
REASON = {"reason": "For a reason."}


class CatalogueStory:
    """What users ask of the catalogue, and how they object to it."""

    def need(self, state: str = "posted", *, who: str = "operator", department: str = "health", **given) -> Need:
        """A need in a state; it is routed to the department named."""
        user, bureau = self.cast[who], self.cast.bureau
        case = begin(Need, by=user, **NEED | given)
        if state == "posted":
            return case
        if state == "declined":
            return case.decline(by=bureau, **REASON)
        case.route(by=bureau, **self.routed_to(department))
        if state in {"answered", "closed"}:
            case.answer(by=self.cast[department], **ANSWER)
        if state == "closed":
            case.close(by=user, **REASON)
        assert case.state == state
        return case

    def routed_to(self, department: str, **given) -> dict:
        """What the bureau enters to route a need."""
        key = str(self.cast[department].organisation.pk)
        return {"department": key, "answer_by": NOW.date() + 14 * DAY, "note": "Please look into it."} | given

    @staticmethod
    def objection_values(resource, **given) -> dict:
        """What a user enters against the grade of an entry."""
        return {"about": "grade", "resource": resource.code, "request": "", "grounds": "It is aggregated."} | given

    def objection(self, state: str = "submitted", *, who: str = "operator", resource=None, **given) -> Objection:
        """An objection in a state, to the grade of an entry unless told otherwise."""
        user, bureau = self.cast[who], self.cast.bureau
        case = begin(Objection, by=user, **self.objection_values(resource or self.resource(), **given))
        if state == "submitted":
            return case
        if state == "withdrawn":
            return case.withdraw(by=user, **REASON)
        if state == "opinion":
            return case.ask_department(by=bureau, question="Is it?", opinion_by=NOW.date() + 10 * DAY)
        if state == "upheld":
            return case.uphold(by=bureau, reasons="It is aggregated.", measure="The department grades it anew.")
        case.reject(by=bureau, reasons="Small cells can be traced.")
        assert case.state == state
        return case
