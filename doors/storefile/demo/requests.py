"""Requests that people decide: on every ground, in every state, ended on every basis."""

from doors.storefile.demo.asking import GIL, NELL, TOVE, Request
from doors.storefile.demo.scenes import (
    ADA,
    BEN,
    CLEO,
    DOV,
    EDIE,
    FINN,
    GWEN,
    HUGO,
    INES,
    JONAS,
    KIRA,
    LEA,
    LIOR,
    MIA,
    SAM,
)
from doors.storefile.demo.story import Story
from ground.laws import given


def tell(story: Story) -> None:
    _waiting(story)
    _asked_by_a_publisher(story)
    _approved(story)
    _ended_otherwise(story)


def _waiting(story: Story) -> None:
    late = story.buy(ADA, "brick-tiles", ago=47)
    Request(story, late, ADA, "out_of_window", 2).says(
        "I was travelling for five weeks and never opened the tiles. Could you still take them back?"
    ).asks("quarry").stands("waiting_for_publisher", ago=2)
    stone = story.buy(DOV, "basalt-columns", ago=20)
    story.fetch(stone, "basalt-columns", ago=19.8)
    Request(story, stone, DOV, "never_downloaded", 4).says(
        "The log says that I downloaded the columns, but at that hour my computer was in repair and I was asleep."
    ).asks("quarry").answered(
        "quarry", yes=True, ago=3, note="Fine with us. Better that Dov trusts the next download."
    ).step(3, "assigned", "support", SAM, "Sam Ortega").stands("waiting_for_support", ago=3, assigned_to=SAM)
    ivy = story.buy(EDIE, "ivy", ago=31)
    story.fetch(ivy, "ivy", ago=30)
    help_note = (
        "Which version of the importer do you use? We have a build for the older one and can send it today."
    )
    request = Request(story, ivy, EDIE, "defective", 6).says(
        "The ivy loads without its leaves on every wall I tried, with and without the seed number you suggest."
    )
    request.asks("grove").step(5, "help_offered", "publisher", NELL, help_note, publisher="grove")
    request.answers[0] |= {"help_offered_at": story.at(5), "help_note": help_note}
    request.stands("waiting_for_publisher", ago=6)
    _waiting_for_a_second_agent(story)


def _waiting_for_a_second_agent(story: Story) -> None:
    outage = story.buy(FINN, "weather-loops", ago=24)
    story.fetch(outage, "weather-loops", ago=23.99)
    Request(story, outage, FINN, "server_error", 5).says(
        "The page said that the purchase failed, so I bought the loops elsewhere, and then it appeared here anyway."
    ).step(
        1,
        "proposed",
        "support",
        SAM,
        private_note="The log of that night shows the time-out at 02:14.",
        credits=25,
    ).stands(
        "waiting_for_second_agent",
        ago=1,
        proposal={
            "by": SAM,
            "credits": 25,
            "keep": [],
            "basis": "server_error",
            "note": "Our server answered too late that night; the log shows it. We are sorry.",
        },
    )


def _asked_by_a_publisher(story: Story) -> None:
    """Grove asks for Ada, who has not said yet whether that was her."""
    mushrooms = story.buy(ADA, "mushroom-ring", ago=36)
    story.fetch(mushrooms, "mushroom-ring", ago=35.5)
    note = "Mushroom ring: the customer wrote to us that the caps flicker on her card, and we could not find out why."
    yes = {
        "publisher": "grove",
        "asked_at": story.at(1.5),
        "authorised": True,
        "answered_at": story.at(1.5),
        "answered_by": GIL,
        "note": note,
    }
    request = Request(story, mushrooms, ADA, "other", 1.5, by=GIL, side="publisher", answers=[yes])
    request.step(1.5, "requested", "publisher", GIL, note, publisher="grove")
    request.stands(
        "waiting_for_customer",
        ago=1.5,
        publisher="grove",
        reply_to="hello@grove.example",
        subject="Refund request for an invoice",
    )


def _approved(story: Story) -> None:
    mistake = story.buy(BEN, "meadow", ago=63)
    story.fetch(mistake, "meadow", ago=62)
    _pays(
        story,
        Request(story, mistake, BEN, "downloaded_by_mistake", 58)
        .says("I clicked on the meadow when I meant the moss right above it, and closed the window at once.")
        .asks("grove")
        .answered("grove", yes=True, ago=55, note="Happens to all of us."),
        25,
        ago=54,
        basis="publisher_authorised",
    )
    twice = story.buy(GWEN, "noise-studio", ago=77)
    again = story.buy(GWEN, "noise-studio", ago=76.999)
    story.fetch(twice, "noise-studio", ago=76)
    _pays(
        story,
        Request(story, again, GWEN, "duplicate_charge", 75).says(
            "The button seemed to do nothing, so I pressed it again, and now I have paid for the noise studio twice."
        ),
        34,
        ago=74,
        basis="duplicate_charge",
    )
    _approved_by_two(story)
    _approved_at_the_stores_cost(story)


def _approved_by_two(story: Story) -> None:
    broken = story.buy(HUGO, "map-inks", ago=84)
    story.fetch(broken, "map-inks", ago=83.9)
    request = Request(story, broken, HUGO, "server_error", 82).says(
        "The download stopped at half of the file eleven times, and your status page shows an outage in that hour."
    )
    request.step(
        81,
        "proposed",
        "support",
        SAM,
        private_note="Outage between 09:10 and 10:40, in our own log.",
        credits=30,
    )
    request.step(80, "confirmed", "support", MIA)
    _pays(story, request, 30, ago=80, basis="server_error")


def _approved_at_the_stores_cost(story: Story) -> None:
    """The publisher took it out of the store, or said no and a lead saw it otherwise."""
    gone = story.buy(KIRA, "ruin-walls", ago=130)
    story.fetch(gone, "ruin-walls", ago=129)
    _pays(
        story,
        Request(story, gone, KIRA, "removed_from_store", 70)
        .says(
            "The priory was taken out of the store for two weeks while I needed the update that was promised."
        )
        .asks("quarry")
        .answered("quarry", yes=True, ago=68, note="We had to withdraw it for the survey. Our fault."),
        42,
        ago=67,
        basis="removed_from_store",
    )
    loops = story.buy(LIOR, "forest-ambience", ago=110)
    story.fetch(loops, "forest-ambience", ago=109)
    _pays(
        story,
        Request(story, loops, LIOR, "rights_infringement", 88)
        .says(
            "At minute 41 of the dawn recording there is a song from the radio, which I cannot publish with my film."
        )
        .asks("grove")
        .answered(
            "grove", yes=False, ago=85, note="The radio is our own recording, so nobody's rights are touched."
        ),
        28,
        ago=83,
        basis="goodwill",
        by=LEA,
    )


def _pays(story: Story, request: Request, credits: int, *, ago: float, basis: str, by: str = SAM) -> None:
    purchase = given(request.purchase, "a refund is of a purchase")
    note = "Your request is approved, and the credits are back in your balance."
    request.step(ago, "approved", "support", by, note, credits=credits)
    number = request.stands("approved", ago=ago, closed_at=story.at(ago))
    story.refund(purchase, credits, ago=ago, basis=basis, case=number, kept=[], requested_by=by, door="desk")


def _ended_otherwise(story: Story) -> None:
    lamps = story.buy(INES, "crystal-cluster", ago=70)
    story.fetch(lamps, "crystal-cluster", ago=69)
    Request(story, lamps, INES, "not_as_described", 62).says(
        "The page promised topaz that catches the light, and in my scene it looks like brown glass from every side."
    ).asks("quarry").answered(
        "quarry", yes=False, ago=60, note="The shader on the page is included; it has to be switched on."
    ).step(
        59,
        "rejected",
        "support",
        MIA,
        "The topaz needs the shader that comes with it; Quarry's note tells how.",
    ).stands("rejected", ago=59)
    tavern = story.buy(JONAS, "scatter-brush", ago=22)
    story.fetch(tavern, "scatter-brush", ago=21.5)
    Request(story, tavern, JONAS, "incompatible", 20).says(
        "The brush does not start with the version of the editor that my school has installed on all its machines."
    ).asks("lathe").step(
        18,
        "message",
        "publisher",
        TOVE,
        "There is a build for older editors in your library now: version 1.1.",
        publisher="lathe",
    ).step(17, "solved", "customer", JONAS).stands("withdrawn", ago=17)
    _closed_and_answered(story)


def _closed_and_answered(story: Story) -> None:
    moss = story.buy(CLEO, "moss", ago=19)
    request = Request(story, moss, CLEO, "other", 18).says(
        "I changed my mind about the moss but could not find the button, so I am asking here. Is there another way?"
    )
    request.asks("grove").step(17, "refunded", "store", CLEO, credits=20)
    story.refund(moss, 20, ago=17.0001)
    request.stands("closed_by_refund", ago=17)
    sorry = story.give(KIRA, 10, kind="compensation", ago=43, memo="Compensation for a late top-up")
    Request(story, None, KIRA, "credits_wrong", 45).says(
        "I topped up on Sunday evening and the credits arrived on Tuesday, after the sale on the tool chest had ended."
    ).step(
        43,
        "answered",
        "support",
        LEA,
        "Your top-up waited for us over the weekend. Ten credits for the wait.",
        credits=10,
    ).stands("answered", ago=42.9, compensation=sorry)
