"""Reading the rows of wallets for their proof: all of them as streams side by side, or those of one."""

from collections.abc import Iterator

from credits.proof import WalletProof
from credits.proofs import Finding, Progress, Side, stamped, stream


def wallets_hold(progress: Progress) -> Iterator[Finding]:
    """Every wallet. Rows that name a wallet which is not there come up under its number too."""
    sides = [Side(stream(sql)) for sql in _queries()]
    while True:
        ahead = [side.key for side in sides if side.key is not None]
        if not ahead:
            break
        wallet = min(ahead)
        yield from _one(wallet, sides, progress)
    yield from _everybody_has_one()


def prove(wallet: int) -> list[Finding]:
    """The proof of one wallet, for the desk and for cases; empty when all of it adds up."""
    sides = [Side(stream(sql, [wallet])) for sql in _queries(one=True)]
    return list(_one(wallet, sides, Progress()))


def _one(wallet: int, sides: list[Side], progress: Progress) -> Iterator[Finding]:
    wallets, entries, lots, payments, usages, redemptions = sides
    try:
        proof = WalletProof(wallet, lots.take(wallet), payments.take(wallet), usages.take(wallet))
        yield from proof.lines(entries.take(wallet))
        yield from proof.rows_agree()
        yield from proof.codes_agree(redemptions.take(wallet))
        yield from proof.wallet_agrees(next(iter(list(wallets.take(wallet))), None))
        progress.add("wallets", 1)
        progress.add("entries", proof.number, counted=True)
        progress.add("credits held", proof.balance)
    except (TypeError, ValueError) as error:
        yield Finding("unreadable", f"wallet {wallet}", f"A row cannot be read: {error}.")
    for side in sides:
        side.pass_by(wallet)


def _everybody_has_one() -> Iterator[Finding]:
    people = stream(
        "SELECT u.id FROM accounts_user u LEFT JOIN credits_wallet w ON w.customer_id = u.id "
        "WHERE w.customer_id IS NULL ORDER BY u.id"
    )
    for (pk,) in people:
        yield Finding("wallet_missing", f"user {pk}", "This person has no wallet.")


def _queries(*, one: bool = False) -> list[str]:
    """Wallets, entries, lots, payments, usages, redemptions: what is read, from where, whose it is, in which order."""
    at, created_at, expires_at = stamped("at"), stamped("created_at"), stamped("expires_at")
    # A usage whose payment is gone comes first, as wallet 0's: nobody is called that.
    payer = "COALESCE(payment.wallet_id, 0)"
    usages = "credits_usage usage LEFT JOIN credits_payment payment ON payment.id = usage.payment_id"
    redemptions = "credits_redemption redemption JOIN credits_code code ON code.id = redemption.code_id"
    tables = (
        ("customer_id, balance, entries_count, head_digest", "credits_wallet", "customer_id", "customer_id"),
        (
            f"wallet_id, number, kind, credits, balance_after, lot_id, payment_id, facts, memo, made_by_id, {at}, digest",
            *("credits_entry", "wallet_id", "wallet_id, number"),
        ),
        (
            f"wallet_id, id, kind, issued, remaining, {expires_at}, source, reborn_from_id, {created_at}",
            *("credits_lot", "wallet_id", "wallet_id, id"),
        ),
        (f"wallet_id, id, credits, purpose, {at}", "credits_payment", "wallet_id", "wallet_id, id"),
        (
            f"{payer}, usage.id, lot_id, payment_id, spent, restored",
            *(usages, "payment.wallet_id", f"{payer}, usage.id"),
        ),
        (
            f"wallet_id, redemption.id, lot_id, code.code, {at}",
            *(redemptions, "wallet_id", "wallet_id, redemption.id"),
        ),
    )
    where = "WHERE {} = %s" if one else ""
    return [
        f"SELECT {columns} FROM {rows} {where.format(owner)} ORDER BY {order}"  # noqa: S608 - all of it stands above
        for columns, rows, owner, order in tables
    ]
