"""The logs that forgers work on, and the verifier that is to notice."""

import pytest

from verifier.andante_verify import verify
from verifier.tests.small_log import Bundle, small_log


@pytest.fixture(scope="session")
def log():
    return small_log((2, 1, 2), waiting=2)


@pytest.fixture(scope="session")
def long_log():
    """With two full tiles, sealed in batches whose ends lie apart from the tiles'."""
    return small_log((100, 300, 120))


@pytest.fixture
def check(tmp_path):
    """Verify a bundle whose manifest counts what is there, as an honest exporter of a forged database writes it."""

    def _check(bundle: Bundle, **arguments):
        return verify(str(bundle.count_again().write(tmp_path / "bundle.zip")), **arguments)

    return _check
