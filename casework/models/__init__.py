from casework.models.attachment import Attachment
from casework.models.case import Case
from casework.models.clock import Clock
from casework.models.handling import Consultation, Handler
from casework.models.idempotency import IdempotentAnswer
from casework.models.number import NumberSeries
from casework.models.outbox import Notice, OutboxMessage
from casework.models.paper import Paper
from casework.models.remark import Remark
from casework.models.task import Task

__all__ = [
    "Attachment",
    "Case",
    "Clock",
    "Consultation",
    "Handler",
    "IdempotentAnswer",
    "Notice",
    "NumberSeries",
    "OutboxMessage",
    "Paper",
    "Remark",
    "Task",
]
