"""A real browser against the real process group."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.running import RunningAndante, running

CHECKOUT = Path(__file__).parents[2]
SCREENSHOTS = CHECKOUT / "build/screenshots"
AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 860}
PATIENCE = 15_000  # milliseconds
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def site() -> Iterator[RunningAndante]:
    """`andante run` with the demonstration; shared by the journeys of one test process."""
    with running() as group:
        yield group


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "No Chromium here. As root: apt-get install -y chromium. Or leave the browser out: BROWSER=0"
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, site: RunningAndante) -> Iterator[Callable[..., Page]]:
    """
    Open a new browser, with no sign-in yet, and give its first page.

    Whatever the journey does, no page may report an error: a refused script or style shows here.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def hear(type: str, text: str) -> None:
        # Errors that a journey asks for itself: a page that does not exist, and an answer that is refused.
        if type == "error" and "/no/such/page/" not in text and "?to-be-refused" not in text:
            said.append(text)

    def _browse(*, size: dict[str, int] = PHONE, dark: bool = False, javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=site.base_url,
            viewport=size,
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        page.on("console", lambda message: hear(message.type, f"{page.url}: {message.text}"))
        return page

    yield _browse
    for context in contexts:
        context.close()
    assert said == [], site.errors()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a screenshot as build output."""

    def _picture(page: Page, name: str) -> None:
        journey = re.sub(r"\W+", "-", request.node.name).strip("-")
        path = SCREENSHOTS / journey / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)

    return _picture
