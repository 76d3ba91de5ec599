"""The explanations of a reason that depend on its figures and downloads. Each is made of whole sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storefront.enums import Cause

When = Callable[[datetime], str]
Figures = Mapping[str, Any]  # a reason's evidence, or one download in it: plain data, as it is stored
Explain = Callable[[Figures, When], str]

MOST_NAMED = 3  # A sentence that names more than this is a list, and the page has one.


def refunded_before(evidence: Figures, when: When) -> str:
    once = _("A purchase can be refunded once.")
    if "credit_note" not in evidence:
        return f"{_('It was refunded before.')} {once}"
    came_back = ngettext(
        "{credits:,} credit came back to you on {refunded_at} (credit note {credit_note}).",
        "{credits:,} credits came back to you on {refunded_at} (credit note {credit_note}).",
        evidence["credits"],
    ).format(
        credits=evidence["credits"],
        refunded_at=when(datetime.fromisoformat(evidence["refunded_at"])),
        credit_note=evidence["credit_note"],
    )
    return f"{came_back} {once}"


def window_closed(evidence: Figures, when: When) -> str:
    return ngettext(
        "It was completed on {completed_at} and could be refunded for {window_days:,} day, until {refundable_until}.",
        "It was completed on {completed_at} and could be refunded for {window_days:,} days, until {refundable_until}.",
        evidence["window_days"],
    ).format(
        completed_at=when(datetime.fromisoformat(evidence["completed_at"])),
        window_days=evidence["window_days"],
        refundable_until=when(datetime.fromisoformat(evidence["refundable_until"])),
    )


def asset_downloaded(evidence: Figures, when: When) -> str:
    only = _("A single asset can be refunded only as long as it was never downloaded.")
    downloads = downloads_in(evidence)
    return f"{_first_of(downloads, when)} {only}" if downloads else only


def bundle_over_limit(evidence: Figures, when: When) -> str:
    return " ".join(filter(None, (_how_many(evidence), _limit(evidence), _came_along(evidence))))


def downloads_in(evidence: Figures) -> list[Figures]:
    downloads = evidence.get("downloads")
    return [each for each in downloads if isinstance(each, dict)] if isinstance(downloads, list) else []


def handed_out(download: Figures, when: When) -> str:
    """One download in a sentence."""
    sentence = (
        _("{title} was downloaded on {at}, because {requirer} requires it.")
        if _came_by_itself(download)
        else _("{title} was downloaded on {at}.")
    )
    return sentence.format(**_named(download, when))


def _first_of(downloads: list[Figures], when: When) -> str:
    first, later = downloads[0], len(downloads) - 1
    if not later:
        return handed_out(first, when)
    sentence = (
        ngettext(
            "{title} was downloaded on {at}, because {requirer} requires it, and {count:,} more time after that.",
            "{title} was downloaded on {at}, because {requirer} requires it, and {count:,} more times after that.",
            later,
        )
        if _came_by_itself(first)
        else ngettext(
            "{title} was downloaded on {at}, and {count:,} more time after that.",
            "{title} was downloaded on {at}, and {count:,} more times after that.",
            later,
        )
    )
    return sentence.format(**_named(first, when), count=later)


def _named(download: Figures, when: When) -> dict[str, str]:
    at = datetime.fromisoformat(download["at"])
    return {"title": download["title"], "at": when(at), "requirer": _requirer(download)}


def _came_by_itself(download: Figures) -> bool:
    return bool(download["cause"] == Cause.DEPENDENCY)


def _requirer(download: Figures) -> str:
    return download["via_title"] or download["via"] or _("another asset")


def _how_many(evidence: Figures) -> str:
    if evidence["items"] == 1:
        return _("Of the 1 item in this bundle, 1 was downloaded.")
    return ngettext(
        "Of the {items:,} items in this bundle, {downloaded} was downloaded.",
        "Of the {items:,} items in this bundle, {downloaded} were downloaded.",
        evidence["downloaded"],
    ).format(items=evidence["items"], downloaded=evidence["downloaded"])


def _limit(evidence: Figures) -> str:
    limit, percent = evidence["limit"], evidence["bundle_percent"]
    if not limit:
        return _("It can be refunded while none is ({percent} %).").format(percent=percent)
    return ngettext(
        "It can be refunded while at most {limit} is ({percent} %).",
        "It can be refunded while at most {limit} are ({percent} %).",
        limit,
    ).format(limit=limit, percent=percent)


def _came_along(evidence: Figures) -> str:
    """Names what dependencies fetched; a translator sets the list's marks with its sentence."""
    along = [
        _("{title}, because {requirer} requires it").format(title=each["title"], requirer=_requirer(each))
        for each in downloads_in(evidence)
        if _came_by_itself(each)
    ]
    if not along:
        return ""
    named, rest = "; ".join(along[:MOST_NAMED]), len(along) - MOST_NAMED
    if rest <= 0:
        return _("They include {items}.").format(items=named)
    return ngettext(
        "They include {items}; and {count:,} more item.",
        "They include {items}; and {count:,} more items.",
        rest,
    ).format(items=named, count=rest)
