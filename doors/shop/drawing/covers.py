"""Covers for assets that have no picture of their own: drawn from the slug alone, so the same one every time."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from doors.shop.drawing.inks import HEIGHT, WIDTH, Dice, Palette
from doors.shop.drawing.motifs import MOTIFS
from doors.shop.drawing.shapes import sheet

# Ground, far, middle, near and one bright ink: like a print in five colours.
PALETTES = tuple(
    Palette(*inks.split())
    for inks in (
        "#f2e6cf #dcb896 #b5654a #4a2c2a #f7c873",
        "#dfe8df #a9c4b0 #5f8f7b #23443c #f2c14e",
        "#d9e4ec #9fb9cc #4f7c9e #1d3a57 #f4a259",
        "#f5dfd6 #e2a999 #b95f62 #53283f #ffd79a",
        "#e8e3f0 #b9aed6 #7667a8 #2e2556 #f3b562",
        "#1f2740 #39496f #6b83b0 #b7c7e3 #f6d27a",
        "#efe9d8 #c9c08f #8a8a4a #3c4123 #d97941",
        "#12343b #1f5a5f #3f8f86 #a8d5ba #f4b860",
        "#fbe9c6 #f0b45c #d26a35 #6b2d1c #2f6b6b",
        "#e9ecef #b4bcc5 #6d7a88 #2b333c #e4572e",
        "#f7e3e9 #d896ae #97496f #3b1d3d #6fb3a8",
        "#e3efe9 #8fc9b5 #2f8f7f #134e4a #f26b4e",
    )
)

# A slug that says what is inside is taken at its word.
WORDS = {
    "forest": "tree oak pine birch forest wood grove orchard",
    "leaves": "fern moss leaf grass flower plant herb ivy garden meadow foliage mushroom",
    "grain": "bark plank timber log",
    "stones": "stone rock pebble gravel cliff boulder basalt slate",
    "waves": "water sea river ocean wave lake rain harbour coast boat",
    "city": "city street house building castle ruin town tower village interior",
    "planets": "sky star space planet moon galaxy night sci",
    "sound": "sound music audio loop voice noise ambience song",
    "weave": "cloth fabric textile wool leather costume",
    "tiles": "tile brick floor pattern mosaic wall pixel icon ui",
    "hills": "hill mountain desert valley landscape dune snow winter",
    "contours": "map terrain island height cave",
    "vases": "pot vase prop furniture kitchen tavern potion tool workshop lamp",
    "facets": "crystal gem ice poly glass metal dragon creature character",
}

# What may stand for what, so that a shelf of stones is not one picture eight times.
KIN = {
    "stones": "stones stones facets hills",
    "vases": "vases vases tiles",
    "forest": "forest forest leaves hills",
    "leaves": "leaves leaves forest",
    "sound": "sound sound waves",
    "city": "city city tiles",
}

# Where the panels of a bundle stand, by their number: left, top, width and height as parts of the whole.
LAYOUTS = {
    1: ((0, 0, 1, 1),),
    2: ((0, 0, 0.5, 1), (0.5, 0, 0.5, 1)),
    3: ((0, 0, 0.58, 1), (0.58, 0, 0.42, 0.5), (0.58, 0.5, 0.42, 0.5)),
    4: ((0, 0, 0.5, 0.5), (0.5, 0, 0.5, 0.5), (0, 0.5, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5)),
}
GAP = 8


@lru_cache(maxsize=512)
def cover_svg(slug: str, kind: str = "asset", holds: tuple[str, ...] = ()) -> str:
    """An SVG of 400 by 300. A bundle shows small pictures of up to four things that it holds."""
    dice = _dice(slug, kind)
    palette = dice.one_of(PALETTES)
    body = _scene(slug, dice, palette)
    if kind == "bundle":
        body = sheet(palette.near)
        body += "".join(_panels(holds[:4] or tuple(f"{slug}-{number}" for number in range(4))))
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'


def _dice(slug: str, kind: str = "asset") -> Dice:
    return Dice(hashlib.sha256(f"{kind}/{slug}".encode()).digest())


def _scene(slug: str, dice: Dice, palette: Palette) -> str:
    return sheet(palette.ground) + "".join(MOTIFS[_motif(slug, dice)](dice, palette))


def _panels(slugs: tuple[str, ...]) -> Iterator[str]:
    whole_x, whole_y = WIDTH - GAP, HEIGHT - GAP
    for slug, (left, top, width, height) in zip(slugs, LAYOUTS[len(slugs)], strict=True):
        dice = _dice(slug)
        place = (
            f'x="{GAP + left * whole_x:.1f}" y="{GAP + top * whole_y:.1f}" '
            f'width="{width * whole_x - GAP:.1f}" height="{height * whole_y - GAP:.1f}"'
        )
        scene = _scene(slug, dice, dice.one_of(PALETTES))
        yield f'<svg {place} viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice">{scene}</svg>'


def _motif(slug: str, dice: Dice) -> str:
    parts = set(slug.lower().split("-"))
    for name, words in WORDS.items():
        if any(parts & {word, f"{word}s", f"{word}es"} for word in words.split()):
            return dice.one_of(KIN.get(name, name).split())
    return dice.one_of(tuple(MOTIFS))
