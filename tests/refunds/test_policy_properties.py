"""The policy by its laws: what holds for every purchase anybody could make up."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from refunds.policy import Download, Facts, Fate, Item, Kind, ReasonCode, Status, Terms, decide
from tests.refunds.made_up import INSTANTS, purchases, questions

ORDER = list(ReasonCode)


@given(questions())
def test_a_refund_is_never_negative_and_never_more_than_was_spent(question):
    facts, terms, now = question
    decision = decide(facts, terms=terms, now=now)
    assert 0 <= decision.credits <= facts.credits_spent
    assert type(decision.credits) is int


@given(questions(), st.data())
def test_one_more_download_never_pays_more(question, data):
    facts, terms, now = question
    place = data.draw(st.integers(0, len(facts.items) - 1))
    more = Download(data.draw(INSTANTS))
    items = [
        replace(item, downloads=(*item.downloads, more)) if where == place else item
        for where, item in enumerate(facts.items)
    ]
    before = decide(facts, terms=terms, now=now)
    after = decide(replace(facts, items=tuple(items)), terms=terms, now=now)
    assert after.credits <= before.credits
    assert before.eligible or not after.eligible


@given(questions())
def test_deciding_twice_gives_the_same_answer(question):
    facts, terms, now = question
    assert decide(facts, terms=terms, now=now) == decide(facts, terms=terms, now=now)


@given(purchases(requester=st.sampled_from([2, 3, None])), INSTANTS)
def test_strangers_see_only_that_it_is_not_theirs(facts, now):
    terms = Terms("t", None, 30, 50)
    somebody_elses = decide(facts, terms=terms, now=now)
    assert [reason.code for reason in somebody_elses.reasons] == [ReasonCode.NOT_YOURS]
    nothing = Facts(2, 1, "", Kind.ASSET, "", Status.PENDING, None, 0, (Item("", "", 0),))
    assert somebody_elses == decide(nothing, terms=terms, now=now)


@given(questions())
def test_reasons_come_once_each_and_always_in_order(question):
    facts, terms, now = question
    codes = [reason.code for reason in decide(facts, terms=terms, now=now).reasons]
    assert codes == sorted(set(codes), key=ORDER.index)


@given(questions())
def test_an_answer_is_yes_or_has_reasons_and_shows_amounts_only_with_a_yes(question):
    facts, terms, now = question
    decision = decide(facts, terms=terms, now=now)
    assert decision.eligible is not bool(decision.reasons)
    fates = {item.after_refund for item in decision.items}
    if decision.eligible:
        kept = [item.asset for item in decision.items if item.after_refund is Fate.KEPT]
        assert kept == [item.asset for item in decision.items if item.downloaded]
        assert kept == [deduction.asset for deduction in decision.deductions]
        assert None not in fates
    else:
        assert decision.credits == 0
        assert decision.deductions == ()
        assert fates <= {None}


@given(questions(), st.integers(0, 400), st.integers(0, 100))
def test_kinder_terms_never_take_a_refund_away(question, days, percent):
    facts, terms, now = question
    kinder = replace(
        terms,
        window_days=max(terms.window_days, days),
        bundle_percent=max(terms.bundle_percent, percent),
    )
    assert decide(facts, terms=kinder, now=now).credits >= decide(facts, terms=terms, now=now).credits
