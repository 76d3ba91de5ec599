"""The people whose acts are measured: each act has a customer of its own, so that no act finds what another left.

Before its scene everybody has bought what ordinary customers of the store have bought, and spent all of it.
"""

from dataclasses import dataclass

from bench.sizes import Size

KIT, KIT_PRICE, KIT_ITEMS, KIT_ITEM_PRICE = "kit", 100, 10, 20
CRATE, CRATE_PRICE, CRATE_ITEMS = "crate", 400, 200
HOARD_ITEMS, HOARD_ITEM_PRICE = 500, 4
SINGLE, SINGLE_PRICE = "single", 30
BUNDLES = {  # slug: items, price
    KIT: (KIT_ITEMS, KIT_PRICE),
    "hundred": (100, 200),
    CRATE: (CRATE_ITEMS, CRATE_PRICE),
    "five-hundred": (HOARD_ITEMS, 1000),
}
VERIFIED = 50  # the most that one question may name


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What one customer has before the act: lots of credits, purchases of one thing, some of it downloaded."""

    people: int
    buys: str = ""
    purchases: int = 0
    lots: int = 2
    downloaded: int = 0
    credits: int = 0  # left to spend
    code: bool = False
    case: bool = False


def scenes(size: Size) -> dict[str, Scene]:
    """By kind of act. Half of the people act through the service, half through the API."""
    both, both_large = 2 * size.each, 2 * size.each_large
    spender = Scene(people=both, credits=1200)
    few = Scene(people=both_large, credits=1200)
    return {
        "refund-full": Scene(people=both, buys=KIT, purchases=1),
        "refund-partial": Scene(people=both, buys=KIT, purchases=1, downloaded=2),
        "refund-full-large": Scene(people=both_large, buys=CRATE, purchases=1, lots=40),
        "refund-partial-large": Scene(people=both_large, buys=CRATE, purchases=1, lots=40, downloaded=20),
        "quote": Scene(people=both, buys=KIT, purchases=1, downloaded=2),
        "buy-asset": spender,
        "buy-kit": spender,
        "buy-hundred": few,
        "buy-five-hundred": few,
        "download": Scene(people=both, buys=KIT, purchases=1),
        "redeem": Scene(people=both, code=True),
        "balance": Scene(people=size.each, buys=KIT, purchases=1, credits=50),
        "sold": Scene(people=VERIFIED, buys=SINGLE, purchases=1, case=True),
        "reader": Scene(people=1, buys=KIT, purchases=3, downloaded=2, credits=500),
        "http": Scene(people=size.customers, buys=KIT, purchases=1 + 2 * 3 * size.http_rounds, downloaded=2),
        **few_scenes(size),
    }


def few_scenes(size: Size) -> dict[str, Scene]:
    """What the smaller stores need, in which only growth is measured."""
    one = Scene(people=2 + size.calls * 4, buys=KIT, purchases=1, downloaded=2)
    return {"buffers": one, "profile": one, "profile-api": one}
