"""Draws a decision: the one picture of it that every page of every door shows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from django import template
from django.template.context import Context
from django.utils import timezone

from refunds.policy import Decision, Fate, Reason, Restore
from refunds.wording import ReasonCode, Words, words

register = template.Library()


@register.inclusion_tag("_decision.html", takes_context=True)
def decision(context: Context, judged: Decision, *, acts: str = "", about: str = "you") -> dict[str, object]:
    """`acts` is a template with the buttons that belong to the answer; `about` is "you" for the buyer's own eyes and
    "them" for everybody else's."""
    return {
        **cast(dict[str, object], context.flatten()),
        "decision": judged,
        "acts": acts,
        "yours": about == "you",
        "kept": [item for item in judged.items if item.after_refund == Fate.KEPT],
        "lost": [item for item in judged.items if item.after_refund == Fate.REVOKED],
        "deducted": [item for item in judged.items if item.downloaded],
        "returns": _together(judged.restores),
        "floored": judged.credits == 0
        and sum(each.credits for each in judged.deductions) > judged.credits_spent,
        "reasons": [_in_words(reason) for reason in judged.reasons],
        "refunded": any(reason.code == ReasonCode.ALREADY_REFUNDED for reason in judged.reasons),
    }


@register.filter
def opened_at(judged: Decision) -> datetime | None:
    """When the refund window opened: the start of the thin bar below a deadline."""
    until = judged.refundable_until
    return until - timedelta(days=judged.terms.window_days) if until else None


def _together(restores: Iterable[Restore]) -> list[dict[str, object]]:
    """Lots of one kind with one end are one line to the reader: how they came in parts is the ledger's business."""
    sums: dict[tuple[str, datetime | None], int] = {}
    for part in restores:
        alike = (part.kind, part.expires_at)
        sums[alike] = sums.get(alike, 0) + part.credits
    return [
        {"kind": kind, "expires_at": until, "credits": credits} for (kind, until), credits in sums.items()
    ]


def _in_words(reason: Reason) -> Words:
    return words(reason, when=_local)


def _local(at: datetime) -> str:
    from ground.templatetags.recredit import moment

    return moment(timezone.localtime(at))
