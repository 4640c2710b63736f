"""Brings what chapter 4 knows into each state of its life, by steps only: resources, requests, agreements on use.

The operator of the cast has its agreement, the partner its standing, from the first time somebody asks for data.
"""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import SYSTEM, Actor
from authorizations.models import AuthorizationRequest, DataResource, DataUseAgreement, Grant
from casework import attachments
from casework.beginning import begin
from operators.models import Partnership
from tests.catalogue_story import CatalogueStory
from tests.partner_story import PartnerStory
from tests.quality_story import QualityStory
from tests.story import DAY, NOW

FIELDS = "district | District | code | s1\nvisits | Visits | number | s2"
TEXT = {
    "scenario": "Early warning of infections", "purpose": "A weekly indicator for the district.",
    "mode_of_use": "modelling", "use_from": date(2026, 4, 1), "use_until": date(2027, 3, 31),
    "measures": "Two people have access; every look-up is logged; data are masked.",
}  # fmt: skip
YES = {"opinion": "The scenario is clear."}
BACK = {"defects": "Describe the purpose.\nName the people with access.", "correct_by": NOW.date().replace(day=20)}


class DataStory(CatalogueStory, QualityStory, PartnerStory):
    """Resources of the departments, and what operator and partner do with them."""

    # --- the catalogue ---------------------------------------------------------------------------------------

    @staticmethod
    def resource_values(code: str, **given) -> dict:
        """What a department enters."""
        return {
            "code": code, "name": f"Resource {code}", "summary": f"What {code} holds.", "theme": "health",
            "resource_format": "table", "update_cycle": "daily", "openness": "conditional", "legal_basis": "",
            "grade": "general", "personal_information": "no", "business_secret": "no", "level": "district",
            "region": "", "fields": FIELDS, "completeness": "98.5", "accuracy": "99", "timeliness": "95",
            "contact_name": "Su Wen", "contact_phone": "0755-00000001",
        } | given  # fmt: skip

    def department(self, who: str) -> Actor:
        """A department that has named its responsible unit and person (Art. 6(1))."""
        organisation = self.cast[who].organisation
        # Asked anew: what the tables try is rolled back under the objects of the cast.
        organisation.refresh_from_db(fields=["responsible_unit", "responsible_person"])
        if not organisation.responsible_unit:
            organisation.responsible_unit, organisation.responsible_person = "Data Office", f"Head of {who}"
            organisation.save()
        return self.cast[who]

    def resource(self, state: str = "listed", *, who: str = "health", code: str = "", **given) -> DataResource:
        """A resource of a department in a state; its code is made up unless given."""
        department, bureau = self.department(who), self.cast.bureau
        code = code or f"{who[:2].upper()}-{DataResource.objects.count() + 1:03d}"
        resource = begin(DataResource, by=department, **self.resource_values(code, **given))
        if state == "draft":
            return resource
        resource.submit(by=department)
        if state == "returned":
            return resource.return_entry(by=bureau, defects="Name the update cycle.")
        if state == "review":
            return resource
        resource.enlist(by=bureau)
        if state == "revision_review":
            resource.edit(by=department, **self.resource_values(code, **given) | {"summary": "More than before."})
            resource.submit_revision(by=department)
        if state == "delisted":
            resource.delist(by=bureau, reason="No longer kept.")
        assert resource.state == state
        return resource

    # --- requests --------------------------------------------------------------------------------------------

    def user(self, who: str) -> Actor:
        """An operator with its agreement in force, or a partner with its standing, of the cast."""
        if who.startswith("partner"):
            self.in_standing(who)
        else:
            self.operating_agreement(who)
        return self.cast[who]

    def in_standing(self, who: str = "partner") -> Partnership:
        """The partner's standing with the operator of the cast, brought about now if there is none."""
        found = Partnership.objects.filter(organisation=self.cast[who].organisation).order_by("pk").last()
        return found or self.partnership("active", who=who)

    def request(self, state: str = "draft", *, who: str = "operator", resources=None, **text) -> AuthorizationRequest:
        """A request in a state, for one resource of each of two departments unless told which."""
        user = self.user(who)
        resources = resources or [self.resource(who="health"), self.resource(who="transport")]
        partner = {"partnership": self.in_standing(who).number} if who.startswith("partner") else {}
        case = begin(AuthorizationRequest, by=user, resources=[one.code for one in resources], copy_of="", **partner)
        self.bring_request(case, state, **text)
        assert case.state == state
        return case

    def bring_request(self, case: AuthorizationRequest, state: str, **text) -> None:
        """Take steps until the request is in the state."""
        user, bureau = self.by(case), self.cast.bureau
        if state == "draft":
            return
        case.edit(by=user, **TEXT | text)
        if state == "withdrawn":
            case.withdraw(by=user, reason="Changed plans.")
            return
        if case.partnership_id:
            case.submit_to_operator(by=user, truth=True)
            if state == "preliminary_correction":
                case.return_preliminary(by=self.host(case), **BACK)
            if state in {"preliminary_review", "preliminary_correction"}:
                return
            case.pass_preliminary(by=self.host(case), **YES)
        else:
            case.submit(by=user, truth=True)
        if state == "correction":
            case.return_for_correction(by=bureau, **BACK)
        if state == "coordination":
            self.ask_city(case)
        if state in {"assessment", "correction", "coordination"}:
            return
        if case.crosses:
            self.ask_city(case)
            self.city_answers(case)
        case.confirm_assessment(by=bureau, **YES)
        if state == "confirmation":
            return
        verdicts = {"authorised": ("granted",), "authorised_in_part": ("granted", "refused"), "refused": ("refused",)}
        self.decide_all(case, *verdicts[state])

    def host(self, case: AuthorizationRequest) -> Actor:
        """Who acts for the operator on whose platform the data are used."""
        return next(actor for actor in self.cast if actor.organisation == case.operator)

    def ask_city(self, case: AuthorizationRequest) -> None:
        """Take a request to the city."""
        case.take_to_city(by=self.cast.bureau, city_letter="District letter 2026-7", city_asked_on=NOW.date())

    def city_answers(self, case: AuthorizationRequest, outcome: str = "agreed", on=None) -> None:
        """Record the city's answer."""
        case.record_city_answer(
            by=self.cast.bureau, city_outcome=outcome, city_answer="City letter 2026-3",
            city_answered_on=on or NOW.date(), remark="",
        )  # fmt: skip

    @staticmethod
    def decisions(case: AuthorizationRequest, actor: Actor, verdict: str = "granted") -> dict:
        """What a department enters for each of its undecided resources."""
        values = {}
        for item in case.items.filter(department=actor.organisation, decision=""):
            values |= {
                f"item{item.pk}_decision": verdict,
                f"item{item.pk}_conditions": "Masked data only." if verdict == "conditional" else "",
                f"item{item.pk}_reason": "Not needed for it." if verdict == "refused" else "",
            }
        return values

    def departments_of(self, case: AuthorizationRequest) -> list[Actor]:
        """The departments of the cast whose decision is awaited, in the order of the resources."""
        waiting = list(case.items.filter(decision="").order_by("pk").values_list("department", flat=True))
        keys = dict.fromkeys(waiting)
        found = {actor.organisation.pk: actor for actor in self.cast if actor.organisation.pk in keys}
        return [found[key] for key in keys]

    def decide_all(self, case: AuthorizationRequest, *verdicts: str) -> None:
        """Let every department decide: the first one as the first verdict says, the later ones as the last."""
        for number, department in enumerate(self.departments_of(case)):
            verdict = verdicts[min(number, len(verdicts) - 1)]
            case.decide(by=department, **self.decisions(case, department, verdict))
        case.refresh_from_db()

    # --- agreements on use -----------------------------------------------------------------------------------

    def use_agreement(self, state: str = "draft", *, who: str = "operator", request=None, **given) -> DataUseAgreement:
        """The agreement drafted from an authorised request, in a state; `given` describes the request."""
        if state == "consent":
            given = {"resources": [self.resource(personal_information="yes")]} | given
        request = request or self.request("authorised", who=who, **given)
        agreement, bureau = request.agreements.get(), self.cast.bureau
        if state == "draft":
            return agreement
        if state == "cancelled":
            return agreement.cancel(by=bureau, reason="The scenario was given up.")
        agreement.fix_text(by=bureau)
        if state == "signing":
            return agreement
        self.sign_all(agreement)
        if state in {"suspended", "terminated"}:
            verb = {"suspended": agreement.suspend, "terminated": agreement.terminate}[state]
            verb(by=bureau, reason="A breach was found.")
        if state == "expired":
            agreement.expire(by=SYSTEM, on=NOW + 800 * DAY)
        if state == "replaced":
            self.sign_all(self.succession(agreement).fix_text(by=bureau))
            agreement.refresh_from_db()
        assert agreement.state == state
        return agreement

    def succession(self, agreement: DataUseAgreement, **given) -> DataUseAgreement:
        """A renewal of an agreement from today on, as a draft."""
        values = {"request": agreement.request.number, "starts_on": NOW.date(), "ends_on": date(2027, 6, 30)}
        return begin(DataUseAgreement, by=self.cast.bureau, **values | {"succession": "renewal"} | given)

    def sign_all(self, agreement: DataUseAgreement) -> None:
        """Let every side sign the present text."""
        sides = agreement.sides()
        seen = set()
        for actor in self.cast:
            key = actor.organisation.pk
            if key in sides and key not in seen and actor.person.username != "bureau_lead":
                seen.add(key)
                agreement.sign(by=actor, digest=agreement.text_digest, agreed=True)
        agreement.refresh_from_db()

    def evidence(self, agreement: DataUseAgreement):
        """Attach a file as evidence of consent."""
        upload = SimpleUploadedFile("consent.txt", b"Consent of the subjects")
        return attachments.receive(agreement, upload, by=self.by(agreement), tag="consent")

    def consent(self, agreement: DataUseAgreement, **given) -> None:
        """File consent for the first sensitive resource, with its evidence."""
        user, file = self.by(agreement), self.evidence(agreement)
        item = next(item for item in agreement.request.granted_items().select_related("version")
                    if item.version.needs_consent)  # fmt: skip
        agreement.file_consent(
            by=user, **{
                "resource": str(item.resource_id), "basis": "subject", "statement": "Signed forms.",
                "valid_from": NOW.date(), "valid_until": None, "evidence": [str(file.pk)],
            } | given,
        )  # fmt: skip

    def grant(self, who: str = "operator", **given) -> Grant:
        """A usable grant on the first resource of an agreement in force from today on."""
        text = {"use_from": NOW.date(), "use_until": date(2027, 3, 1)} | given
        return self.use_agreement("effective", who=who, **text).grants.order_by("pk").first()
