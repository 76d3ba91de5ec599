"""Purchases that went back by themselves, and customers who heard no."""

from doors.storefile.demo.scenes import ADA, BEN, CLEO, DOV, EDIE, FINN, GWEN, HUGO, INES
from doors.storefile.demo.story import Story


def tell(story: Story) -> None:
    whole = story.buy(ADA, "basalt-columns", ago=95)
    story.refund(whole, 38, ago=90)
    part = story.buy(BEN, "forest", ago=40)
    story.fetch(part, "fern", ago=38)
    story.refund(part, 50, ago=30)
    valley = story.buy(CLEO, "cliffside", ago=66)
    story.fetch(valley, "moss", "ivy", ago=64)
    story.refund(valley, 68, ago=61, door="api")
    nothing = story.buy(FINN, "tool-chest", credits=70, ago=27)
    story.fetch(nothing, "terrain-painter", ago=26)
    story.refund(nothing, 0, ago=25)
    taken_back = story.buy(INES, "brick-tiles", ago=33)
    story.refund(taken_back, 24, ago=29)
    story.tell(
        story.before(18),
        type="charge_back",
        purchase=taken_back,
        at=story.at(18),
        why="The bank took the top-up back after the refund.",
        by="lea@store.example",
    )
    _reborn(story)
    _noes(story)


def _reborn(story: Story) -> None:
    """The credits had expired when they came back, so they live on as a new lot."""
    story.give(HUGO, 30, kind="promo", lives=20, ago=41, memo="Spring promotion")
    bought = story.buy(HUGO, "fern", ago=39, paid=False)
    story.refund(bought, 30, ago=11)


def _noes(story: Story) -> None:
    fetched = story.buy(GWEN, "lamp-set", ago=17)
    story.fetch(fetched, "lamp-set", ago=16.9)
    story.deny(fetched, ago=15)
    late = story.buy(EDIE, "slate", ago=58)
    story.deny(late, ago=9)
    both = story.buy(DOV, "river-stones", ago=49)
    story.fetch(both, "river-stones", ago=48)
    story.deny(both, ago=12)
