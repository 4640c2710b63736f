"""The REST faces of chapter 3's kinds of case."""

from casework.api.cases import CaseViewSet
from operators import serializers
from operators.models import Call, OperatingAgreement, OperatorApplication


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


VIEWSETS = (CallViewSet, OperatorApplicationViewSet, OperatingAgreementViewSet)
