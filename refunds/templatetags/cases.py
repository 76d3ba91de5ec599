"""The words for codes of requests and refunds, where a template has only the code."""

from django import template
from django.db.models import TextChoices

from refunds.enums import Basis, Grounds, State

register = template.Library()


@register.filter
def grounds(code: str) -> str:
    return _label(Grounds, code)


@register.filter
def state(code: str) -> str:
    return _label(State, code)


@register.filter
def basis(code: str) -> str:
    return _label(Basis, code)


def _label(choices: type[TextChoices], code: str) -> str:
    """A letter that was queued before codes travelled holds the words themselves."""
    return str(choices(code).label) if code in choices.values else code
