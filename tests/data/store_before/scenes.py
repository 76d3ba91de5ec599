"""All scenes of the story, in the order in which those of the same instant begin."""

from tests.data.store_before import (
    asking,
    buying,
    deciding,
    elsewhere,
    lives,
    lots,
    opening,
    portal,
    refunding,
    waiting,
)
from tests.data.store_before.acts import World
from tests.data.store_before.story import Scene


def all_scenes(w: World) -> list[Scene]:
    told = [opening.open_shop(w), lives.every_day(w), *lives.lives(w)]
    for part in (lots, buying, refunding, elsewhere, asking, deciding, waiting, portal):
        told += part.scenes(w)
    return told
