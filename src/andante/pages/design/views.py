"""
The living style page: every component in every state, and drafts of the screens. It shows nothing of anybody.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from andante.pages.design import icons, samples
from andante.people import policy


@policy.public
def style(request: HttpRequest) -> HttpResponse:
    context = {
        "steps": samples.STEPS,
        "themes": samples.THEMES,
        "colours": samples.COLOURS,
        "form": samples.SampleForm(),
        "refused": samples.refused_form(),
        "icons": icons.names(),
        "screens": samples.SCREENS,
    }
    return render(request, "design/style/style.html", context)


@policy.public
def style_screen(request: HttpRequest, screen: str) -> HttpResponse:
    if screen not in {known.slug for known in samples.SCREENS}:
        raise Http404
    context: dict[str, Any] = {"steps": samples.STEPS}
    if screen == "sign-in":
        context["form"] = samples.SignInForm()
    if screen == "sign-in-error":
        context["form"] = samples.refused_sign_in()
    return render(request, f"design/style/screens/{screen}.html", context)
