"""Several files in one field of a form."""

from django import forms


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field, each as it came; what may be in them is the service's affair."""

    widget = ManyFiles

    def clean(self, data: object, initial: object = None) -> list[object]:
        return [file for file in (data if isinstance(data, list) else [data]) if file]
