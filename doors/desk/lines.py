"""Inlines whose lines name other rows: those are read with the lines, not by a query for each line."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, ForeignKeyRawIdWidget
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator

Group = tuple[str | None, list[dict[str, object]], int | None]


class KnownSelect(AutocompleteSelect):
    known: Model | None = None

    def optgroups(
        self, name: str, value: Sequence[str], attr: dict[str, object] | None = None
    ) -> list[Group]:
        if self.known is None or value != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, self.known.pk, str(self.known), True, len(options)))
        return [(None, options, 0)]


class KnownId(ForeignKeyRawIdWidget):
    known: Model | None = None

    def label_and_url_for_value(self, value: object) -> tuple[str, str]:
        if self.known is None or str(value) != str(self.known.pk):
            return super().label_and_url_for_value(value)
        opts = self.known._meta
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[self.known.pk])
        return Truncator(self.known).words(14), address


class KnownForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)  # the admin wraps some
            if self.instance.pk and isinstance(widget, KnownSelect | KnownId):
                widget.known = getattr(self.instance, name)


class KnownLines(admin.TabularInline):
    """For an inline; `read_with` names the relations of its lines."""

    form = KnownForm
    read_with: tuple[str, ...]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Model]":
        return super().get_queryset(request).select_related(*self.read_with)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: object
    ) -> forms.ModelChoiceField | None:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KnownSelect(db_field, self.admin_site)
        elif db_field.name in self.raw_id_fields:
            kwargs["widget"] = KnownId(db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
