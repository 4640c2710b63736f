from operators.models.agreement import OperatingAgreement, Signature
from operators.models.application import OperatorApplication
from operators.models.call import Call
from operators.models.expert import ConflictDeclaration, Expert
from operators.models.panel import ConsultationOpinion, PanelDraw, PanelSeat, Score
from operators.models.points import PointAnswer, PointJudgement, Submission

__all__ = [
    "Call",
    "ConflictDeclaration",
    "ConsultationOpinion",
    "Expert",
    "OperatingAgreement",
    "OperatorApplication",
    "PanelDraw",
    "PanelSeat",
    "PointAnswer",
    "PointJudgement",
    "Score",
    "Signature",
    "Submission",
]
