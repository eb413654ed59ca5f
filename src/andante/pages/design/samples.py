"""
What the living style page shows: a form in each state, steps, and the drafts of the screens. Invented, never
real people.
"""

from dataclasses import dataclass

from django import forms

from andante.pages.design.segments import Segment

STEPS = (
    Segment("done", "Two questions first"),
    Segment("done", "The screen at the nurses' station"),
    Segment("done", "Who may know"),
    Segment("now", "Which of these may you tell?"),
    Segment("todo", "A call at 02:40"),
    Segment("todo", "Your own ward"),
    Segment("locked", "The test"),
)


THEMES = ("light", "dark")
COLOURS = (
    *("paper", "surface", "sunken", "ink", "ink-soft", "line", "line-strong"),
    *("accent", "accent-strong", "accent-soft", "good", "good-soft", "bad", "bad-soft"),
    *("warn", "warn-soft", "info", "info-soft"),
)


@dataclass(frozen=True)
class Screen:
    """One draft of a whole screen, in `design/style/screens/`."""

    slug: str
    title: str


SCREENS = (
    Screen("home", "Home: one card, what now"),
    Screen("home-empty", "Home: nothing due"),
    Screen("course", "Course: start page"),
    Screen("idea", "Player: idea"),
    Screen("check", "Player: check"),
    Screen("check-right", "Player: check, answered right"),
    Screen("check-wrong", "Player: check, answered wrong"),
    Screen("scenario", "Player: scenario"),
    Screen("scenario-consequence", "Player: scenario, what came of it"),
    Screen("scenario-debrief", "Player: scenario, debrief"),
    Screen("reflect", "Player: reflection"),
    Screen("test", "Test: before it starts"),
    Screen("test-item", "Test: one question"),
    Screen("test-passed", "Test: passed"),
    Screen("test-failed", "Test: not yet"),
    Screen("completion", "Completion"),
    Screen("certificate", "Certificate"),
    Screen("sign-in", "Sign in"),
    Screen("sign-in-error", "Sign in, refused"),
    Screen("account", "Account"),
)


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Your name", help_text="As your colleagues know you.", max_length=80)
    email = forms.EmailField(label="Work e-mail", required=False)
    ward = forms.ChoiceField(
        label="Where you work", choices=[("a", "Ward A"), ("b", "Ward B"), ("front", "Front desk")]
    )
    shift = forms.ChoiceField(
        label="Your shift",
        choices=[("early", "Early"), ("late", "Late"), ("night", "Night")],
        widget=forms.RadioSelect,
    )
    notes = forms.CharField(label="What would help you here?", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    remember = forms.BooleanField(
        label="Keep me signed in on this device", required=False, help_text="Not on a shared one."
    )


class SignInForm(forms.Form):
    login = forms.CharField(label="Work e-mail or login name")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    remember = forms.BooleanField(label="Keep me signed in on this device", required=False)


def refused_form() -> SampleForm:
    """The form as it comes back with two things to mend."""
    sent = {"name": "", "email": "maya.example.org", "ward": "b", "shift": "late"}
    return SampleForm({f"refused-{field}": value for field, value in sent.items()}, prefix="refused")


def refused_sign_in() -> SignInForm:
    form = SignInForm({"login": "maya", "password": "-"})
    form.add_error(None, "This login and password do not belong together.")
    return form
