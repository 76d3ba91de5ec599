"""How the desk's tests open a case, and read a page."""

from tests.refunds.requests import ask
from tests.world import buy


def text(answer):
    return answer.content.decode()


def open_case(ada, thing, now, *, days_ago=45, grounds="out_of_window", **more):
    return ask(
        ada, buy(ada, thing, days_ago=days_ago, now=now, **more), grounds, now=now, key=f"k{thing.slug}"
    )
