"""What covers show: landscapes, plants, stones, textures; each drawn in the five inks of a palette."""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from doors.shop.drawing.inks import HEIGHT, WIDTH, Dice, Palette
from doors.shop.drawing.shapes import blob, disc, floor, line, numbers, path, sheet, steps, thread


def hills(dice: Dice, ink: Palette) -> Iterator[str]:
    yield disc(dice.between(70, 330), dice.between(60, 120), dice.between(24, 46), ink.bright)
    for layer, colour in enumerate((ink.far, ink.middle, ink.near)):
        base = 150 + layer * 52 + dice.between(-12, 12)
        first, second = dice.between(0, 6), dice.between(0, 6)
        tops = [
            (x, base - (38 - 9 * layer) * math.sin(x / 70 + first) - 14 * math.sin(x / 27 + second))
            for x in range(0, WIDTH + 20, 10)
        ]
        yield path(f"{line(tops)}L{WIDTH + 10} {HEIGHT}L0 {HEIGHT}z", colour)


def forest(dice: Dice, ink: Palette) -> Iterator[str]:
    yield disc(dice.between(90, 310), dice.between(70, 110), dice.between(30, 52), ink.bright)
    for layer, colour in enumerate((ink.far, ink.middle, ink.near)):
        foot, step = 200 + layer * 44, 44 + layer * 14
        x = dice.between(-20, 10)
        yield floor(foot - 6, colour)
        while x < WIDTH + 30:
            tall, wide = dice.between(80, 130) + layer * 14, dice.between(16, 23) + layer * 5
            for tier in range(3):
                top, half = foot - tall + tier * tall * 0.24, wide * (0.55 + tier * 0.22)
                yield path(f"M{numbers(x, top)}l{numbers(half, tall * 0.5)}h{-2 * half:.1f}z", colour)
            x += dice.between(0.7, 1.3) * step


def leaves(dice: Dice, ink: Palette) -> Iterator[str]:
    yield disc(dice.between(120, 280), dice.between(110, 170), dice.between(70, 105), ink.far)
    for colour, x in ((ink.middle, dice.between(110, 170)), (ink.near, dice.between(220, 290))):
        lean, pairs, long = dice.between(-50, 50), int(dice.between(6, 11)), dice.between(46, 80)
        stem = [(x + lean * (t / 10) ** 2, HEIGHT - 26 * t) for t in range(11)]
        yield thread(stem, colour, 4, end="round")
        for place in range(pairs):
            share = 0.15 + 0.8 * place / pairs
            foot_x, foot_y = x + lean * share**2, HEIGHT - 260 * share
            size = long * (1 - 0.6 * share)
            yield from (
                f'<path transform="translate({foot_x:.1f} {foot_y:.1f}) rotate({turn:.0f})" fill="{colour}"'
                f' d="M0 0Q{size * 0.5:.1f} {-size * 0.34:.1f} {size:.1f} 0Q{size * 0.5:.1f} {size * 0.34:.1f} 0 0"/>'
                for turn in (-38 + lean / 4, -142 + lean / 4)
            )
        yield disc(x + lean, HEIGHT - 264, 7, ink.bright)


def grain(dice: Dice, ink: Palette) -> Iterator[str]:
    knot_x, knot_y = dice.between(120, 280), dice.between(90, 210)
    yield sheet(ink.far)
    for number, x in enumerate(range(-40, WIDTH + 50, 13)):
        side = 1 if x > knot_x else -1
        bend = [
            (x + side * 52 * math.exp(-((y - knot_y) ** 2) / 3800 - ((x - knot_x) ** 2) / 9000), y)
            for y in range(-10, HEIGHT + 20, 12)
        ]
        colour = (ink.middle, ink.near, ink.middle)[number % 3]
        yield thread(bend, colour, round(dice.between(2, 7), 1))
    for size, colour in ((34, ink.near), (25, ink.middle), (16, ink.far), (8, ink.bright)):
        radii = f'rx="{size * 0.72:.1f}" ry="{size * 1.2:.1f}"'
        yield f'<ellipse cx="{knot_x:.1f}" cy="{knot_y:.1f}" {radii} fill="{colour}"/>'


def stones(dice: Dice, ink: Palette) -> Iterator[str]:
    yield floor(236, ink.far)
    foot, x = 262.0, dice.between(170, 230)
    for number in range(int(dice.between(4, 6))):
        half, high = 104 - 17 * number + dice.between(-8, 8), 25 - 2.2 * number + dice.between(-3, 3)
        foot -= high
        colour = (ink.near, ink.middle, ink.bright, ink.near, ink.middle, ink.bright)[number]
        yield blob(dice, (x, foot), (half, high), colour)
        foot -= high - 3
        x += dice.between(-13, 13)
    yield from (
        blob(dice, (dice.between(10, 390), dice.between(262, 292)), (dice.between(14, 34), 9), ink.middle)
        for _ in range(5)
    )


def waves(dice: Dice, ink: Palette) -> Iterator[str]:
    size = dice.one_of((32, 40, 50))
    inks = (ink.near, ink.middle, ink.far)
    yield disc(dice.between(80, 320), 74, 42, ink.bright)
    for row, y in enumerate(range(118, HEIGHT + size * 2, size // 2)):
        for x in range(-size if row % 2 else 0, WIDTH + size * 2, size * 2):
            for ring, share in enumerate((1.0, 0.76, 0.52, 0.28)):
                colour = ink.ground if ring % 2 else inks[(row + ring // 2) % 3]
                yield disc(x, y, size * share, colour)


def city(dice: Dice, ink: Palette) -> Iterator[str]:
    yield disc(dice.between(70, 330), dice.between(56, 96), dice.between(22, 38), ink.bright)
    for layer, (colour, lit) in enumerate(
        ((ink.far, ink.ground), (ink.middle, ink.far), (ink.near, ink.bright))
    ):
        x = -dice.between(0, 30)
        while x < WIDTH:
            wide, top = dice.between(34, 66), 96 + layer * 52 + dice.between(0, 62)
            roof = f"l{wide / 2:.1f} -22l{wide / 2:.1f} 22" if dice.roll() > 0.6 else f"h{wide:.1f}"
            yield path(f"M{numbers(x, top)}{roof}V{HEIGHT}H{x:.1f}z", colour)
            yield from (
                f'<rect x="{left:.1f}" y="{y:.1f}" width="6" height="9" fill="{lit}"/>'
                for y in steps(top + 14, HEIGHT - 10, 22)
                for left in steps(x + 9, x + wide - 12, 15)
                if dice.roll() > 0.45
            )
            x += wide + dice.between(2, 10)


def planets(dice: Dice, ink: Palette) -> Iterator[str]:
    if ink.near < "#8":
        yield sheet(ink.near)
    yield from (
        disc(dice.between(0, 400), dice.between(0, 300), dice.between(0.8, 2.2), ink.bright)
        for _ in range(46)
    )
    x, y, size = dice.between(150, 250), dice.between(120, 180), dice.between(60, 88)
    tilt = dice.between(-28, 28)
    ring = f'fill="none" stroke="{ink.bright}" stroke-width="7"'
    wide, flat = size * 1.75, size * 0.36
    yield from (
        f'<g transform="translate({numbers(x, y)}) rotate({tilt:.0f})">',
        f'<ellipse rx="{wide:.1f}" ry="{flat:.1f}" {ring}/>',
        disc(0, 0, size, ink.middle),
        f'<path d="M{numbers(-size, 0)}A{numbers(size, size)} 0 0 1 {numbers(size, 0)}',
        f'A{numbers(size, size * 0.5)} 0 0 0 {numbers(-size, 0)}" fill="{ink.far}"/>',
        f'<path d="M{numbers(-wide, 0)}A{numbers(wide, flat)} 0 0 0 {numbers(wide, 0)}" {ring}/></g>',
        disc(dice.between(40, 90), dice.between(220, 260), dice.between(12, 24), ink.far),
        disc(dice.between(320, 370), dice.between(40, 80), dice.between(8, 18), ink.bright),
    )


def sound(dice: Dice, ink: Palette) -> Iterator[str]:
    beat, swell = dice.between(12, 26), dice.between(40, 90)
    if dice.roll() > 0.5:  # As rings in the air rather than bars on a screen.
        x, y = dice.one_of((0, 120, 400)), dice.between(150, 300)
        inks = (ink.near, ink.far, ink.middle, ink.ground)
        yield from (disc(x, y, ring * beat, inks[ring % 4]) for ring in range(int(420 / beat), 0, -1))
        yield disc(x, y, beat * 0.8, ink.bright)
        return
    bars = []
    for number, at in enumerate(steps(26, WIDTH - 20, 12)):
        high = 14 + abs(math.sin(at / beat)) * 62 + abs(math.sin(at / swell)) * 52 + dice.between(0, 12)
        colour = ink.bright if number % 9 == 4 else (ink.near, ink.middle)[number % 2]
        box = f'x="{at - 3.5:.1f}" y="{150 - high / 2:.1f}" width="7" height="{high:.1f}"'
        bars.append(f'<rect {box} rx="3.5" fill="{colour}"/>')
    yield disc(dice.between(150, 250), 150, dice.between(90, 130), ink.far)
    yield from bars


def weave(dice: Dice, ink: Palette) -> Iterator[str]:
    wide, gap = dice.one_of(((26, 5), (34, 6), (20, 4)))
    inks = (ink.near, ink.middle, ink.far, ink.bright)
    down = [dice.one_of(inks) for _ in range(40)]
    across = [dice.one_of(inks[:3]) for _ in range(40)]
    yield f'<g transform="rotate({dice.one_of((0, 45))} 200 150)">'
    for column, x in enumerate(range(-120, 520, wide + gap)):
        yield f'<rect x="{x}" y="-120" width="{wide}" height="540" fill="{down[column]}"/>'
    for row, y in enumerate(range(-120, 420, wide + gap)):
        yield from (
            f'<rect x="{x - gap / 2:g}" y="{y}" width="{wide + gap}" height="{wide}" fill="{across[row]}"/>'
            for column, x in enumerate(range(-120, 520, wide + gap))
            if (column + row) % 2
        )
    yield "</g>"


def tiles(dice: Dice, ink: Palette) -> Iterator[str]:
    size = dice.one_of((50, 66.7, 80))
    pairs = ((ink.near, ink.far), (ink.middle, ink.ground), (ink.far, ink.near), (ink.ground, ink.middle))
    square = f'<rect width="{size + 0.5:g}" height="{size + 0.5:g}" fill="'
    quarter = f'<path d="M0 0h{size:g}a{size:g} {size:g} 0 0 1 {-size:g} {size:g}z" fill="'
    for y in steps(0, HEIGHT, size):
        for x in steps(0, WIDTH, size):
            below, above = dice.one_of(pairs)
            turn = f"translate({numbers(x, y)}) rotate({dice.one_of((0, 90, 180, 270))} {numbers(size / 2, size / 2)})"
            spot = disc(size * 0.3, size * 0.3, size * 0.16, ink.bright) if dice.roll() > 0.72 else ""
            yield f'<g transform="{turn}">{square}{below}"/>{quarter}{above}"/>{spot}</g>'


def contours(dice: Dice, ink: Palette) -> Iterator[str]:
    x, y = dice.between(130, 270), dice.between(110, 190)
    waves_of = [(dice.between(0.05, 0.2), number, dice.between(0, 6)) for number in (2, 3, 5)]
    for ring in range(13, 0, -1):
        edge = [
            (x + 1.35 * size * math.cos(angle), y + size * math.sin(angle))
            for angle in steps(0, math.tau, math.tau / 48)
            for size in [ring * 22 * (1 + sum(high * math.sin(n * angle + at) for high, n, at in waves_of))]
        ]
        fill = ink.far if ring == 8 else ink.middle if ring == 4 else ink.bright if ring == 1 else "none"
        thick = 2.6 if ring % 4 == 0 else 1.2
        yield f'<path d="{line(edge)}z" fill="{fill}" stroke="{ink.near}" stroke-width="{thick}"/>'


def vases(dice: Dice, ink: Palette) -> Iterator[str]:
    yield floor(238, ink.far)
    for number, colour in enumerate((ink.middle, ink.near, ink.bright)):
        x, high = 92 + number * 108 + dice.between(-10, 10), dice.between(88, 170)
        foot, belly, neck, lip = (dice.between(*span) for span in ((16, 26), (32, 48), (8, 18), (14, 24)))
        top, low, mid, throat = 250 - high, 250 - high * 0.2, 250 - high * 0.6, 250 - high * 0.78
        side = (
            f"C{numbers(x - belly * 1.3, low, x - belly, mid, x - neck, throat)}L{numbers(x - lip, top)}"
            f"H{x + lip:.1f}L{numbers(x + neck, throat)}"
            f"C{numbers(x + belly, mid, x + belly * 1.3, low, x + foot, 250)}z"
        )
        yield path(f"M{x - foot:.1f} 250{side}", colour)
        rim = f'cx="{x:.1f}" cy="{top:.1f}" rx="{lip:.1f}" ry="4"'
        yield f'<ellipse {rim} fill="{ink.ground}" opacity=".55"/>'


def facets(dice: Dice, ink: Palette) -> Iterator[str]:
    step = dice.one_of((50, 67, 80))
    rows = [
        [
            (x + dice.between(-0.34, 0.34) * step, y + dice.between(-0.34, 0.34) * step)
            for x in steps(-step, WIDTH + step, step)
        ]
        for y in steps(-step, HEIGHT + step, step)
    ]
    inks = (ink.ground, ink.far, ink.far, ink.middle, ink.middle, ink.near, ink.bright)
    yield from (
        f'<path d="{line(corners)}z" fill="{colour}" stroke="{colour}"/>'
        for upper, lower in pairwise(rows)
        for (a, b), (c, d) in zip(pairwise(upper), pairwise(lower), strict=True)
        for corners in ((a, b, c), (b, d, c))
        for colour in [dice.one_of(inks)]
    )


ALL = (
    hills,
    forest,
    leaves,
    grain,
    stones,
    waves,
    city,
    planets,
    sound,
    weave,
    tiles,
    contours,
    vases,
    facets,
)
MOTIFS: dict[str, Callable[[Dice, Palette], Iterator[str]]] = {motif.__name__: motif for motif in ALL}
