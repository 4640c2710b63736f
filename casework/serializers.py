"""What the API says of cases, tasks, steps and the timeline. Every serializer lists its fields."""

from django.utils import timezone
from rest_framework import serializers

from accounts.actors import Actor
from casework.deadlines import deadline
from casework.inputs import Input
from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.clock import Clock
from casework.models.handling import Consultation, Handler
from casework.models.paper import Paper
from casework.models.task import Task
from casework.queries import Moment
from casework.step import Offer
from regulation import articles

CASE_FIELDS = ["number", "kind", "title", "state", "state_label", "version", "rule_set", "organisation", "started_at"]


def article(code: str) -> dict | None:
    """An article as the API gives it."""
    return {"code": code, "label": articles.label(code)} if code else None


class CaseSerializer(serializers.ModelSerializer):
    """The columns that every kind of case has; a kind adds its own."""

    kind = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = Case
        fields = CASE_FIELDS
        read_only_fields = CASE_FIELDS


class ClockSerializer(serializers.ModelSerializer):
    """A limit, its light and the days counted."""

    article = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()

    class Meta:
        model = Clock
        fields = ["name", "article", "received_on", "days", "due_on", "due_at", "provisional", "light", "words"]

    def get_article(self, clock: Clock) -> dict | None:
        """The article the limit rests on."""
        return article(clock.article)

    def get_light(self, clock: Clock) -> str:
        """in_time, due_soon, overdue or paused."""
        return deadline(clock, on=timezone.now()).light

    def get_words(self, clock: Clock) -> str:
        """The light in words."""
        return deadline(clock, on=timezone.now()).words


class TaskSerializer(serializers.ModelSerializer):
    """A task of the inbox with its limit and the case's handler in the caller's office.

    The context holds `handlers`, read for the whole page.
    """

    handler = serializers.SerializerMethodField()
    article = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()
    clock = ClockSerializer(allow_null=True)

    class Meta:
        model = Task
        fields = [
            "id", "case_kind", "case_number", "subject", "state", "errand", "article", "handler", "opened_at",
            "due_on", "clock",
        ]  # fmt: skip

    def get_handler(self, task: Task) -> str | None:
        """The handler's name, or null where nobody is assigned."""
        held = self.context["handlers"].get((task.case_kind, task.case_id))
        return held.person.name if held else None

    def get_article(self, task: Task) -> dict | None:
        """The article under which somebody must act."""
        return article(task.article)

    def get_due_on(self, task: Task) -> str | None:
        """The last day, or null where none is set."""
        return task.due_on.isoformat() if task.has_limit else None


class InputSerializer(serializers.Serializer):
    """One thing an action asks for."""

    name = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    required = serializers.BooleanField()
    max_length = serializers.IntegerField(allow_null=True)
    min_value = serializers.IntegerField(allow_null=True)
    max_value = serializers.IntegerField(allow_null=True)
    choices = serializers.ListField(child=serializers.DictField())


def described(name: str, asked: Input) -> dict:
    """An input as `InputSerializer` takes it."""
    choices = asked.choices() if callable(asked.choices) else asked.choices
    return {
        "name": name, "kind": asked.kind, "label": str(asked.label), "help": str(asked.help),
        "required": asked.required, "max_length": asked.max_length, "min_value": asked.min_value,
        "max_value": asked.max_value,
        "choices": [{"value": value, "label": str(label)} for value, label in choices],
    }  # fmt: skip


class ActionSerializer(serializers.Serializer):
    """A step as offered to the caller: what it asks for, or why it is closed."""

    name = serializers.CharField()
    label = serializers.CharField()
    article = serializers.DictField(allow_null=True)
    open = serializers.BooleanField()
    reason = serializers.CharField()
    remedy = serializers.CharField()
    inputs = InputSerializer(many=True)


def offered(case: Case, offer: Offer, by: Actor) -> dict:
    """An offer as `ActionSerializer` takes it."""
    return {
        "name": offer.step.name,
        "label": str(offer.step.label),
        "article": article(offer.step.article),
        "open": offer.is_open,
        "reason": offer.closed.message if offer.closed else "",
        "remedy": offer.closed.remedy if offer.closed else "",
        "inputs": [described(name, asked) for name, asked in offer.step.inputs(case, by=by).items()],
    }


class MomentSerializer(serializers.Serializer):
    """One line of a case's timeline."""

    entry = serializers.IntegerField(source="entry.seq")
    at = serializers.DateTimeField()
    action = serializers.CharField(source="entry.action")
    label = serializers.CharField()
    article = serializers.SerializerMethodField()
    actor = serializers.CharField()
    on_behalf_of = serializers.CharField()
    organisation = serializers.CharField()
    old_state = serializers.CharField(source="entry.old_state")
    new_state = serializers.CharField(source="entry.new_state")

    def get_article(self, moment: Moment) -> dict | None:
        """The article the step rests on."""
        return article(moment.article)


class HandlerSerializer(serializers.ModelSerializer):
    """Who handles the case in the caller's office."""

    person = serializers.CharField(source="person.name")
    assigned_by = serializers.CharField(source="assigned_by.name")

    class Meta:
        model = Handler
        fields = ["person", "since", "assigned_by", "reason"]


class ConsultationSerializer(serializers.ModelSerializer):
    """A question to a colleague, and the answer."""

    asked_by = serializers.CharField(source="asked_by.name")
    asked = serializers.CharField(source="asked.name")

    class Meta:
        model = Consultation
        fields = ["id", "asked_by", "asked", "question", "asked_at", "answer", "answered_at"]


class HandlingSerializer(serializers.Serializer):
    """What the caller's own office keeps about a case."""

    handler = HandlerSerializer(allow_null=True)
    consultations = ConsultationSerializer(many=True)


class AttachmentSerializer(serializers.ModelSerializer):
    """An attachment's particulars; the file itself is downloaded from `…/attachments/{id}/`."""

    organisation = serializers.CharField(source="organisation.name")

    class Meta:
        model = Attachment
        fields = ["id", "tag", "name", "content_type", "size", "sha256", "organisation", "uploaded_at"]


class PaperSerializer(serializers.ModelSerializer):
    """A paper's particulars; the PDF itself is downloaded from `…/papers/{code}/`, where it has been made."""

    class Meta:
        model = Paper
        fields = ["code", "kind", "number", "title", "issued_at", "sha256", "sm3"]
