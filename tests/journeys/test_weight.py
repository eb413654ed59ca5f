"""What the first card weighs on a slow line: counted on the wire, with nothing cached."""

from __future__ import annotations

import pytest
from playwright.sync_api import Response

from tests.journeys.learner import Learner

pytestmark = pytest.mark.browser
MOST_CRITICAL = 30_000
MOST_BYTES = 100_000
MOST_REQUESTS = 8


class TestTheFirstCard:
    def test_is_light(self, browse, site):
        learner = Learner(browse())
        learner.sign_in("Amara Okafor")
        learner.open_course()
        if learner.page.get_by_role("button", name="Start").count():
            learner.go_on()
        card = f"{site.base_url}/courses/patient-records/cards/{next(iter(learner.cards))}/"
        page = browse()
        page.context.add_cookies(learner.page.context.cookies())
        received: list[Response] = []
        page.on("response", lambda response: received.append(response))  # noqa: PLW0108 - playwright wants a function

        page.goto(card, wait_until="networkidle")

        sizes = {}
        for response in received:
            told = response.request.sizes()
            sizes[response.url] = told["responseBodySize"] + told["responseHeadersSize"]
        critical = sum(size for url, size in sizes.items() if url == card or url.endswith(".css"))
        print(f"\nfirst card: {len(sizes)} requests, {sum(sizes.values())} bytes, HTML and CSS {critical} bytes")
        assert page.url == card
        assert len(sizes) <= MOST_REQUESTS, sizes
        assert sum(sizes.values()) <= MOST_BYTES, sizes
        assert critical <= MOST_CRITICAL, sizes
