"""What the demo store sells: three publishers, their assets, four bundles."""

from typing import Any

PUBLISHERS: list[dict[str, Any]] = [
    {"slug": "grove", "name": "Grove Studio", "emails": ["hello@grove.example"]},
    {"slug": "quarry", "name": "Quarry Works", "emails": ["studio@quarry.example"]},
    {"slug": "lathe", "name": "Lathe & Line", "emails": ["desk@lathe.example"]},
]

# slug, publisher, title, price, category, requires, description
ASSETS: list[tuple[str, str, str, int, str, list[str], str]] = [
    (
        *("bark", "grove", "Bark", 15, "textures", []),
        (
            "Twelve barks photographed on overcast days, from paper birch to a two-hundred-year-old oak. "
            "Tileable in both directions, with height and roughness."
        ),
    ),
    (
        *("oak", "grove", "Oak trees", 40, "models", ["bark"]),
        (
            "Nine oaks from sapling to veteran, each with four seasons of leaves. They stand well alone on a hill and "
            "better in a crowd."
        ),
    ),
    (
        *("birch", "grove", "Birch stand", 35, "models", ["bark"]),
        "Slim, pale and always a little crooked: fourteen birches with autumn gold included.",
    ),
    (
        *("fern", "grove", "Ferns", 30, "models", []),
        "Bracken, hart's-tongue and lady fern in five sizes. The fronds unfurl over a single slider.",
    ),
    (
        *("moss", "grove", "Moss and lichen", 20, "textures", []),
        "Soft edges for hard surfaces. Eight mosses and six lichens as decals that follow the ground.",
    ),
    (
        *("meadow", "grove", "Meadow grasses", 25, "models", []),
        "Forty blades, thirty flowers and the thistles between them, sorted by month of bloom.",
    ),
    (
        *("ivy", "grove", "Climbing ivy", 22, "models", []),
        "Give it a wall and a seed number and it climbs. Stops politely at windows.",
    ),
    (
        *("orchard", "grove", "Old orchard", 45, "models", ["bark"]),
        "Apple, pear and plum on neglected rootstock, with fruit on the branch and in the grass below.",
    ),
    (
        *("mushroom-ring", "grove", "Mushroom ring", 18, "models", []),
        "Seven kinds that grow together in nature and three that never would.",
    ),
    (
        *("leaf-litter", "grove", "Leaf litter", 0, "textures", []),
        "A free floor for every forest: last year's leaves, twigs and beech nuts.",
    ),
    (
        *("forest-ambience", "grove", "Forest ambience", 28, "sound", []),
        "Six hours between dawn and dusk, recorded far from any road. Loops without a seam.",
    ),
    (
        *("slate", "quarry", "Slate", 25, "textures", []),
        "Riven, sawn and weathered slate in blue, green and plum. Scanned at the face, not in the yard.",
    ),
    (
        *("basalt-columns", "quarry", "Basalt columns", 38, "models", []),
        "Six-sided, five-sided and the odd one that could not decide. Snap together into a coast.",
    ),
    (
        *("river-stones", "quarry", "River stones", 20, "models", []),
        "Two hundred stones, round as the current made them, wet or dry.",
    ),
    (
        *("cliff-face", "quarry", "Cliff face kit", 55, "models", ["slate"]),
        "Thirty-two pieces that build a cliff nobody will see the grid in. Ledges, overhangs, one good handhold.",
    ),
    (
        *("cave-walls", "quarry", "Cave walls", 48, "models", ["slate"]),
        "Chambers, squeezes and a flooded passage. Stalactites come in matching pairs.",
    ),
    (
        *("gravel", "quarry", "Gravel paths", 12, "textures", []),
        "Five gravels, from railway ballast to a raked garden path.",
    ),
    (
        *("ruin-walls", "quarry", "Ruined walls", 42, "models", []),
        "What is left of a priory: arches, a stair to nowhere, and every fallen stone where it fell.",
    ),
    (
        *("crystal-cluster", "quarry", "Crystal clusters", 26, "models", []),
        "Quartz, amethyst and smoky topaz that catch light the way real ones do: rarely and suddenly.",
    ),
    (
        *("brick-tiles", "quarry", "Brick tiles", 24, "textures", []),
        "English, Flemish and stretcher bond with mortar you can thin, thicken or let crumble.",
    ),
    (
        *("terrain-painter", "lathe", "Terrain painter", 80, "tools", []),
        "Paint height, slope and wetness with one brush. Undo goes back as far as you worked today.",
    ),
    (
        *("scatter-brush", "lathe", "Scatter brush", 60, "tools", []),
        "Places ten thousand things so that none of them looks placed.",
    ),
    (
        *("noise-studio", "lathe", "Noise studio", 34, "tools", []),
        "Nineteen noises, stacked and masked by eye. Exports exactly what you see.",
    ),
    (
        *("wind-rig", "lathe", "Wind rig", 45, "tools", ["noise-studio"]),
        "One gust for the whole scene: grass bends first, branches follow, flags snap last.",
    ),
    (
        *("map-inks", "lathe", "Map inks", 30, "textures", []),
        "Hachures, coastlines and sea serpents drawn with a steel nib on real paper.",
    ),
    (
        *("tavern-props", "lathe", "Tavern props", 36, "models", []),
        "Sixty objects that belong on a sticky table, mugs with and without foam.",
    ),
    (
        *("lamp-set", "lathe", "Lamps and lanterns", 20, "models", []),
        "Oil, candle, gas and one stubborn neon tube, each with its own flicker.",
    ),
    (
        *("weather-loops", "lathe", "Weather loops", 25, "sound", []),
        "Drizzle on canvas, hail on tin, wind in a keyhole. Twenty-four loops of a minute each.",
    ),
]

# slug, publisher, title, price, contents, description
BUNDLES: list[tuple[str, str, str, int, list[str], str]] = [
    (
        *("forest", "grove", "Forest", 80, ["oak", "fern", "moss", "bark"]),
        "A wood to get lost in: oaks above, ferns below, moss wherever the light does not reach.",
    ),
    (
        *("cliffside", "quarry", "Cliffside", 110, ["cliff-face", "slate", "river-stones", "moss", "ivy"]),
        "Quarry's rock with Grove's green on it. The two studios matched their colours for this one.",
    ),
    (
        *("whole-valley", "grove", "The whole valley", 200),
        ["forest", "meadow", "birch", "river-stones", "slate", "gravel", "wind-rig"],
        "From the ridge to the river: ten things by three studios, enough for a landscape that holds together.",
    ),
    (
        *(
            "tool-chest",
            "lathe",
            "Tool chest",
            160,
            ["terrain-painter", "scatter-brush", "noise-studio", "wind-rig"],
        ),
        "The four tools that we open before breakfast.",
    ),
]
