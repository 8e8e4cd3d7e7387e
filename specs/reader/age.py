"""Opens a plain age file with hybrid or X25519 stanzas: an export, a document of a release bundle. Usage: age.py IDENTITY FILE > PLAINTEXT"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "crosscheck"))

from age_file import read_payload
from identity import open_header


def open_file(file: bytes, identity: str) -> bytes:
    """The whole plaintext in memory. It says nothing about who sealed it: that takes a manifest."""
    file_key, end = open_header(file, identity)
    return read_payload(file[end:], file_key)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        plaintext = open_file(pathlib.Path(sys.argv[2]).read_bytes(), pathlib.Path(sys.argv[1]).read_text("ascii"))
    except ValueError as error:
        sys.exit(f"refused: {error}")
    sys.stdout.buffer.write(plaintext)
