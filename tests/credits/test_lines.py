"""The lines of a wallet, in plain values: numbered, told in their facts, and chained."""

from datetime import datetime, timedelta

import pytest

from credits import chain, ledger
from credits.ledger import Wallet
from ground.instants import stamp
from ground.laws import LawBroken
from tests.credits.plain import ADA, BEN, lot, pay, restore
from tests.world import NOW


def test_lines_are_numbered_and_each_tells_the_balance_after_it(wallet):
    lot(wallet, "a", 10)
    lot(wallet, "b", 5)
    restore(wallet, pay(wallet, 12), 7)
    assert [(line.number, line.credits, line.balance_after) for line in wallet.lines] == [
        (1, 10, 10),
        (2, 5, 15),
        (3, -10, 5),
        (4, -2, 3),
        (5, 2, 5),
        (6, 5, 10),
    ]
    assert (wallet.entries_count, wallet.balance) == (6, 10)


def test_a_line_s_memo_is_what_was_said_or_what_it_was_for_and_no_longer_than_its_column(wallet):
    lot(wallet, "Top-up", 10)
    pay(wallet, 1)
    pay(wallet, 1, memo="x" * 201)
    assert [line.memo for line in wallet.lines] == ["Top-up", "Oak", "x" * 200]


def test_each_line_stands_for_its_facts(wallet):
    one = lot(wallet, 'say "oak"', 10, days=3)
    payment = pay(wallet, 4)
    restore(wallet, payment, 4)
    ends, born, now = (stamp(at) for at in (one.expires_at, one.created_at, NOW))
    assert [line.facts for line in wallet.lines] == [
        (
            f'{{"created_at":"{born}","expires_at":"{ends}","issued":10,"kind":"paid","reborn_from":null,'
            '"source":"say \\"oak\\""}'
        ),
        f'{{"at":"{now}","of":4,"purpose":"Oak","spent":4}}',
        f'{{"evidence":"{"e" * 64}","restored":4}}',
    ]


def test_sealing_chains_the_new_lines_to_the_last_one(wallet):
    wallet.head_digest = "before"
    one = lot(wallet, "a", 10)
    pay(wallet, 4, made_by=BEN)
    ledger.seal(wallet)
    previous = "before"
    for line, payment, made_by in zip(wallet.lines, (None, 1), (None, BEN), strict=True):
        previous = chain.line_digest(
            *(previous, ADA, line.number, line.kind, line.credits, line.balance_after, one.id, payment),
            *(line.facts, line.memo, made_by, stamp(line.at)),
        )
        assert line.digest == previous
    assert wallet.head_digest == previous


def test_whatever_is_said_differently_has_another_digest():
    said = ["", ADA, 1, "grant", 10, 10, 1, None, "{}", "memo", None, stamp(NOW)]
    others = ["x", BEN, 2, "spend", 11, 11, 2, 1, "{x}", "mem", 1, stamp(NOW + timedelta(seconds=1))]
    digests = {chain.line_digest(*said)}
    for place, other in enumerate(others):
        digests.add(chain.line_digest(*said[:place], other, *said[place + 1 :]))
    digests.add(chain.line_digest(*said[:8], "{}m", "emo", *said[10:]))
    assert len(digests) == len(said) + 2


def test_a_line_whose_lot_has_no_id_yet_is_not_sealed():
    wallet = Wallet(ADA)
    lot(wallet, "a", 10)
    with pytest.raises(LawBroken, match="a line names a lot that has its id"):
        ledger.seal(wallet)


def test_an_instant_without_a_zone_is_none(wallet):
    with pytest.raises(LawBroken, match="without a zone"):
        ledger.grant(wallet, credits=1, kind="paid", source="x", at=datetime(2026, 11, 21))  # noqa: DTZ001 - that is the mistake
