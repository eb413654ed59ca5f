"""The first pages after a start come to several threads at once."""

import subprocess
import sys

QUESTION = """
import andante.content.markdown
from mdurl import _decode, _encode
print(sorted({len(table) for cache in (_decode.decode_cache, _encode.encode_cache) for table in cache.values()}))
print(bool(_decode.decode_cache), bool(_encode.encode_cache))
print(sorted(_encode.encode_cache) == [_encode.ENCODE_DEFAULT_CHARS])
"""


class TestTheParser:
    def test_has_full_tables_of_addresses_before_anybody_parses(self):
        """Else a second thread finds an empty one, and a page with a picture is an error."""
        done = subprocess.run([sys.executable, "-c", QUESTION], capture_output=True, text=True, check=True)

        assert done.stdout.splitlines() == ["[128]", "True True", "True"]
