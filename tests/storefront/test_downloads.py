"""Downloads: which item they belong to, what they count, and what a strike takes back."""

from datetime import timedelta

import pytest

from accounts.models import AuditLine
from credits.proofs import Progress
from refunds.verification import look
from storefront import downloads
from storefront.models import AssetFile, Download, Purchase, PurchaseItem
from storefront.owned import live_items
from storefront.proofs import purchases_hold
from storefront.refusals import AlreadyStruck, NotOwned, NotYourOwn, StrikeTooLate
from storefront.services import Wanted, record_downloads, strike_within
from tests.world import NOW, asset, buy, days_before, fetch

pytestmark = pytest.mark.django_db


def counters(*purchases):
    return [
        (row.downloaded_count, row.downloaded_price)
        for row in (Purchase.objects.get(pk=purchase.pk) for purchase in purchases)
    ]


def test_a_download_counts_against_the_oldest_live_item(ada, forest, oak):
    first, second = buy(ada, forest, days_ago=20), buy(ada, oak, days_ago=10, again=True)
    made = fetch(ada, oak)
    assert made.purchase == first
    assert counters(first, second) == [(1, 40), (0, 0)]


def test_of_two_completed_in_the_same_instant_the_lower_number_counts(ada, oak):
    first, second = buy(ada, oak), buy(ada, oak, again=True)
    assert fetch(ada, oak).purchase == first
    assert counters(first, second) == [(1, 40), (0, 0)]


def test_the_oldest_is_the_one_completed_first_whatever_its_number(ada, oak):
    later, earlier = buy(ada, oak, days_ago=5), buy(ada, oak, days_ago=20, again=True)
    assert earlier.number > later.number
    assert fetch(ada, oak).purchase == earlier


def test_of_two_clicks_the_earlier_is_the_first_also_when_it_had_to_wait(ada, oak):
    """The instant that counts is the receipt, and the later click may have had the lock before."""
    purchase = buy(ada, oak, days_ago=1)
    for at in (NOW + timedelta(seconds=1), NOW, NOW + timedelta(seconds=2)):
        fetch(ada, oak, at=at)
    assert PurchaseItem.objects.get().first_downloaded_at == NOW
    assert counters(purchase) == [(1, 40)]
    assert list(purchases_hold(Progress())) == []


def test_a_revoked_item_passes_on_to_the_next_oldest(ada, forest, oak):
    first, second = buy(ada, forest, days_ago=20), buy(ada, oak, days_ago=10, again=True)
    PurchaseItem.objects.filter(purchase=first, asset=oak).update(revoked_at=NOW)
    assert fetch(ada, oak).purchase == second
    assert counters(first, second) == [(0, 0), (1, 40)]


def test_a_purchase_that_is_completed_only_later_gives_nothing_yet(ada, grove, oak):
    """A store file may hold one; a download from before a purchase never counts against it."""
    later = buy(ada, oak, days_ago=-2)
    assert not live_items(ada, NOW).exists()
    with pytest.raises(NotOwned):
        fetch(ada, oak)
    sooner = buy(ada, oak)
    [row] = look(publisher=grove, numbers=[sooner.number], now=NOW)
    assert not row.other_license

    assert fetch(ada, oak).purchase == sooner
    assert counters(later, sooner) == [(0, 0), (1, 40)]
    assert [item.purchase for item in live_items(ada, days_before(-2))] == [sooner, later]


@pytest.mark.parametrize(
    "change",
    [{"status": "charged_back"}, {"status": "cancelled"}, {"status": "pending"}, {"revoked_at": NOW}],
)
def test_a_purchase_that_is_not_live_gives_nothing(ada, oak, change):
    purchase = buy(ada, oak)
    Purchase.objects.filter(pk=purchase.pk).update(**change)
    with pytest.raises(NotOwned):
        fetch(ada, oak)
    assert Download.objects.count() == 0


def test_what_was_never_bought_or_is_somebody_elses_is_not_downloaded(ada, ben, oak, fern):
    buy(ben, oak)
    buy(ada, fern)
    with pytest.raises(NotOwned):
        fetch(ada, oak)
    assert Download.objects.count() == 0


def test_a_download_from_before_a_purchase_never_counts_against_it(ada, forest, oak):
    first = buy(ada, oak, days_ago=30, downloaded=[oak])
    second = buy(ada, forest, days_ago=10)
    assert counters(first, second) == [(1, 40), (0, 0)]
    fetch(ada, oak)
    assert counters(first, second) == [(1, 40), (0, 0)]


def test_items_are_counted_not_files_versions_or_repeats(ada, forest, oak):
    purchase = buy(ada, forest)
    old = oak.files.get()
    new = AssetFile.objects.create(asset=oak, name="oak-4k.zip", version="2.0", added_at=NOW)
    record_downloads(customer=ada, wanted=[Wanted(oak, file=old), Wanted(oak, file=new)], now=NOW)
    fetch(ada, oak, at=NOW + timedelta(days=1))
    assert counters(purchase) == [(1, 40)]
    assert list(Download.objects.values_list("version", flat=True)) == ["1.0", "2.0", "2.0"]
    assert PurchaseItem.objects.get(asset=oak).first_downloaded_at == NOW


def test_a_download_keeps_its_cause_and_what_the_page_said(ada, forest, oak, bark):
    buy(ada, forest)
    direct, along = record_downloads(
        customer=ada, wanted=[Wanted(oak), Wanted(bark, via=oak)], told="costs 55", door="page", now=NOW
    )
    assert (direct.cause, direct.via, direct.told) == ("direct", None, "costs 55")
    assert (along.cause, along.via, along.told) == ("dependency", oak, "costs 55")
    assert counters(direct.purchase) == [(2, 55)]


def test_one_click_may_count_against_several_purchases(ada, oak, bark):
    tree, rind = buy(ada, oak), buy(ada, bark)
    record_downloads(customer=ada, wanted=[Wanted(oak), Wanted(bark, via=oak)], now=NOW)
    assert counters(tree, rind) == [(1, 40), (1, 15)]


def test_a_click_is_recorded_whole_or_not_at_all(ada, oak, bark):
    tree = buy(ada, oak)
    with pytest.raises(NotOwned):
        record_downloads(customer=ada, wanted=[Wanted(oak), Wanted(bark, via=oak)], now=NOW)
    assert counters(tree) == [(0, 0)]
    assert Download.objects.count() == 0


def test_a_free_item_counts_as_an_item_of_price_0(ada, grove, oak):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    purchase = buy(ada, leaf, downloaded=[leaf])
    assert counters(purchase) == [(1, 0)]


def test_an_asset_without_files_can_be_downloaded(ada, oak):
    AssetFile.objects.all().delete()
    buy(ada, oak)
    made = fetch(ada, oak)
    assert (made.file, made.version) == (None, "")


def test_a_withdrawn_asset_stays_downloadable_for_its_owners(ada, oak):
    buy(ada, oak)
    oak.withdrawn_at = NOW
    oak.save()
    assert fetch(ada, oak).asset == oak


def test_an_item_that_dies_while_we_wait_passes_the_download_on(ada, forest, oak, monkeypatch):
    """The lock is had only after somebody else has revoked the item: the next oldest takes its place."""
    first, second = buy(ada, forest, days_ago=20), buy(ada, oak, days_ago=10, again=True)
    lock_all = downloads.Purchase.objects.lock_all

    def late(pks):
        PurchaseItem.objects.filter(purchase=first).update(revoked_at=NOW)
        return lock_all(pks)

    monkeypatch.setattr(downloads.Purchase.objects, "lock_all", late)
    assert fetch(ada, oak).purchase == second
    assert counters(first, second) == [(0, 0), (1, 40)]


# --- Strikes -------------------------------------------------------------------------------------------------


def test_a_struck_download_stays_to_be_seen_and_does_not_count(ada, sam, forest, oak, fern):
    purchase = buy(ada, forest, downloaded=[oak, fern])
    download = Download.objects.get(asset=oak)
    (struck,) = strike_within(downloads=[download], by=sam, why="The transfer broke off.", now=NOW)
    assert (struck.struck_at, struck.struck_by, struck.struck_why) == (NOW, sam, "The transfer broke off.")
    assert counters(purchase) == [(1, 30)]
    assert PurchaseItem.objects.get(asset=oak).first_downloaded_at is None
    line = AuditLine.objects.get()
    assert (line.by, line.act, line.subject) == (sam, "strike", purchase.number)
    assert line.why == "Oak trees: The transfer broke off."


def test_a_strike_leaves_the_items_other_downloads_counting(ada, sam, forest, oak):
    purchase = buy(ada, forest, days_ago=4)
    first, second = fetch(ada, oak, at=days_before(3)), fetch(ada, oak, at=days_before(2))
    strike_within(downloads=[first], by=sam, why="Sent twice", now=NOW)
    assert counters(purchase) == [(1, 40)]
    assert PurchaseItem.objects.get(asset=oak).first_downloaded_at == days_before(2)
    strike_within(downloads=[second], by=sam, why="Sent twice", now=NOW)
    assert counters(purchase) == [(0, 0)]


def test_after_a_strike_the_next_download_counts_anew(ada, sam, forest, oak):
    purchase = buy(ada, forest)
    strike_within(downloads=[fetch(ada, oak)], by=sam, why="Broken", now=NOW)
    fetch(ada, oak, at=NOW + timedelta(hours=1))
    assert counters(purchase) == [(1, 40)]


def test_a_download_is_struck_once(ada, sam, mia, oak):
    buy(ada, oak)
    download = fetch(ada, oak)
    strike_within(downloads=[download], by=sam, why="Broken", now=NOW)
    with pytest.raises(AlreadyStruck):
        strike_within(downloads=[download], by=mia, why="Broken", now=NOW)
    assert AuditLine.objects.count() == 1


def test_a_strike_on_a_refunded_purchase_is_refused(ada, sam, forest, oak):
    purchase = buy(ada, forest)
    download = fetch(ada, oak)
    Purchase.objects.filter(pk=purchase.pk).update(status="refunded")
    with pytest.raises(StrikeTooLate, match="compensation"):
        strike_within(downloads=[download], by=sam, why="Broken", now=NOW)
    assert counters(purchase) == [(1, 40)]


def test_nobody_strikes_for_themselves_or_for_their_own_publisher(ada, sam, grove, oak):
    from accounts.people import join

    buy(sam, oak)
    with pytest.raises(NotYourOwn):
        strike_within(downloads=[fetch(sam, oak)], by=sam, why="Broken", now=NOW)
    buy(ada, oak)
    download = fetch(ada, oak)
    join(user=sam, publisher=grove, role="member", now=NOW)
    with pytest.raises(NotYourOwn):
        strike_within(downloads=[download], by=sam, why="Broken", now=NOW)
    assert Download.objects.filter(struck_at=None).count() == 2
