"""Everything under `/api/`: the kinds of case, the inbox, the calendar, the ledger's proofs, and their description."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from authorizations import api as authorizations
from authorizations.api_grants import GrantViewSet
from authorizations.views import call_logs
from authorizations.views.access import access_decision
from casework.api import others
from operators import api as operators

router = SimpleRouter()
for view in (*operators.VIEWSETS, *authorizations.VIEWSETS):
    router.register(view.model.plural, view, basename=view.model.kind)
router.register("grants", GrantViewSet, basename="grant")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/access-decision/", access_decision, name="api-access-decision"),
    path("v1/tasks/", others.TasksView.as_view(), name="api-tasks"),
    path("v1/call-logs/", call_logs.CallLogsView.as_view(), name="api-call-logs"),
    path("v1/usage/", call_logs.UsageView.as_view(), name="api-usage"),
    path("v1/working-days/", others.WorkingDaysView.as_view(), name="api-working-days"),
    path("v1/ledger/checkpoints/", others.CheckpointsView.as_view(), name="api-checkpoints"),
    path("v1/ledger/proofs/<int:entry>/", others.ProofView.as_view(), name="api-proof"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
