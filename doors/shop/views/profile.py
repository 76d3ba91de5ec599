"""A person's own page, and the pages for signing up and in; the latter shows a demo store's people while DEBUG is on."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.views import LoginView, SignupView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE
from accounts.models import User
from doors.requests import PersonRequest, signed_in
from doors.shop.forms import SignUpForm

ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
)


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_lazy("Time zone"),
        choices=[("UTC", "UTC"), *((name, name.replace("_", " ")) for name in ZONES)],
        help_text=_lazy("Every time and deadline is shown in it."),
    )

    class Meta:
        model = User
        fields = ("name", "time_zone", "language")


@signed_in
def profile(request: PersonRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        # Only what stands in the form: whoever was deactivated or lost a role meanwhile stays so.
        form.save(commit=False).save(update_fields=form.Meta.fields)
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    context = {"form": form, "second_factor": request.user.has_second_factor}
    return render(request, "shop/profile.html", context, status=422 if form.errors else 200)


class SignIn(LoginView):
    """Where the demo's sign-ins are shown, so that a visitor need not look into the terminal."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEBUG:
            context["demo_sign_ins"] = [
                (role, email, DEMO_PASSWORD)
                for role, email in DEMO_PEOPLE
                if User.objects.filter(email=email).exists()
            ]
        return context


class SignUp(SignupView):
    """Pressing the button twice makes one account: the second request, should it arrive at the same instant, gets the
    answer for an address that is known already."""

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except IntegrityError:
            form.account_already_exists = True
            return super().form_valid(form)
