"""The REST faces of chapter 3's kinds of case."""

from casework.api.cases import CaseViewSet
from operators import serializers
from operators.models import (
    Call,
    Document,
    OperatingAgreement,
    OperatorApplication,
    PartnerRules,
    Partnership,
    PlatformServiceAgreement,
)


class CallViewSet(CaseViewSet):
    """Calls for applications (Art. 9(1), 10)."""

    model = Call
    serializer_class = serializers.CallSerializer

    def get_queryset(self):
        """With the bodies consulted, in one more query for the whole page."""
        return super().get_queryset().prefetch_related("consulted")


class OperatorApplicationViewSet(CaseViewSet):
    """Applications to become an operator (Art. 9–11)."""

    model = OperatorApplication
    serializer_class = serializers.OperatorApplicationSerializer

    def get_queryset(self):
        """With the call each application answers."""
        return super().get_queryset().select_related("call")


class OperatingAgreementViewSet(CaseViewSet):
    """Operating agreements (Art. 12, 13)."""

    model = OperatingAgreement
    serializer_class = serializers.OperatingAgreementSerializer

    def get_queryset(self):
        """With the application and the text of each agreement."""
        return super().get_queryset().select_related("application", "text")


class PartnerRulesViewSet(CaseViewSet):
    """Operators' rules for partners (Art. 17)."""

    model = PartnerRules
    serializer_class = serializers.PartnerRulesSerializer


class PartnershipViewSet(CaseViewSet):
    """Platform partners: entry, suspension, exit (Art. 17, 30)."""

    model = Partnership
    serializer_class = serializers.PartnershipSerializer

    def get_queryset(self):
        """With the operator and the rules each partner applied under."""
        return super().get_queryset().select_related("operator", "partner_rules")


class PlatformServiceAgreementViewSet(CaseViewSet):
    """Platform service agreements (Art. 19(2))."""

    model = PlatformServiceAgreement
    serializer_class = serializers.PlatformServiceAgreementSerializer

    def get_queryset(self):
        """With the partner's case, the operator and the text of each agreement."""
        return super().get_queryset().select_related("partnership__operator", "text")


class DocumentViewSet(CaseViewSet):
    """Rules, guides and standards that the bureau publishes (Art. 5(2))."""

    model = Document
    serializer_class = serializers.DocumentSerializer

    def get_queryset(self):
        """With the version each one replaces."""
        return super().get_queryset().select_related("replaces")


VIEWSETS = (
    CallViewSet,
    OperatorApplicationViewSet,
    OperatingAgreementViewSet,
    PartnerRulesViewSet,
    PartnershipViewSet,
    PlatformServiceAgreementViewSet,
    DocumentViewSet,
)
