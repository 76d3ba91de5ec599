"""Buying: what is frozen, what is paid, what is refused; and that a refusal leaves nothing behind."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from credits.models import Entry, Payment
from credits.refusals import InsufficientCredits
from ground.models import Receipt
from ground.receipts import Asking, digest_of
from ground.refusals import KeyReused
from outbox.models import Message
from storefront.documents import document_pdf
from storefront.models import Asset, Bundle, BundlePart, Invoice, Purchase, PurchaseItem, Series, Terms
from storefront.owned import holdings
from storefront.refusals import AlreadyOwned, NotForSale, PriceChanged
from storefront.services import request_purchase
from tests.world import NOW, asset, balance, bundle, buy, days_before, fetch, give, write_letters

pytestmark = pytest.mark.django_db


def order(person, thing, *, credits, key="k1", again=False, now=NOW):
    """As the pages ask: under a key; refusals that settle are answers."""
    asking = Asking(
        person=person,
        key=key,
        what=digest_of(thing.slug, str(credits), str(again)),
        now=now,
        door="page",
        write=lambda outcome: (201, getattr(outcome, "number", "") or str(outcome)),
    )
    return request_purchase(asking=asking, thing=thing, expected_credits=credits, allow_duplicate=again)


def everything():
    """Counts of all that buying could leave behind."""
    rows = Purchase, PurchaseItem, Invoice, Payment, Entry, Message
    return [model.objects.count() for model in rows] + list(Series.objects.values_list("last", flat=True))


def test_ada_buys_the_forest_and_its_items_are_frozen(ada, forest):
    give(ada, 100)
    purchase = buy(ada, forest, with_credits=False)
    assert balance(ada) == 20
    assert purchase.number == "IN010000000001"
    assert list(purchase.items.values_list("title", "original_price", "share")) == [
        ("Oak trees", 40, 31),
        ("Ferns", 30, 23),
        ("Moss", 20, 15),
        ("Bark", 15, 11),
    ]


def test_everything_of_a_purchase_is_there_at_once(ada, forest):
    give(ada, 100)
    answer = order(ada, forest, credits=80)
    purchase = Purchase.objects.get()
    assert (answer.status, answer.body, answer.outcome) == (201, "IN010000000001", purchase)
    assert purchase.terms == Terms.objects.get(version="standard")
    assert (purchase.status, purchase.created_at, purchase.completed_at) == ("completed", NOW, NOW)
    assert (purchase.items_count, purchase.credits_spent) == (4, 80)
    assert purchase.payment.credits == 80
    assert list(ada.wallet.entries.order_by("number").values_list("credits", "balance_after")) == [
        (100, 100),
        (-80, 20),
    ]
    assert json.loads(purchase.invoice.facts)["buyer"] == {"name": "Ada", "email": "ada@example.com"}
    act = Message.objects.get()
    assert (act.template, act.data, act.to, act.queued_at) == ("purchase", {"id": purchase.pk}, "", NOW)
    write_letters()
    letter = Message.objects.get()
    assert letter.template == "receipt"
    assert (letter.to, letter.data["enclose"]) == ("ada@example.com", ["invoice", "IN010000000001"])
    assert Receipt.objects.get().body == "IN010000000001"


def test_what_was_just_bought_is_asked_like_any_purchase(ada, forest):
    """Nothing is read again for it, and its items are still rows that can be counted and sought."""
    give(ada, 80)
    purchase = order(ada, forest, credits=80).outcome
    assert purchase.items.count() == 4
    assert [item.title for item in purchase.items.all()] == ["Oak trees", "Ferns", "Moss", "Bark"]
    assert purchase.items.get(title="Moss").share == 15
    assert purchase.payment.credits == 80


def test_an_old_purchase_stays_as_it_was_when_the_catalogue_changes(ada, grove, quarry, forest, oak, fern):
    purchase = buy(ada, forest, days_ago=12, downloaded=[fern])
    invoice, library = document_pdf(purchase.number), [row.item.title for row in holdings(ada, now=NOW).rows]
    items = list(purchase.items.values())

    pine = asset("pine", "Pines", by=grove, price=50)
    BundlePart.objects.create(bundle=forest, asset=pine, position=9)
    BundlePart.objects.filter(bundle=forest, asset=fern).delete()
    Asset.objects.filter(pk=oak.pk).update(price=60, title="Oaks, remastered", publisher=quarry)
    Bundle.objects.filter(pk=forest.pk).update(price=120, title="Great forest")
    grove.name = "Grove & Sons"
    grove.save()
    ada.name = "Ada Marsh"
    ada.save()

    purchase = Purchase.objects.get(pk=purchase.pk)
    assert list(purchase.items.values()) == items
    assert (purchase.title, purchase.credits_spent, purchase.publisher.slug) == ("Forest", 80, "grove")
    assert document_pdf(purchase.number) == invoice
    assert [row.item.title for row in holdings(ada, now=NOW).rows] == library
    assert "Oak trees" in library


def test_an_invoice_that_nobody_looked_at_yet_is_frozen_too(ada, oak):
    purchase = buy(ada, oak)
    before = Invoice.objects.get().facts
    Asset.objects.update(title="Oaks, remastered", price=60)
    assert Invoice.objects.get(number=purchase.number).facts == before


def test_a_free_asset_is_a_purchase_of_nothing(ada, grove):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    purchase = buy(ada, leaf)
    assert (purchase.credits_spent, purchase.payment, purchase.number) == (0, None, "IN010000000001")
    assert purchase.items.get().share == 0
    assert Entry.objects.count() == 0
    assert document_pdf(purchase.number).startswith(b"%PDF")


def test_a_free_bundle_shares_nothing_and_a_paid_bundle_of_free_assets_shares_equally(ada, grove):
    leaves = [asset(f"leaf-{number}", f"Leaf {number}", by=grove, price=0) for number in range(3)]
    gift = buy(ada, bundle("gift", "Gift", by=grove, price=0, holds=leaves))
    assert list(gift.items.values_list("share", flat=True)) == [0, 0, 0]
    paid = buy(ada, bundle("wrapped", "Wrapped", by=grove, price=8, holds=leaves), again=True)
    assert list(paid.items.values_list("share", flat=True)) == [3, 3, 2]


def test_nested_bundles_are_opened_and_every_asset_is_one_item(ada, grove, forest, oak, moss, slate):
    stone = bundle("stone", "Stone", by=grove, price=50, holds=[moss, slate])
    world = bundle("world", "World", by=grove, price=100, holds=[slate, forest, stone, forest])
    purchase = buy(ada, world)
    assert list(purchase.items.values_list("title", flat=True)) == [
        "Slate",
        "Oak trees",
        "Ferns",
        "Moss",
        "Bark",
    ]
    assert purchase.items_count == 5
    assert sum(purchase.items.values_list("share", flat=True)) == 100


def test_a_withdrawn_asset_or_bundle_is_not_sold(ada, oak, forest, moss, cliff):
    give(ada, 500)
    before = everything()
    Asset.objects.filter(pk=oak.pk).update(withdrawn_at=NOW)
    Bundle.objects.filter(pk=cliff.pk).update(withdrawn_at=NOW)
    for thing in (oak, cliff, forest):
        with pytest.raises(NotForSale, match=f"{thing.title} is no longer for sale"):
            buy(ada, thing, with_credits=False)
    assert everything() == before


def test_an_empty_bundle_is_not_sold(ada, grove):
    with pytest.raises(NotForSale):
        buy(ada, bundle("void", "Void", by=grove, price=0, holds=[]))


def test_what_is_owned_needs_a_tick_to_be_bought_again(ada, oak):
    buy(ada, oak)
    give(ada, 40)
    before = everything()
    answer = order(ada, oak, credits=40)
    assert isinstance(answer.outcome, AlreadyOwned)
    assert "You already own Oak trees" in answer.body
    assert everything() == before
    again = order(ada, oak, credits=40, key="k2", again=True).outcome
    assert again.allowed_duplicate
    assert (Purchase.objects.count(), balance(ada)) == (2, 0)


def test_a_bundle_needs_a_tick_only_when_all_of_it_is_owned(ada, forest, oak, fern, moss, bark):
    for one in (oak, fern, moss):
        buy(ada, one)
    assert buy(ada, forest).status == "completed"
    with pytest.raises(AlreadyOwned):
        buy(ada, forest)


def test_what_somebody_else_owns_is_not_owned(ada, ben, oak):
    buy(ben, oak)
    assert buy(ada, oak).status == "completed"


def test_a_price_that_moved_is_shown_again_and_nothing_is_bought(ada, oak):
    give(ada, 100)
    before = everything()
    Asset.objects.update(price=60)
    answer = order(ada, oak, credits=40)
    assert isinstance(answer.outcome, PriceChanged)
    assert "The price is 60 credits now" in answer.body
    assert (everything(), balance(ada)) == (before, 100)
    assert order(ada, oak, credits=60, key="k2").status == 201


def test_too_few_credits_buy_nothing(ada, oak):
    give(ada, 39)
    before = everything()
    answer = order(ada, oak, credits=40)
    assert isinstance(answer.outcome, InsufficientCredits)
    assert "costs 40 credits and you have 39" in answer.body
    assert (everything(), balance(ada)) == (before, 39)


def test_credits_that_expired_a_moment_ago_cannot_be_spent(ada, oak):
    give(ada, 40, expires_in=0)
    answer = order(ada, oak, credits=40)
    assert isinstance(answer.outcome, InsufficientCredits)
    assert list(ada.wallet.entries.order_by("number").values_list("kind", "credits")) == [
        ("grant", 40),
        ("expire", -40),
    ]


def test_the_same_key_buys_once_and_is_answered_alike(ada, forest):
    give(ada, 200)
    first, second = order(ada, forest, credits=80), order(ada, forest, credits=80)
    assert (second.status, second.body, second.replayed) == (first.status, first.body, True)
    assert (Purchase.objects.count(), balance(ada)) == (1, 120)


def test_the_same_key_for_something_else_is_an_error(ada, forest, oak):
    give(ada, 200)
    order(ada, forest, credits=80)
    with pytest.raises(KeyReused):
        order(ada, oak, credits=40)
    assert Purchase.objects.count() == 1


def test_a_refusal_is_replayed_under_its_key_too(ada, oak):
    first = order(ada, oak, credits=40)
    give(ada, 100)
    second = order(ada, oak, credits=40)
    assert (second.body, second.replayed) == (first.body, True)
    assert Purchase.objects.count() == 0


def test_another_persons_equal_key_is_another_key(ada, ben, oak):
    give(ada, 40)
    give(ben, 40)
    assert order(ada, oak, credits=40).outcome.customer == ada
    assert order(ben, oak, credits=40).outcome.customer == ben


@pytest.mark.parametrize(
    "broken",
    [
        "storefront.services.freeze",
        "storefront.record.take_numbers",
        "storefront.record.invoice_facts",
        "storefront.services.queue_acts",
    ],
)
def test_what_breaks_halfway_leaves_nothing(ada, forest, monkeypatch, broken):
    give(ada, 100)
    before = everything()

    def breaks(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(broken, breaks)
    with pytest.raises(ZeroDivisionError):
        order(ada, forest, credits=80)
    assert (everything(), balance(ada), Receipt.objects.count()) == (before, 100, 0)
    monkeypatch.undo()
    assert order(ada, forest, credits=80).body == "IN010000000001"


def test_new_terms_bind_only_what_is_bought_from_then_on(ada, oak, fern):
    Terms.objects.create(
        version="2026-12",
        in_force_from=NOW,
        window_days=14,
        bundle_percent=25,
        created_at=days_before(9),
    )
    assert buy(ada, oak, days_ago=0.001).terms.version == "standard"
    assert buy(ada, fern).terms.version == "2026-12"


def test_ownership_is_one_statement_on_an_index(ada, forest, oak, django_assert_num_queries):
    from storefront.owned import oldest_live_items

    buy(ada, forest)
    with django_assert_num_queries(1):
        oldest_live_items(ada, [oak], NOW)


def test_a_download_counts_once_for_its_item(ada, forest, oak, bark):
    purchase = buy(ada, forest, days_ago=2, downloaded=[oak, oak])
    fetch(ada, bark, because_of=oak)
    purchase.refresh_from_db()
    assert (purchase.downloaded_count, purchase.downloaded_price) == (2, 55)
    assert PurchaseItem.objects.filter(first_downloaded_at=None).count() == 2


def test_buying_takes_its_time_from_whoever_asks(ada, oak):
    """No clock is read inside: a request that waited is booked at its receipt."""
    early = timezone.now() - timedelta(days=3000)
    give(ada, 40, now=early)
    assert buy(ada, oak, now=early, with_credits=False).completed_at == early
