"""What the API says of calls, applications and agreements. Every serializer lists its fields."""

from rest_framework import serializers

from casework.serializers import CASE_FIELDS, CaseSerializer
from operators.models import Call, OperatingAgreement, OperatorApplication


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
            "effective_at",
        ]  # fmt: skip
