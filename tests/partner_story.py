"""Brings rules for partners, partners, their agreements and documents into each state of their lives, by steps only."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actors import SYSTEM
from casework import attachments
from casework.beginning import begin
from operators.models import Document, OperatingAgreement, PartnerRules, Partnership, PlatformServiceAgreement
from operators.sheets.partners import PROOF
from tests.story import DAY, NOW, Story

PARTICULARS = {
    "legal_representative": "Wang Fang", "address": "9 Digital Avenue", "business": "Models on public data",
    "purpose": "A model of bus traffic", "qualification": "We meet every condition.", "team": "Twelve engineers",
    "security_officer": "Zhao Min", "security_phone": "0755-00000001", "contact_name": "Wang Fang",
    "contact_phone": "0755-00000002", "contact_email": "wang@example.test",
}  # fmt: skip
TERM = {"starts_on": NOW.date(), "ends_on": date(2027, 3, 1)}
EXIT = {"settlement": "Fees are paid.", "deletion": "Everything was deleted on 1 March."}


class PartnerStory(Story):
    """The operator of the cast has an operating agreement since the first of January."""

    # --- what everything rests on --------------------------------------------------------------------------------

    def operating_agreement(self, who: str = "operator", state: str = "effective", **given) -> OperatingAgreement:
        """An operating agreement with an operator, in a state; the one there already, if it is in that state."""
        found = OperatingAgreement.objects.filter(organisation=self.cast[who].organisation).order_by("pk").last()
        if found is None:
            self.in_a_hurry = True
            agreement = self.agree(self.application("approved", who=who), **{"starts_on": date(2026, 1, 1)} | given)
            self.in_a_hurry = False
            agreement.fix_text(by=self.cast.bureau)
            self.sign(agreement, who, "bureau")
        else:
            agreement = found
        if state == "suspended" and agreement.state == "effective":
            agreement.suspend(by=self.cast.bureau, reason="Logs were not kept.")
        if state == "terminated":
            agreement.terminate(by=self.cast.bureau, ground="termination", reason="Not rectified.")
        if state == "expired":
            agreement.expire(by=SYSTEM, on=timezone.now() + 800 * DAY)
        if state == "effective" and agreement.state == "suspended":
            agreement.resume(by=self.cast.bureau, reason="Rectified.")
        assert agreement.state == state
        return agreement

    # --- the rules for partners ----------------------------------------------------------------------------------

    @staticmethod
    def rule_texts(rules: PartnerRules) -> dict:
        """Something for every part of the rules."""
        return {part.code: f"On {part.code}." for part in rules.required_parts()}

    def partner_rules(self, state: str = "published", *, who: str = "operator", **given) -> PartnerRules:
        """Rules for partners in a state; what they rest on is there."""
        self.operating_agreement(who)
        operator = self.cast[who]
        rules = begin(PartnerRules, by=operator, **{"effective_on": timezone.localdate()} | given)
        if state == "withdrawn":
            rules.withdraw(by=operator, reason="Other plans.")
        if state in {"published", "superseded"}:
            rules.edit(by=operator, effective_on=rules.effective_on, **self.rule_texts(rules))
            rules.publish(by=operator)
        if state == "superseded":
            self.partner_rules(who=who)
            rules.refresh_from_db()
        assert rules.state == state
        return rules

    def rules_in_effect(self, who: str = "operator") -> PartnerRules:
        """The rules in effect today, published now if there are none."""
        mine = PartnerRules.objects.in_force(on=timezone.localdate()).filter(organisation=self.cast[who].organisation)
        return mine.first() or self.partner_rules(who=who)

    # --- a partner -----------------------------------------------------------------------------------------------

    def attach(self, case, who: str, *, name: str = "evidence.txt", tag: str = ""):
        """Attach a file."""
        upload = SimpleUploadedFile(name, f"{name} of {who}".encode())
        return attachments.receive(case, upload, by=self.cast[who], tag=tag)

    def fill_in(self, case: Partnership, who: str = "partner") -> Partnership:
        """Complete a draft: the particulars and a file."""
        case.save_particulars(by=self.cast[who], **PARTICULARS)
        self.attach(case, who)
        return case

    @staticmethod
    def defects(**given) -> dict:
        """What an operator enters to return an application: two defects, and a day."""
        return {
            "correct_by": timezone.localdate() + 10 * DAY, "team_defect": "Name the people.",
            "files_defect": "The certificate is out of date.", "remark": "",
        } | given  # fmt: skip

    def partnership(self, state: str = "active", who: str = "partner", operator: str = "operator") -> Partnership:
        """A partner of an operator, in a state."""
        self.rules_in_effect(operator)
        host, partner, bureau = self.cast[operator], self.cast[who], self.cast.bureau
        case = begin(Partnership, by=partner, operator=str(host.organisation.pk))
        if state == "withdrawn":
            case.withdraw(by=partner, reason="Changed plans.")
        elif state != "draft":
            self.fill_in(case, who).submit(by=partner, truth=True)
            if state == "correction":
                case.return_for_correction(by=host, **self.defects())
            elif state == "refused":
                case.refuse(by=host, reason="The conditions are not met.")
            elif state != "review":
                case.accept(by=host, opinion="Agreed.")
                self._enter(case, state, who=who, operator=operator, bureau=bureau)
        assert case.state == state
        return case

    def _enter(self, case: Partnership, state: str, *, who: str, operator: str, bureau) -> None:
        """From the accepted application to the end."""
        host = self.cast[operator]
        if state == "agreement":
            return
        self.sign_service(self.draw_up(case, operator), operator, who)
        case.refresh_from_db()
        if state == "entry_filing":
            return
        case.acknowledge_entry(by=bureau, remark="")
        if state == "suspended":
            case.suspend(by=host, reason="Data were used outside the scenario.")
        if state in {"exit", "exit_filing", "exited"}:
            case.begin_exit(by=host, reason="The project has ended.")
        if state in {"exit_filing", "exited"}:
            self.attach(case, operator, name="deletion.txt", tag=PROOF)
            case.report_exit(by=host, **EXIT)
            case.file_exit(by=host)
        if state == "exited":
            case.acknowledge_exit(by=bureau, remark="")

    # --- the platform service agreement --------------------------------------------------------------------------

    def draw_up(self, case: Partnership, operator: str = "operator", **given) -> PlatformServiceAgreement:
        """A platform service agreement with a partner, as a draft."""
        values = {"partnership": case.number} | TERM | given
        return begin(PlatformServiceAgreement, by=self.cast[operator], **values)

    def sign_service(self, agreement: PlatformServiceAgreement, *names: str) -> PlatformServiceAgreement:
        """Fix the text, if it is a draft, and let people sign it."""
        if agreement.state == "draft":
            agreement.fix_text(by=self.cast[names[0]])
        for name in names:
            agreement.sign(by=self.cast[name], digest=agreement.text_digest, agreed=True)
        return agreement

    def service_agreement(
        self, state: str = "effective", who: str = "partner", operator: str = "operator", **given
    ) -> PlatformServiceAgreement:
        """A platform service agreement in a state."""
        host = self.cast[operator]
        agreement = self.draw_up(self.partnership("agreement", who, operator), operator, **given)
        if state == "cancelled":
            agreement.cancel(by=host, reason="Other terms were agreed.")
        elif state != "draft":
            agreement.fix_text(by=host)
        if state in {"effective", "expired", "terminated"}:
            self.sign_service(agreement, operator, who)
        if state == "expired":
            agreement.expire(by=SYSTEM, on=timezone.now() + 800 * DAY)
        if state == "terminated":
            agreement.terminate(by=host, reason="Fees were not paid.")
        assert agreement.state == state
        return agreement

    # --- documents -----------------------------------------------------------------------------------------------

    @staticmethod
    def document_values(**given) -> dict:
        """What the bureau enters."""
        return {
            "subject": "Guide for partners", "category": "guide", "document_number": "Bureau 2026-3",
            "text": "First read the rules.", "effective_on": timezone.localdate(), "ends_on": None, "replaces": "",
        } | given  # fmt: skip

    def document(self, state: str = "published", **given) -> Document:
        """A document in a state."""
        bureau = self.cast.bureau
        document = begin(Document, by=bureau, **self.document_values(**given))
        if state in {"published", "superseded", "withdrawn"}:
            document.publish(by=bureau)
        if state == "superseded":
            self.document(replaces=document.number, subject="Guide for partners, second edition")
            document.refresh_from_db()
        if state == "withdrawn":
            document.withdraw(by=bureau, reason="Out of date.")
        assert document.state == state
        return document
