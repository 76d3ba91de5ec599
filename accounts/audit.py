"""The trail of what people with power did."""

from datetime import datetime

from accounts.models import AuditLine, User


def record(*, by: User, act: str, subject: str, why: str, now: datetime) -> AuditLine:
    """`subject` names the thing as people do: an invoice, a case, a wallet's e-mail, a terms version."""
    return AuditLine.objects.create(by=by, act=act, subject=subject, why=why, at=now)
