"""Bar charts as SVG: one ink, every figure written beside its bar, readable in light and dark and printed in grey."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
.paper{fill:#fbf9f5}.ink{fill:#1d232b}.bar{fill:#2f4a6b}.soft{fill:#7a90ad}.mark{stroke:#1d232b;stroke-width:2}
text{font:13px system-ui,sans-serif}.figure{font-variant-numeric:tabular-nums}.head{font-weight:600}
@media (prefers-color-scheme:dark){
.paper{fill:#14181d}.ink{fill:#e8e6e1}.bar{fill:#9dbbe0}.soft{fill:#5f7897}.mark{stroke:#e8e6e1}}
""".strip()
WIDTH, LABELS, FIGURES, LINE = 760, 280, 130, 22


@dataclass(frozen=True)
class Bar:
    """`most` is drawn as a mark across; `soft` tells every second kind apart by lightness."""

    label: str
    size: float
    figure: str
    most: float | None = None
    soft: bool = False


def chart(title: str, bars: Sequence[Bar], *, note: str = "") -> str:
    height = 52 + LINE * len(bars) + (24 if note else 0)
    longest = max(max(bar.size, bar.most or 0) for bar in bars) or 1
    scale = (WIDTH - LABELS - FIGURES) / longest
    drawn = "\n".join(_drawn(bar, 40 + LINE * place, scale) for place, bar in enumerate(bars))
    below = f'\n<text class="ink" x="16" y="{height - 14}">{escape(note)}</text>' if note else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img"><title>{escape(title)}</title><style>{STYLE}</style>\n'
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="4"/>\n'
        f'<text class="ink head" x="16" y="26">{escape(title)}</text>\n{drawn}{below}\n</svg>\n'
    )


def _drawn(bar: Bar, top: int, scale: float) -> str:
    width = max(bar.size * scale, 1)
    middle = top + 15
    parts = [
        f'<text class="ink" x="{LABELS - 10}" y="{middle}" text-anchor="end">{escape(bar.label)}</text>',
        f'<rect class="{"soft" if bar.soft else "bar"}" x="{LABELS}" y="{top + 3}" width="{width:.1f}" height="15"/>',
    ]
    end = width
    if bar.most is not None:
        at = bar.most * scale
        end = max(width, at)
        parts.append(
            f'<line class="mark" x1="{LABELS + at:.1f}" x2="{LABELS + at:.1f}" y1="{top}" y2="{top + 21}"/>'
        )
    parts.append(
        f'<text class="ink figure" x="{LABELS + end + 6:.1f}" y="{middle}">{escape(bar.figure)}</text>'
    )
    return "\n".join(parts)
