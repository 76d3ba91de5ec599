"""Purchases that nobody ever made: what the laws of the policy are tried on."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from refunds.policy import Cause, Download, Facts, Item, Kind, PastRefund, Status, Terms

CREDITS = st.integers(0, 2**53 - 1) | st.integers(0, 200)
MICROSECONDS = timedelta(days=365 * 230) // timedelta(microseconds=1)
INSTANTS = st.integers(0, MICROSECONDS).map(
    lambda microseconds: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
MOSTLY_THE_OWNER = st.sampled_from([1, 1, 1, 2])


@st.composite
def downloads(draw):
    cause = draw(st.sampled_from(Cause))
    via = draw(st.text(min_size=1)) if cause is Cause.DEPENDENCY else None
    return Download(draw(INSTANTS), cause, via, draw(st.booleans()), via and draw(st.text(min_size=1)))


@st.composite
def purchases(draw, requester=MOSTLY_THE_OWNER):
    """Any purchase there can be, mostly asked about by its owner and mostly completed."""
    kind = draw(st.sampled_from(Kind))
    titles = draw(st.lists(st.text(), min_size=1, max_size=1 if kind is Kind.ASSET else 12))
    items = tuple(
        Item(f"a{place}", title, draw(CREDITS), tuple(draw(st.lists(downloads(), max_size=2))))
        for place, title in enumerate(titles)
    )
    spent = draw(CREDITS)
    refund = PastRefund("CN010000000001", draw(INSTANTS), draw(st.integers(0, spent)))
    status = draw(st.just(Status.COMPLETED) | st.sampled_from(Status))
    return Facts(
        requester=draw(requester),
        owner=1,
        invoice="IN010000000001",
        kind=kind,
        title=draw(st.text()),
        status=status,
        completed_at=draw(st.none() | INSTANTS) if status is not Status.COMPLETED else draw(INSTANTS),
        credits_spent=spent,
        items=items,
        download_log=draw(st.sampled_from([True, True, True, False])),
        refund=refund if status is Status.REFUNDED else None,
    )


@st.composite
def questions(draw):
    """A purchase, terms, and an instant that is mostly near the end of the window."""
    facts = draw(purchases())
    terms = Terms("t", None, draw(st.integers(0, 400)), draw(st.integers(0, 100)))
    near = (facts.completed_at or datetime(2026, 1, 1, tzinfo=UTC)) + timedelta(days=terms.window_days)
    now = draw(INSTANTS | st.sampled_from([near, near - timedelta(1), near + timedelta(microseconds=1)]))
    return facts, terms, now
