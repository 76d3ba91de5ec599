"""The catalogue: leads edit it, agents read it. Purchases keep copies of what they need, so no edit changes them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from credits.models import MOST
from doors.desk.lines import KnownForm, KnownLines
from doors.desk.pages import desk_request
from doors.desk.rows import A_PAGE, AskedByFilters, KeysetList
from storefront.contents import holds_itself
from storefront.dependencies import ring_of_assets
from storefront.models import Asset, AssetFile, Bundle, BundlePart


class PlainChoices(BaseModelAdmin):
    """Choices without the admin's links to add or change what is chosen."""

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class GoodForm(forms.ModelForm):
    """What assets and bundles have in common: a price in whole credits, and whether they are for sale."""

    price = forms.IntegerField(
        min_value=0, max_value=MOST, help_text=_lazy("In whole credits; 0 only for what is free.")
    )
    withdrawn = forms.BooleanField(
        required=False,
        label=_lazy("Withdrawn from sale"),
        help_text=_lazy(
            "Whoever owns it keeps it. A bundle that holds a withdrawn asset is not sold either."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "withdrawn" in self.fields:
            self.fields["withdrawn"].initial = bool(self.instance.withdrawn_at)


class AssetForm(GoodForm):
    class Meta:
        model = Asset
        fields = ("slug", "publisher", "title", "description", "category", "price", "requires")

    def clean_requires(self) -> "QuerySet[Asset]":
        """An asset that requires itself, directly or through others, could never be used."""
        requires: QuerySet[Asset] = self.cleaned_data["requires"]
        ring = ring_of_assets(self.instance, requires) if self.instance.pk else []
        if ring:
            way = " → ".join(asset.title for asset in ring)
            ring_closes = _("Nothing was saved: {way} would be a ring, and none of them could be used.")
            raise ValidationError(ring_closes.format(way=way))
        return requires


class BundleForm(GoodForm):
    class Meta:
        model = Bundle
        fields = ("slug", "publisher", "title", "description", "price")


class GoodAdmin(PlainChoices, AskedByFilters):
    """Lists are not counted, nothing is deleted, and `withdrawn_at` is the instant at which somebody ticked the box."""

    change_list_template = "desk/list.html"
    list_display = ("title", "publisher", "price", "withdrawn_at")
    list_select_related = ("publisher",)
    search_fields = ("title", "slug", "publisher__name")
    search_help_text = _lazy("Title, address or publisher")
    list_per_page = A_PAGE
    show_full_result_count = False
    sortable_by = ()
    ordering = ("-pk",)

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return KeysetList

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> dict[str, Sequence[str]]:
        # Only a new row gets its slug from the title: links to an old one must go on working.
        return {} if obj or not self.has_add_permission(request) else {"slug": ("title",)}

    def save_model(
        self, request: HttpRequest, obj: Asset | Bundle, form: forms.ModelForm, change: bool
    ) -> None:
        now = desk_request(request).now
        if not change:
            obj.created_at = now
        if not form.cleaned_data["withdrawn"]:
            obj.withdrawn_at = None
        elif obj.withdrawn_at is None:
            obj.withdrawn_at = now
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        for made in formset.save(commit=False):
            if isinstance(made, AssetFile) and made.added_at is None:
                made.added_at = desk_request(request).now
                made.size_bytes = made.content.size if made.content else made.size_bytes
            made.save()
        for gone in formset.deleted_objects:
            gone.delete()
        formset.save_m2m()


class FileInline(admin.TabularInline):
    """Files are added and never changed: somebody may have downloaded them."""

    model = AssetFile
    verbose_name, verbose_name_plural = _lazy("file"), _lazy("Files")
    fields = ("name", "version", "quality", "content", "size_bytes")
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Asset)
class AssetAdmin(GoodAdmin):
    form = AssetForm
    inlines = (FileInline,)
    autocomplete_fields = ("requires",)


class PartFormSet(BaseInlineFormSet):
    """A bundle's content: each line one asset or one bundle, nothing twice, and never the bundle itself."""

    def clean(self) -> None:
        super().clean()
        lines = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        lines = [line for line in lines if not line.get("DELETE")]
        if any(bool(line.get("asset")) == bool(line.get("inner")) for line in lines):
            raise ValidationError(_("Nothing was saved: each line names either an asset or a bundle."))
        named = [line["asset"] for line in lines if line.get("asset")]
        if len(named) != len(set(named)):
            raise ValidationError(_("Nothing was saved: an asset stands in a bundle once."))
        inner = [line["inner"] for line in lines if line.get("inner")]
        if self.instance.pk and holds_itself(self.instance, inner):
            raise ValidationError(
                _("Nothing was saved: the bundle would hold itself, through what it holds.")
            )


class PartForm(KnownForm):
    class Meta:
        model = BundlePart
        fields = ("position", "asset", "inner")
        labels = {"inner": _lazy("Or a whole bundle")}


class PartInline(PlainChoices, KnownLines):
    model = BundlePart
    read_with = ("bundle", "asset", "inner")
    fk_name = "bundle"
    verbose_name, verbose_name_plural = _lazy("line"), _lazy("What is in it")
    form = PartForm
    formset = PartFormSet
    fields = ("position", "asset", "inner")
    autocomplete_fields = ("asset", "inner")
    extra = 0


@admin.register(Bundle)
class BundleAdmin(GoodAdmin):
    form = BundleForm
    inlines = (PartInline,)
