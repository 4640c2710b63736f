from operators.models.agreement import OperatingAgreement, Signature
from operators.models.application import OperatorApplication
from operators.models.call import Call
from operators.models.document import Document
from operators.models.expert import ConflictDeclaration, Expert
from operators.models.panel import ConsultationOpinion, PanelDraw, PanelSeat, Score
from operators.models.partner_file import EntrySubmission
from operators.models.partner_rules import PartnerRules
from operators.models.partnership import Partnership
from operators.models.points import PointAnswer, PointJudgement, Submission
from operators.models.service_agreement import PlatformServiceAgreement, ServiceSignature

__all__ = [
    "Call",
    "ConflictDeclaration",
    "ConsultationOpinion",
    "Document",
    "EntrySubmission",
    "Expert",
    "OperatingAgreement",
    "OperatorApplication",
    "PanelDraw",
    "PanelSeat",
    "PartnerRules",
    "Partnership",
    "PlatformServiceAgreement",
    "PointAnswer",
    "PointJudgement",
    "Score",
    "ServiceSignature",
    "Signature",
    "Submission",
]
