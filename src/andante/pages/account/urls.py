"""
Addresses of the account pages, each with its policy.

Allauth's views are listed one by one under allauth's names (its code looks them up by these), not included:
what is not here, such as sign-up, does not exist.
"""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import RedirectView

from andante.pages.account import views
from andante.pages.account.demo import demo_sign_in
from andante.people.policy import own_account, public, while_viewing

sign_in = [
    path("sign-in/", public(views.SignIn.as_view()), name="account_login"),
    path("sign-in/code/", public(mfa.AuthenticateView.as_view()), name="mfa_authenticate"),
    path("sign-in/closed/", public(allauth.AccountInactiveView.as_view()), name="account_inactive"),
    path("sign-out/", while_viewing(public(allauth.LogoutView.as_view())), name="account_logout"),
    path("demo/sign-in/", demo_sign_in, name="demo_sign_in"),
]

password_forgotten = [
    path("password/reset/", public(allauth.PasswordResetView.as_view()), name="account_reset_password"),
    path(
        "password/reset/sent/",
        public(allauth.PasswordResetDoneView.as_view()),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/done/",
        public(allauth.PasswordResetFromKeyDoneView.as_view()),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(allauth.PasswordResetFromKeyView.as_view()),
        name="account_reset_password_from_key",
    ),
]

own_pages = [
    path("account/", own_account(views.account), name="account"),
    path("account/password/", own_account(views.PasswordChange.as_view()), name="account_change_password"),
    path("account/confirm/", own_account(allauth.ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("account/sign-ins/end-others/", own_account(views.end_other_sign_ins), name="end_other_sign_ins"),
]

two_step = [
    path("account/two-step/", own_account(RedirectView.as_view(pattern_name="account")), name="mfa_index"),
    path("account/two-step/turn-on/", own_account(totp.ActivateTOTPView.as_view()), name="mfa_activate_totp"),
    path("account/two-step/turn-off/", own_account(totp.DeactivateTOTPView.as_view()), name="mfa_deactivate_totp"),
    path("account/two-step/confirm/", own_account(mfa.ReauthenticateView.as_view()), name="mfa_reauthenticate"),
    path(
        "account/two-step/codes/",
        own_account(codes.ViewRecoveryCodesView.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/two-step/codes/new/",
        own_account(codes.GenerateRecoveryCodesView.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/two-step/codes/download/",
        own_account(codes.DownloadRecoveryCodesView.as_view()),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = sign_in + password_forgotten + own_pages + two_step
