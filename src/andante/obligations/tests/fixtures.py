"""The fixtures of these tests: an organisation of two sites, and a course that is published in two versions."""

import pytest

from andante.content.queries import PublishedCourse
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, publish
from andante.obligations.tests.organisation import Organisation, found
from andante.obligations.tests.revising import revise


@pytest.fixture
def organisation(db: None) -> Organisation:
    return found()


@pytest.fixture
def revised(night_call: PublishedCourse, tmp_path) -> PublishedCourse:
    """The second version of the course."""
    return publish(revise(NIGHT_CALL_FOLDER, tmp_path))
