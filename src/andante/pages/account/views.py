"""
The account pages: allauth's views with our templates, and the person's own page.

The views of allauth stand here under names of ours, so that each declares its policy in `urls`; what goes
beyond that, says why.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from andante.kernel import clock
from andante.pages.account import demo
from andante.people import operations, policy, queries


class SignIn(allauth.LoginView):  # type: ignore[misc]  # allauth has no types
    """The sign-in page, with the demonstration's people where they are offered."""

    template_name = "account/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if demo.is_offered(self.request):
            context["demo_visitors"] = demo.visitors()
            context["demo_progress"] = demo.history_progress()
        return context


class PasswordChange(allauth.PasswordChangeView):  # type: ignore[misc]
    """Password change; afterwards back to the account page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """
        Send away who has no password, as in the demonstration: the first one comes by mail or an
        administrator.
        """
        own = queries.account(policy.account(request))
        if own is None or not own.has_password:
            messages.info(request, gettext("This account has no password that could be changed."))
            return redirect("account")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_default_success_url(self) -> str:
        """Return where to go afterwards."""
        return reverse("account")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show the person's own details, roles, how they sign in and where they are signed in."""
    own = policy.account(request)
    return render(
        request,
        "account/account.html",
        {
            "account": queries.account(own),
            "roles": sorted(policy.roles(request)),
            "two_step": queries.two_step(own),
            "sign_ins": queries.sign_ins(own, this_session=request.session.session_key or "", at=clock.now()),
        },
    )


@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    count = operations.end_other_sign_ins(
        account=policy.account(request), keep=request.session.session_key or "", at=clock.now()
    )
    text = ngettext("Signed out on %(count)s other device.", "Signed out on %(count)s other devices.", count)
    messages.success(request, text % {"count": count})
    return redirect("account")
