"""The proof of the wallets: that every line stands for what happened, and that all of it adds up.

A wallet's lots and usages are in memory while it is looked at, its lines only pass by. Each line is held against the
rows it stands for, and afterwards each row against what the lines said of it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from credits import chain
from credits.codes import source_of
from credits.proofs import Finding

Row = tuple[Any, ...]
CODE = source_of("")


class Lot:
    """A lot's row beside what its lines say of it."""

    __slots__ = ("born", "expires_at", "facts", "issued", "reborn_from", "remaining", "said", "source")

    def __init__(self, row: Row) -> None:
        (
            _,
            _,
            kind,
            self.issued,
            self.remaining,
            self.expires_at,
            self.source,
            self.reborn_from,
            created_at,
        ) = row
        self.facts = chain.lot_facts(
            created_at=created_at,
            expires_at=self.expires_at,
            issued=self.issued,
            kind=kind,
            reborn_from=self.reborn_from,
            source=self.source,
        )
        self.said, self.born = 0, False


class Usage:
    """A usage's row beside what its lines say of it."""

    __slots__ = ("facts", "lot", "payment", "restored", "said_restored", "said_spent", "spent")

    def __init__(self, row: Row, purpose: str, of: int, at: str) -> None:
        _, _, self.lot, self.payment, self.spent, self.restored = row
        self.facts = chain.usage_facts(at=at, of=of, purpose=purpose, spent=self.spent)
        self.said_spent = self.said_restored = 0


class WalletProof:
    """One wallet, its rows in memory and its lines as they come."""

    def __init__(
        self, wallet: int, lots: Iterable[Row], payments: Iterable[Row], usages: Iterable[Row]
    ) -> None:
        self.wallet = wallet
        self.lots = {row[1]: Lot(row) for row in lots}
        self.payments = {row[1]: row for row in payments}
        self.drawn = dict.fromkeys(self.payments, 0)
        self.usages: dict[tuple[int, int], Usage] = {}
        self.by_id: dict[int, Usage] = {}
        for row in usages:
            _, _, of, purpose, at = self.payments.get(row[3], (None, None, 0, "", ""))
            usage = Usage(row, purpose, of, at)
            self.usages[usage.lot, usage.payment] = self.by_id[row[1]] = usage
            if usage.payment in self.drawn:
                self.drawn[usage.payment] += usage.spent
        self.number, self.balance, self.head = 0, 0, chain.GENESIS

    def lines(self, rows: Iterable[Row]) -> Iterator[Finding]:
        """The chain: numbered without a gap, each digest right, each line true of the rows it stands for."""
        number, balance, previous = 0, 0, chain.GENESIS
        line_digest, check = chain.line_digest, self._CHECKS
        for row in rows:
            _, said_number, kind, credits, balance_after, lot, payment, facts, memo, made_by, at, digest = row
            number += 1
            if said_number != number:
                yield self._at(
                    number, "line_missing", f"Line {number} is missing; line {said_number} follows."
                )
                number = said_number
            balance += credits
            if balance_after != balance:
                yield self._at(
                    number, "running_balance", f"It says {balance_after}, the lines add up to {balance}."
                )
                balance = balance_after
            wanted = line_digest(
                *(previous, self.wallet, number, kind, credits, balance_after, lot, payment),
                *(facts, memo, made_by, at),
            )
            if wanted != digest:
                yield self._at(
                    number, "digest", "The line is not what was written, or its predecessor is not."
                )
            previous = digest
            wrong = check.get(kind, WalletProof._unknown)(self, credits, lot, payment, facts, at)
            if wrong:
                yield self._at(number, f"{kind}_facts", wrong)
        self.number, self.balance, self.head = number, balance, previous

    def rows_agree(self) -> Iterator[Finding]:
        """What the rows hold is what their lines say, and no row is without lines."""
        for pk, lot in self.lots.items():
            if not lot.born:
                yield self._finding("lot_without_line", f"lot {pk}", "No line says that it arrived.")
            elif lot.said != lot.remaining:
                yield self._finding(
                    "lot_remaining", f"lot {pk}", f"It holds {lot.remaining}, its lines add up to {lot.said}."
                )
        for pk, usage in self.by_id.items():
            row = f"usage {pk}"
            if usage.payment not in self.payments or usage.lot not in self.lots:
                yield self._finding("usage_astray", row, "Its lot and its payment are not of one wallet.")
            if usage.said_spent != usage.spent:
                yield self._finding(
                    "usage_spent", row, f"It says {usage.spent} spent, its lines {usage.said_spent}."
                )
            if usage.said_restored != usage.restored or not 0 <= usage.restored <= usage.spent:
                yield self._finding(
                    "usage_restored",
                    row,
                    f"It says {usage.restored} restored, its lines {usage.said_restored}.",
                )
        for pk, payment in self.payments.items():
            if self.drawn[pk] != payment[2]:
                yield self._finding(
                    "payment_drawn",
                    f"payment {pk}",
                    f"It took {payment[2]}, its usages say {self.drawn[pk]}.",
                )

    def wallet_agrees(self, row: Row | None) -> Iterator[Finding]:
        if row is None:
            yield self._finding("wallet_missing", "", "There are rows of a wallet that does not exist.")
            return
        _, balance, entries_count, head_digest = row
        held = sum(lot.remaining for lot in self.lots.values())
        if balance != self.balance:
            yield self._finding("balance", "", f"It says {balance}, its lines add up to {self.balance}.")
        if balance != held:
            yield self._finding("balance_held", "", f"It says {balance}, its lots hold {held}.")
        if entries_count != self.number:
            yield self._finding(
                "entries_count", "", f"It counts {entries_count} lines, the last is {self.number}."
            )
        if head_digest != self.head:
            yield self._finding("head_digest", "", "Its last digest is not that of its last line.")

    def codes_agree(self, rows: Iterable[Row]) -> Iterator[Finding]:
        """A redemption and its lot name each other: by the code, the wallet and the instant."""
        redeemed = set()
        for _, pk, lot_id, code, at in rows:
            lot = self.lots.get(lot_id)
            redeemed.add(lot_id)
            if lot is None or lot.source != source_of(code) or f'"created_at":"{at}"' not in lot.facts:
                yield self._finding(
                    "redemption", f"redemption {pk}", f"Lot {lot_id} is not what {code} gave then."
                )
        for pk, lot in self.lots.items():
            if lot.source.startswith(CODE) and lot.reborn_from is None and pk not in redeemed:
                yield self._finding(
                    "redemption_missing", f"lot {pk}", "It came from a code that nobody redeemed."
                )

    def _granted(self, credits: int, lot: int, payment: int | None, facts: str, at: str) -> str:
        found = self.lots.get(lot)
        if found is None or payment is not None:
            return "Its lot is not in this wallet."
        if found.born or found.facts != facts or found.issued != credits:
            return f"Lot {lot} is not what arrived."
        found.born, found.said = True, credits
        return ""

    def _spent(self, credits: int, lot: int, payment: int | None, facts: str, at: str) -> str:
        usage, found = self.usages.get((lot, payment)), self.lots.get(lot)  # type: ignore[arg-type] # None finds nothing
        if usage is None or found is None:
            return f"No usage says that payment {payment} drew on lot {lot}."
        usage.said_spent -= credits
        found.said += credits
        if usage.facts != facts or usage.spent != -credits:
            return f"Payment {payment} is not what this line paid."
        return ""

    def _restored(self, credits: int, lot: int, payment: int | None, facts: str, at: str) -> str:
        found = self.lots.get(lot)
        if found is None:
            return "Its lot is not in this wallet."
        reborn = found.reborn_from is not None and not found.born and '"lot":' in facts
        usage = self.by_id.get(found.reborn_from) if reborn else self.usages.get((lot, payment))  # type: ignore[arg-type]
        if usage is None or usage.payment != payment:
            return f"No usage says that payment {payment} drew on it."
        usage.said_restored += credits
        found.said += credits
        found.born = found.born or reborn
        if reborn and found.issued != credits:
            return f"Lot {lot} is not what came back."
        if facts != chain.restored_facts(
            evidence=_evidence(facts), lot=found.facts if reborn else None, restored=credits
        ):
            return f"Payment {payment} did not get this back."
        return ""

    def _expired(self, credits: int, lot: int, payment: int | None, facts: str, at: str) -> str:
        found = self.lots.get(lot)
        if found is None or payment is not None or facts != chain.EXPIRED:
            return "Its lot is not in this wallet."
        found.said += credits
        if found.expires_at is None or found.expires_at > at:
            return f"Lot {lot} had not expired by then."
        return ""

    def _unknown(self, credits: int, lot: int, payment: int | None, facts: str, at: str) -> str:
        return "There is no such kind of line."

    _CHECKS = {"grant": _granted, "spend": _spent, "restore": _restored, "expire": _expired}

    def _at(self, number: int, kind: str, sentence: str) -> Finding:
        return self._finding(kind, f"line {number}", sentence)

    def _finding(self, kind: str, row: str, sentence: str) -> Finding:
        return Finding(kind, f"wallet {self.wallet}, {row}" if row else f"wallet {self.wallet}", sentence)


def _evidence(facts: str) -> str:
    try:
        return str(json.loads(facts)["evidence"])
    except (ValueError, KeyError, TypeError):
        return ""
