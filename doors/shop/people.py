"""The addresses at which people sign in, sign up and look after themselves; the work is allauth's, the look ours."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, path, re_path

from doors.shop.views import profile

urlpatterns: list[URLPattern] = [
    path("sign-in/", profile.SignIn.as_view(), name="account_login"),
    path("sign-up/", profile.SignUp.as_view(), name="account_signup"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("profile/", profile.profile, name="profile"),
    path("profile/email/", account.email, name="account_email"),
    path("profile/password/", account.password_change, name="account_change_password"),
    path("profile/password/new/", account.password_set, name="account_set_password"),
    path("profile/second-factor/", mfa.index, name="mfa_index"),
    path("profile/second-factor/app/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("profile/second-factor/app/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("profile/second-factor/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "profile/second-factor/codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "profile/second-factor/codes/file/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("sign-in/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/second-factor/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("sign-up/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-up/confirm/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^sign-up/confirm/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("password/", account.password_reset, name="account_reset_password"),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
