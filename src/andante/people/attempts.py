"""
Failed tries to sign in, as allauth counts them: after too many on one account, nobody gets in for some minutes.

Allauth counts by a key: what was typed, and for codes the account. `settings.ACCOUNT_RATE_LIMITS` says how many.
"""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from andante.people import rules
from andante.people.models import Account

_COUNTED = {"app": "allauth.account", "action": "login_failed"}


def key_of(typed: str) -> str:
    """
    Under which key tries are counted.

    By what was typed, not by the account: else the count would tell which address belongs to which login.
    """
    return rules.typed_name(typed)


def forget(account: Account) -> bool:
    """Forget the failed tries on an account, by password and by code; whether there were any."""
    keys = {key_of(account.login), key_of(account.email or account.login), f"mfa-auth-user-{account.pk}"}
    rates = [rate for rate in ratelimit.get_rates(**_COUNTED) if rate.per == "key"]
    # No request is needed for a count by key.
    names = [ratelimit.get_cache_key(HttpRequest(), rate=rate, key=key, **_COUNTED) for rate in rates for key in keys]
    counted = [name for name in names if cache.get(name)]
    cache.delete_many(counted)
    return bool(counted)
