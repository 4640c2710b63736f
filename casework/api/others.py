"""The REST face of the inbox, the working-day calendar and the ledger's proofs."""

from datetime import date

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from casework import queries
from casework.api.authentication import ActsForOrganisation
from casework.api.pagination import TaskCursor
from casework.handling import handlers_of
from casework.ledger import checkpoints
from casework.serializers import TaskSerializer
from regulation import calendar


class TasksView(APIView):
    """`GET /tasks/`: my inbox, the soonest due first."""

    permission_classes = [ActsForOrganisation]

    @extend_schema(
        responses=TaskSerializer(many=True),
        parameters=[
            OpenApiParameter("after", str),
            OpenApiParameter("page_size", int),
            OpenApiParameter("mine", str, description="1: only the cases I handle, and what colleagues ask me."),
        ],
    )
    def get(self, request):
        """Open tasks of the organisation and roles acted for."""
        cursor = TaskCursor()
        actor = request._request.actor
        find = queries.handled if request.query_params.get("mine") == "1" else queries.awaiting

        def serialize(page) -> list:
            return TaskSerializer(page, many=True, context={"handlers": handlers_of(page, actor)}).data

        return cursor.answer(request, find(actor, after=cursor.position(request)), serialize)


class WorkingDaysView(APIView):
    """`GET /working-days/?from=DATE&days=N`: the due date and the days counted. Open to everybody."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[OpenApiParameter("from", date, required=True), OpenApiParameter("days", int, required=True)],
        responses=inline_serializer("WorkingDays", {
            "from": serializers.DateField(), "days": serializers.IntegerField(), "due_on": serializers.DateField(),
            "ends_at": serializers.DateTimeField(), "provisional": serializers.BooleanField(),
            "counted": serializers.ListField(child=serializers.DateField()),
        }),
    )  # fmt: skip
    def get(self, request):
        """Counts working days from the day of receipt, which is not counted itself."""
        errors: dict[str, list[str]] = {}
        received_on, days = self._day(request, errors), self._days(request, errors)
        if errors:
            raise ValidationError(errors)
        due = calendar.current().add(received_on, days)
        return Response(
            {
                "from": received_on.isoformat(),
                "days": days,
                "due_on": due.due_on.isoformat(),
                "ends_at": due.ends_at.isoformat(),
                "provisional": due.provisional,
                "counted": [day.date.isoformat() for day in due.days if day.counts],
            }
        )

    @staticmethod
    def _day(request, errors: dict) -> date | None:
        try:
            return calendar.parse_day(request.query_params.get("from", ""))
        except ValueError as error:
            errors["from"] = [str(error)]
            return None

    @staticmethod
    def _days(request, errors: dict) -> int | None:
        try:
            return calendar.parse_days(request.query_params.get("days", ""))
        except ValueError as error:
            errors["days"] = [str(error)]
            return None


class CheckpointsView(APIView):
    """`GET /ledger/checkpoints/`: the signed heads of the ledger, the latest first, for witnesses."""

    permission_classes = [AllowAny]

    @extend_schema(responses=serializers.ListSerializer(child=serializers.DictField()))
    def get(self, request):
        """The last hundred checkpoints."""
        return Response({"results": checkpoints.latest(100)})


class ProofView(APIView):
    """`GET /ledger/proofs/{entry}/`: the inclusion receipt of an entry under the latest checkpoint."""

    permission_classes = [ActsForOrganisation]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request, entry: int):
        """The receipt; an entry that is not under a checkpoint yet is not found."""
        try:
            return Response(checkpoints.inclusion_receipt(entry))
        except LookupError:
            raise NotFound(_("There is no checkpoint over this entry yet.")) from None
