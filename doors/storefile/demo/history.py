"""Two years of ordinary trade: nothing in it asks for attention, all of it makes lists, charts and sums believable."""

from random import Random

from doors.storefile.demo.catalogue import ASSETS, BUNDLES
from doors.storefile.demo.people import CUSTOMERS
from doors.storefile.demo.story import Story

DAYS = 730
QUIET = 35  # the last weeks belong to the scenes


def tell(story: Story) -> None:
    dice = Random(20_250_815)  # noqa: S311 - the same history every time is the point
    things = {each[0] for each in ASSETS if each[3]} | {each[0] for each in BUNDLES}
    for customer in CUSTOMERS:
        who, owned = customer["email"], story.bought(customer["email"])
        ago = DAYS - dice.uniform(0, 300)
        while ago > QUIET and owned < things:
            thing = dice.choice(sorted(things - owned))
            owned.add(thing)
            purchase = story.buy(who, thing, ago=ago)
            _download(story, dice, purchase, thing, ago)
            ago -= dice.uniform(18, 80)


def _download(story: Story, dice: Random, purchase: str, thing: str, ago: float) -> None:
    """Most people fetch what they bought within days, what it requires along with it."""
    wanted = [each for each in contents(thing) if dice.random() < 0.8]
    later = ago - dice.uniform(0.01, 4)
    for asset in wanted:
        story.fetch(purchase, asset, ago=later)
        needed = [each for each in _requires(asset) if each in contents(thing) and each not in wanted]
        if needed:
            story.fetch(purchase, *needed, ago=later, via=asset)
        later -= 0.02


def contents(thing: str) -> list[str]:
    bundle = next((each for each in BUNDLES if each[0] == thing), None)
    if bundle is None:
        return [thing]
    return list(dict.fromkeys(asset for part in bundle[4] for asset in contents(part)))


def _requires(asset: str) -> list[str]:
    return next(each[5] for each in ASSETS if each[0] == asset)
