"""How much is measured: how large the stores are, and how often each act is timed."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """`stores` in purchases, smallest first: rows are measured in the last, growth from the first to the last."""

    name: str
    stores: tuple[int, ...]
    rounds: int = 7
    calls: int = 6  # of each act, a round
    large_calls: int = 2  # of acts on hundreds of items
    warm_up: int = 4  # calls before the first round; after three, statements are prepared
    large_warm_up: int = 1
    scale: int = 10  # of pgbench
    transactions: int = 100  # of pgbench, each time it is asked
    views: int = 10  # empty ones, each time
    customers: int = 64  # who ask over HTTP
    http_rounds: int = 2
    http_seconds: float = 3

    @property
    def each(self) -> int:
        """How often an act is carried out in all."""
        return self.warm_up + self.rounds * self.calls

    @property
    def each_large(self) -> int:
        return self.large_warm_up + self.rounds * self.large_calls


SIZES = {
    size.name: size
    for size in (
        Size(
            name="tiny",
            stores=(60, 120),
            rounds=1,
            calls=1,
            large_calls=1,
            warm_up=0,
            large_warm_up=0,
            scale=1,
            transactions=50,
            views=3,
            customers=2,
            http_rounds=1,
            http_seconds=0.2,
        ),
        Size(name="default", stores=(10_000, 100_000)),
        Size(name="large", stores=(10_000, 100_000, 1_000_000)),
    )
}
