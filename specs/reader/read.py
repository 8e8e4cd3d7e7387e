"""Opens the documents of a vault or bequest from what a server stores. Usage: read.py IDENTITY TRUST FOLDER OUT [VERSION]

IDENTITY  file with an age identity (AGE-SECRET-KEY-PQ-1… or AGE-SECRET-KEY-1…)
TRUST     JSON {"account", "b", "g", "ownerKey"}, or with "manifestHash" of a grant in place of ownerKey
FOLDER    manifest.age, manifest.jws, and for each version DOC.VER.header, DOC.VER.REV.metadata, DOC.VER.object
OUT       where the current version of each document is written under its name; or VERSION alone
"""

import json
import os
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "crosscheck"))

from document import Version
from manifest import open_manifest


def main(identity_file: str, trust_file: str, folder: str, out: str, wanted: str = "") -> int:
    identity = pathlib.Path(identity_file).read_text("ascii").strip()
    trust = json.loads(pathlib.Path(trust_file).read_text("utf-8"))
    folder, out, refusals = pathlib.Path(folder), pathlib.Path(out), 0
    try:
        entries, message = open_manifest(folder, trust, identity)
        entries = [entry for entry in entries if wanted in ("", entry["verId"])]
    except (ValueError, OSError) as error:
        print(f"refused: {error}")
        return 1
    if message:
        print(message)
    for doc in sorted({entry["docId"] for entry in entries}):
        try:
            version = choose(folder, trust["account"], [entry for entry in entries if entry["docId"] == doc], identity)
            print(f"{version.name} {version.metadata['size']} {write(version, out)}")
        except (ValueError, OSError) as error:
            print(f"refused {doc}: {error}")
            refusals += 1
    return 1 if refusals or not entries else 0


def choose(folder, account: str, entries, identity: str):
    """The current one of a document's versions, which only all of them together show: one missing is a refusal."""
    versions = [Version(folder, account, entry, identity) for entry in entries]
    return max(versions, key=lambda version: (version.metadata["currentMs"], version.entry["verId"]))


def write(version, out) -> pathlib.Path:
    """Writes under a name of its own only when everything was verified. A thumbnail lies beside the document."""
    folders = [safe(name) for name in version.metadata["folder"].split("/") if name]
    path = out.joinpath(*folders, safe(version.metadata["name"]) or "_")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path = path.with_name(f"{version.name} {path.name}")
    part = path.with_name(f".{version.name}.part")
    try:
        with open(part, "wb") as file:
            for plain in version.plaintext():
                file.write(plain)
        thumbnail = version.thumbnail()
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    if thumbnail:
        path.with_name(f"{path.name}.thumbnail").write_bytes(thumbnail)
    return path


def safe(name: str) -> str:
    """A file name that stays in its folder. Why: the name is what whoever sealed the document chose."""
    return re.sub(r'^\.+$|[\x00-\x1f\x7f/\\:*?"<>|]', "_", name).encode()[:200].decode("utf-8", "ignore")


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
