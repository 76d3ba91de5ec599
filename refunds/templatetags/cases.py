"""The words for codes of cases and refunds, where a template has only the code."""

from django import template

from refunds.wording import BASES, GROUNDS, STATES

register = template.Library()


@register.filter
def grounds(code: str) -> str:
    return GROUNDS.get(code, code)


@register.filter
def state(code: str) -> str:
    return STATES.get(code, code)


@register.filter
def basis(code: str) -> str:
    return BASES.get(code, code)
