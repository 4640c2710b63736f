"""What the API says of calls, applications and agreements. Every serializer lists its fields."""

from rest_framework import serializers

from casework.serializers import CASE_FIELDS, CaseSerializer
from operators.models import (
    Call,
    Document,
    OperatingAgreement,
    OperatorApplication,
    PartnerRules,
    Partnership,
    PlatformServiceAgreement,
)
from operators.sheets.partners import PARTICULARS


class CallSerializer(CaseSerializer):
    """A call for applications."""

    consulted = serializers.SlugRelatedField("name", many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        model = Call
        fields = read_only_fields = [
            *CASE_FIELDS, "subject", "conditions", "opens_at", "closes_at", "expertise", "seats", "consulted",
            "qualification_days", "panel_days", "consultation_days", "published_at", "withdrawn_because",
        ]  # fmt: skip


class OperatorApplicationSerializer(CaseSerializer):
    """An application; scores and opinions are not part of it."""

    call = serializers.SlugRelatedField("number", read_only=True)

    class Meta(CaseSerializer.Meta):
        model = OperatorApplication
        fields = read_only_fields = [
            *CASE_FIELDS, "call", "legal_representative", "address", "established_on", "capital", "staff", "business",
            "contact_name", "contact_phone", "contact_email", "submitted_at", "round", "correct_by", "decided_on",
            "document_number", "decision_remark",
        ]  # fmt: skip


class OperatingAgreementSerializer(CaseSerializer):
    """An operating agreement with its required parts and the digest of the text."""

    application = serializers.SlugRelatedField("number", read_only=True)
    text_digest = serializers.CharField(read_only=True)

    class Meta(CaseSerializer.Meta):
        model = OperatingAgreement
        fields = read_only_fields = [
            *CASE_FIELDS, "application", "starts_on", "ends_on", "years", "parts", "edition", "text_digest",
            "effective_at", "suspended_because", "resumed_because", "ended_ground", "ended_because", "ended_at",
        ]  # fmt: skip


class PartnerRulesSerializer(CaseSerializer):
    """An operator's rules for partners."""

    class Meta(CaseSerializer.Meta):
        model = PartnerRules
        fields = read_only_fields = [*CASE_FIELDS, "effective_on", "parts", "edition", "published_at"]


class PartnershipSerializer(CaseSerializer):
    """A partner at an operator: particulars, filings, suspension, exit."""

    operator = serializers.CharField(source="operator.name", read_only=True)
    partner_rules = serializers.SlugRelatedField("number", read_only=True)

    class Meta(CaseSerializer.Meta):
        model = Partnership
        fields = read_only_fields = [
            *CASE_FIELDS, "operator", "partner_rules", *PARTICULARS, "submitted_at", "round", "defects", "correct_by",
            "opinion", "withdrawn_because", "filing_remark", "filing_answer", "entered_at", "suspended_because",
            "lifted_because", "exit_because", "exit_began_at", "settlement", "deletion", "exited_at",
        ]  # fmt: skip


class PlatformServiceAgreementSerializer(CaseSerializer):
    """A platform service agreement with its required parts and the digest of the text."""

    partnership = serializers.SlugRelatedField("number", read_only=True)
    operator = serializers.CharField(source="partnership.operator.name", read_only=True)
    text_digest = serializers.CharField(read_only=True)

    class Meta(CaseSerializer.Meta):
        model = PlatformServiceAgreement
        fields = read_only_fields = [
            *CASE_FIELDS, "partnership", "operator", "starts_on", "ends_on", "parts", "edition", "text_digest",
            "effective_at", "ended_because", "ended_at",
        ]  # fmt: skip


class DocumentSerializer(CaseSerializer):
    """A version of a published document. Its files are listed under `…/attachments/`."""

    replaces = serializers.SlugRelatedField("number", read_only=True)

    class Meta(CaseSerializer.Meta):
        model = Document
        fields = read_only_fields = [
            *CASE_FIELDS, "subject", "category", "document_number", "text", "effective_on", "ends_on", "replaces",
            "published_at", "withdrawn_on", "withdrawn_because",
        ]  # fmt: skip
