"""The refunds' laws for `check_ledger`: what was decided is what came back, to the credit, and nothing else ever did."""

import json
from collections.abc import Iterable, Iterator

from credits.proofs import Finding, Progress, Side, stream
from ground.instants import stamp
from refunds.models import Basis, CreditNote, Refund
from refunds.settlement import refund_digest
from storefront.models import Status

RESTORED = """
SELECT r.id, e.credits, e.facts FROM refunds_refund r JOIN storefront_purchase p ON p.id = r.purchase_id
JOIN credits_entry e ON e.payment_id = p.payment_id AND e.kind = 'restore' ORDER BY r.id, e.id"""
KEPT = """
SELECT r.id, i.share, i.kept_share FROM refunds_refund r
JOIN storefront_purchaseitem i ON i.purchase_id = r.purchase_id ORDER BY r.id, i.position"""
NOTES = "SELECT count(*), max(number) FROM refunds_creditnote WHERE number LIKE %s"
WITHOUT_REFUND = """
SELECT DISTINCT p.number FROM credits_usage u JOIN storefront_purchase p ON p.payment_id = u.payment_id
LEFT JOIN refunds_refund r ON r.purchase_id = p.id WHERE u.restored > 0 AND r.id IS NULL
UNION SELECT p.number FROM storefront_purchase p LEFT JOIN refunds_refund r ON r.purchase_id = p.id
WHERE p.status = 'refunded' AND r.id IS NULL ORDER BY 1"""


# Whether it was charged back stands in two rows, and both say so or neither.
ONE_SIDED = """
SELECT p.number FROM storefront_purchase p LEFT JOIN refunds_chargeback c ON c.purchase_id = p.id
WHERE (p.status = 'charged_back') <> (c.id IS NOT NULL) ORDER BY p.number"""


def refunds_hold(progress: Progress) -> Iterator[Finding]:
    restored, kept = Side(stream(RESTORED)), Side(stream(KEPT))
    rows = Refund.objects.select_related("purchase", "credit_note").order_by("id")
    for refund in rows.iterator(chunk_size=2_000):
        lines = [(credits, json.loads(facts)["evidence"]) for _, credits, facts in restored.take(refund.pk)]
        shares = [(share, keeps) for _, share, keeps in kept.take(refund.pk)]
        for holds, kind, sentence in _laws(refund, lines, shares):
            if not holds:
                yield Finding(kind, f"refund of {refund.purchase.number}", sentence)
        progress.add("refunds", 1, counted=True)
    for (number,) in stream(WITHOUT_REFUND):
        yield Finding(
            "refund_missing", number, "Credits came back for it, or it says so, and there is no refund."
        )
    for (number,) in stream(ONE_SIDED):
        yield Finding(
            "charge_back", number, "It says that it was charged back and no record does, or the reverse."
        )


def _laws(
    refund: Refund, lines: list[tuple[int, str]], shares: list[tuple[int, int | None]]
) -> Iterable[tuple[bool, str, str]]:
    purchase, note = refund.purchase, getattr(refund, "credit_note", None)
    back = sum(credits for credits, _ in lines)
    yield (
        back == refund.credits,
        "refund_restored",
        f"It says {refund.credits} credits, the wallet got {back}.",
    )
    yield refund.credits <= purchase.credits_spent, "refund_above", "More came back than was spent."
    yield (
        refund_digest(refund, purchase.number) == refund.digest,
        "refund_digest",
        "It is not what was written.",
    )
    same = all(evidence == refund.digest for _, evidence in lines)
    yield same, "refund_evidence", "The wallet's lines stand for something else."
    yield refund.customer_id == purchase.customer_id, "refund_customer", "It is somebody else's."
    after = {Status.REFUNDED.value, Status.CHARGED_BACK.value}
    yield purchase.status in after, "refund_status", f"Its purchase is {purchase.status}."
    ended = not refund.full or purchase.revoked_at is not None
    yield ended, "refund_revoked", "All of it came back, and its licences go on."
    yield from _noted(refund, note)
    yield from _borne(refund, shares)


def _noted(refund: Refund, note: CreditNote | None) -> Iterable[tuple[bool, str, str]]:
    if note is None:
        yield False, "credit_note_missing", "It has no credit note."
        return
    try:
        written = json.loads(note.facts)
        facts = (written["number"], written["invoice"], written["credits"], written["date"], note.customer_id)
    except (ValueError, LookupError, TypeError) as error:
        yield False, "credit_note_unreadable", f"Its credit note {note.number} cannot be read: {error!r}."
        return
    rows = (note.number, refund.purchase.number, refund.credits, stamp(refund.at), refund.customer_id)
    yield (
        note.issued_at == refund.at,
        "credit_note_date",
        f"Its credit note {note.number} is of another time.",
    )
    yield facts == rows, "credit_note", f"Its credit note {note.number} says something else."


def _borne(refund: Refund, shares: list[tuple[int, int | None]]) -> Iterable[tuple[bool, str, str]]:
    """Goodwill is the store's own; of a full refund publishers keep nothing, of a partial one what did not go back."""
    kept = [keeps for _, keeps in shares]
    if None in kept:
        yield False, "kept_share_missing", "It is not settled who bears it."
    elif refund.basis == Basis.GOODWILL:
        yield kept == [share for share, _ in shares], "kept_share", "A publisher lost something by goodwill."
    else:
        left = 0 if refund.full else refund.purchase.credits_spent - refund.credits
        total = sum(keeps for keeps in kept if keeps is not None)
        yield total == left, "kept_share", f"Publishers keep {total}, and it should be {left}."
