"""What a visitor comes to see: every answer that the refund policy can give, on purchases of the last weeks."""

from doors.storefile.demo.story import Story

ADA, BEN, CLEO, DOV, EDIE, FINN = "ada", "ben", "cleo", "dov", "edie", "finn"
GWEN, HUGO, INES, JONAS, KIRA, LIOR = "gwen", "hugo", "ines", "jonas", "kira", "lior"
SAM, MIA, LEA = "sam@store.example", "mia@store.example", "lea@store.example"


def tell(story: Story) -> None:
    _wallets(story)
    _examples_of_the_policy(story)
    _every_other_answer(story)
    _edges(story)


def _wallets(story: Story) -> None:
    """Lots of every kind, one about to expire, one expired with something left in it, codes used."""
    story.redeem(ADA, "WELCOME50", ago=560)
    story.give(ADA, 40, kind="promo", lives=120, ago=300, memo="Anniversary gift")
    story.give(ADA, 60, kind="promo", lives=34, ago=22, memo="Autumn promotion")
    story.give(ADA, 40, kind="promo", lives=12, ago=0.2, memo="Two years with us")
    story.give(ADA, 15, kind="compensation", ago=0.3, memo="For the slow download on Friday")
    story.redeem(BEN, "WELCOME50", ago=400)
    story.give(GWEN, 25, kind="promo", lives=30, ago=24, memo="Autumn promotion")
    story.redeem(KIRA, "MOSSY", ago=90)


def _examples_of_the_policy(story: Story) -> None:
    """The five rows of the policy's own table, all of them Ada's."""
    story.buy(ADA, "lamp-set", ago=3)
    asset = story.buy(ADA, "crystal-cluster", ago=6)
    story.fetch(asset, "crystal-cluster", ago=5.9)
    story.buy(ADA, "whole-valley", ago=9)
    three = story.buy(CLEO, "whole-valley", ago=8)
    story.fetch(three, "oak", "moss", "meadow", ago=7.5)
    six = story.buy(DOV, "whole-valley", ago=11)
    story.fetch(six, "oak", "fern", "moss", "birch", "slate", ago=10.5)
    story.fetch(six, "bark", ago=10.49, via="oak")


def _every_other_answer(story: Story) -> None:
    half = story.buy(ADA, "forest", ago=12)
    story.fetch(half, "oak", ago=10)
    story.fetch(half, "bark", ago=9.999, via="oak")
    story.buy(ADA, "tavern-props", ago=44)
    over = story.buy(ADA, "cliffside", ago=16)
    story.fetch(over, "cliff-face", "river-stones", ago=15.2)
    story.fetch(over, "slate", ago=15.19, via="cliff-face")
    story.buy(ADA, "map-inks", ago=19, download_log=False)
    story.buy(ADA, "weather-loops", ago=0.4, status="pending")
    story.buy(ADA, "gravel", ago=25, credits=0, status="cancelled", paid=False)
    story.buy(EDIE, "basalt-columns", ago=28, status="charged_back")
    late = story.buy(EDIE, "ruin-walls", ago=52)
    story.fetch(late, "ruin-walls", ago=50)


def _edges(story: Story) -> None:
    """The same asset twice, a bundle whose formula leaves nothing, a price that rose, a download struck."""
    story.buy(ADA, "noise-studio", ago=5)
    story.buy(ADA, "noise-studio", ago=4.998)
    story.buy(FINN, "scatter-brush", ago=21)
    story.buy(FINN, "scatter-brush", ago=2, allow_duplicate=True)
    nothing_left = story.buy(ADA, "tool-chest", credits=70, ago=7)
    story.fetch(nothing_left, "terrain-painter", ago=6.5)
    story.change_price("orchard", 38, ago=60)
    story.buy(GWEN, "orchard", ago=26, credits=38)
    story.change_price("orchard", 45, ago=10)
    failed = story.buy(HUGO, "cave-walls", ago=4)
    broken = story.fetch(failed, "cave-walls", ago=3.9)
    story.strike(broken, by=SAM, why="The transfer broke off after 2 of 214 MB.", ago=3.5)
    story.buy(INES, "leaf-litter", ago=13, credits=0)
    story.buy(JONAS, "ivy", ago=1.2)
    story.buy(KIRA, "forest", ago=0.8)
    untouched = story.buy(LIOR, "cliffside", ago=14)
    story.fetch(untouched, "moss", ago=13)
