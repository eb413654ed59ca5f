"""Learners who answer a check over HTTP, and send an answer again until it is acknowledged."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from random import Random
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from andante.assessment.statements import check_answer_id
from andante.kernel.ids import AttemptId, CardId
from tests.faults.journal import Intent, Journal

TIMEOUT = 40.0  # seconds that a learner waits for a page
SECONDS_TO_HEAL = 90.0  # until every answer under way is acknowledged, once nothing is broken any more
BROKEN = (OSError, http.client.HTTPException)


class NotSignedIn(Exception):  # noqa: N818 - a fact
    """The page sends whoever asks to the sign-in."""


@dataclass(frozen=True)
class Reply:
    """A status, where it leads, and the text."""

    status: int
    location: str
    text: str


@dataclass
class Learner:
    """One browser, and where its person stands: at a check that may be answered as often as one likes."""

    port: int
    login: str
    password: str
    attempt: str
    path: str
    card: str
    options: list[str]
    tries: int = 1
    """How many answers are acknowledged: the first was given when everything was made ready."""
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, timeout: float = TIMEOUT) -> Reply:
        return self._request("GET", path, timeout=timeout)

    def sign_in(self) -> None:
        """
        Sign in with the password.

        :raises NotSignedIn: the page does not let the learner in
        """
        form = self._form(self.get("/sign-in/").text)
        reply = self._post("/sign-in/", {**form, "login": self.login, "password": self.password})
        if reply.status != 302 or "/sign-in/" in reply.location:
            raise NotSignedIn(f"{reply.status} {reply.location}")

    def answer(self, number: int, choice: str) -> Reply:
        """
        Send an answer.

        :raises NotSignedIn: the sign-in is over
        """
        token = next((value for name, value in self.cookies.items() if "andante-form" in name), "")
        form = {"csrfmiddlewaretoken": token, "act": "answer", "number": str(number), "option": choice}
        reply = self._post(self.path, form)
        if reply.status == 302 and "/sign-in/" in reply.location:
            raise NotSignedIn(reply.location)
        return reply

    def intent(self, number: int, choice: str) -> Intent:
        return Intent(self.answer_id(number), choice)

    def answer_id(self, number: int) -> UUID:
        return check_answer_id(AttemptId(UUID(self.attempt)), CardId(self.card), number)

    def _form(self, text: str) -> dict[str, str]:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        return {"csrfmiddlewaretoken": found[1]} if found else {}

    def _post(self, path: str, form: dict[str, str]) -> Reply:
        return self._request("POST", path, urlencode(form))

    def _request(self, method: str, path: str, body: str | None = None, *, timeout: float = TIMEOUT) -> Reply:
        # A connection for each request, as when many browsers come and go.
        with contextlib.closing(http.client.HTTPConnection("localhost", self.port, timeout=timeout)) as connection:
            headers = {"Accept": "text/html", "Origin": f"http://localhost:{self.port}"}
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read().decode(errors="replace")
            for line in reply.headers.get_all("Set-Cookie") or []:
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
            return Reply(reply.status, reply.headers.get("Location", ""), text)


class Load:
    """Every learner answers, one try after the other, until the block ends; then each waits for its last reply."""

    def __init__(self, learners: list[Learner], journal: Journal, *, seed: int) -> None:
        self._learners = learners
        self._journal = journal
        self._seed = seed
        self._stop = threading.Event()
        self._give_up = threading.Event()
        self._threads: list[threading.Thread] = []
        self.problems: list[str] = []

    def __enter__(self) -> Self:
        for place, learner in enumerate(self._learners):
            thread = threading.Thread(target=self._work, args=(learner, Random(self._seed + place)), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._stop.set()
        if error is not None:  # the row tripped: nothing will heal, and nobody counts these
            self._give_up.set()
        deadline = time.monotonic() + SECONDS_TO_HEAL
        for thread in self._threads:
            thread.join(timeout=max(deadline - time.monotonic(), 0.1))
        self._give_up.set()
        unanswered = sum(thread.is_alive() for thread in self._threads)
        if unanswered:
            self.problems.append(
                f"{unanswered} learners had no answer {SECONDS_TO_HEAL:.0f} s after the fault was over"
            )

    def _work(self, learner: Learner, random: Random) -> None:
        try:
            while not self._stop.is_set():
                self._answer_once(learner, random.choice(learner.options))
        except Exception as error:  # noqa: BLE001 - a client that dies must not pass for one that was content
            self.problems.append(f"{learner.login} stopped: {error!r}")

    def _answer_once(self, learner: Learner, choice: str) -> None:
        number = learner.tries + 1
        intent = learner.intent(number, choice)
        self._journal.intend(intent)
        pause = 0.05
        while not self._give_up.is_set():
            if self._is_acknowledged(learner, number, choice):
                self._journal.acknowledge(intent.id)
                learner.tries = number
                return
            self._give_up.wait(pause)
            pause = min(pause * 2, 1.0)

    def _is_acknowledged(self, learner: Learner, number: int, choice: str) -> bool:
        try:
            reply = learner.answer(number, choice)
        except NotSignedIn:
            self._journal.reply("sign in")
            with contextlib.suppress(*BROKEN, NotSignedIn):
                learner.sign_in()
            return False
        except BROKEN:
            self._journal.reply("no answer")
            return False
        self._journal.reply(str(reply.status))
        return reply.status == 302 and reply.location == learner.path
