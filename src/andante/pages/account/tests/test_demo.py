import dataclasses

import pytest
from django.conf import settings
from django.test import override_settings

from andante.kernel import clock
from andante.kernel.principals import system_principal
from andante.ledger import queries as ledger
from andante.people import operations

DEMO = system_principal("demo")
DEMO_SIGN_IN = "/demo/sign-in/"


def environment(**changes):
    return override_settings(ENVIRONMENT=dataclasses.replace(settings.ENVIRONMENT, **changes))


@pytest.fixture
def on():
    with environment(demo=True):
        yield


@pytest.fixture
def ines(db):
    """Somebody whom the demonstration made."""
    person = operations.create_person(name="Inês Rocha", time_zone="UTC", language="en", by=DEMO, at=clock.now())
    return operations.create_account(
        person=person, login="ines.rocha", email=None, password=None, by=DEMO, at=clock.now()
    )


class TestOneClickSignIn:
    def test_signs_in_as_somebody_of_the_demonstration(self, on, ines, client, seal):
        assert "Inês Rocha" in client.get("/sign-in/").content.decode()
        assert client.post(DEMO_SIGN_IN, {"account": str(ines)})["Location"] == "/"
        assert client.get("/account/").status_code == 200
        seal()
        assert ledger.facts()[-1].fact.body["new"] == {"methods": ["demo"]}

    def test_is_refused_for_an_account_that_the_demonstration_did_not_make(self, on, ines, amara, client):
        assert "Amara" not in client.get("/sign-in/").content.decode()
        assert client.post(DEMO_SIGN_IN, {"account": str(amara.account)}).status_code == 403

    @pytest.mark.parametrize("account", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
    def test_is_refused_for_nobody(self, on, ines, client, account):
        assert client.post(DEMO_SIGN_IN, {"account": account}).status_code == 403

    def test_is_refused_without_the_setting(self, ines, client):
        assert "Inês" not in client.get("/sign-in/").content.decode()
        assert client.post(DEMO_SIGN_IN, {"account": str(ines)}).status_code == 403

    def test_is_refused_to_another_machine(self, on, ines, client):
        assert client.post(DEMO_SIGN_IN, {"account": str(ines)}, REMOTE_ADDR="192.0.2.7").status_code == 403
        assert "Inês" not in client.get("/sign-in/", REMOTE_ADDR="192.0.2.7").content.decode()

    @pytest.mark.parametrize(
        "header",
        [
            "X-Forwarded-For",
            "Forwarded",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Real-IP",
            "Via",
            "CF-Connecting-IP",
        ],
    )
    def test_is_refused_through_a_proxy(self, on, ines, client, header):
        answer = client.post(DEMO_SIGN_IN, {"account": str(ines)}, headers={header: "127.0.0.1"})
        assert answer.status_code == 403

    def test_is_refused_where_people_come_from_elsewhere(self, ines, client):
        with environment(demo=True, base_url="https://learn.example.org"):
            assert client.post(DEMO_SIGN_IN, {"account": str(ines)}).status_code == 403

    def test_is_never_done_by_a_link(self, on, ines, client):
        assert client.get(DEMO_SIGN_IN, {"account": str(ines)}).status_code == 405

    def test_is_refused_after_deactivation(self, on, ines, client):
        operations.deactivate_account(account=ines, by=DEMO, at=clock.now())
        assert client.post(DEMO_SIGN_IN, {"account": str(ines)}).status_code == 403
