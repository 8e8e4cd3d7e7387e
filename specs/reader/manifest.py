"""What the owner signed: the manifest statement, the manifest file, its entries (specs/sealed-document.md §7)."""

from age_file import read_payload
from identity import open_header
from notation import ctx, read_jcs, sha256, unb64u
from statement import read_statement

SIGNED = {"aud", "account", "challenge", "seq", "prev", "iat", "b", "g", "mseq", "manifestHash"}
BODY = {"account", "b", "g", "mseq", "prev", "entries", "message"}
ENTRY = {"docId", "verId", "payloadLen", "payloadRoot", "fkCommit", "metaHash"}


def expect(is_right: bool, what: str) -> None:
    if not is_right:
        raise ValueError(what)


def expect_fields(value, names) -> None:
    expect(isinstance(value, dict) and set(value) == set(names), "unknown or missing fields")


def expect_bytes(value, size: int) -> bytes:
    expect(isinstance(value, str), "not bytes")
    data = unb64u(value)
    expect(len(data) == size, f"not {size} bytes")
    return data


def is_count(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def signed_hash(folder, trust):
    """The manifestHash to believe: a grant's, or the owner's statement's."""
    if "manifestHash" in trust:
        return unb64u(trust["manifestHash"])
    jws = (folder / "manifest.jws").read_text("ascii")
    expect(len(jws) <= 256 * 1024, "the statement is too long")
    said, _ = read_statement(jws, "manifest", unb64u(trust["ownerKey"]))
    expect_fields(said, SIGNED)
    expect([said[name] for name in ("account", "b", "g")] == place_of(trust), "the statement is about another place")
    return unb64u(said["manifestHash"])


def place_of(trust):
    return [trust["account"], trust["b"], trust["g"]]


def open_manifest(folder, trust, identity: str):
    """The entries and the message of the manifest that the owner signed for this place."""
    file = (folder / "manifest.age").read_bytes()
    expect(len(file) <= 2**24, "the manifest is too long")
    expect(sha256(ctx("manifest", file)) == signed_hash(folder, trust), "the manifest is not the one that the owner signed")
    file_key, end = open_header(file, identity)
    body = read_jcs(read_payload(file[end:], file_key))
    expect_fields(body, BODY)
    expect([body[name] for name in ("account", "b", "g")] == place_of(trust), "the manifest is about another place")
    expect(is_count(body["mseq"]) and body["mseq"] >= 1, "mseq")
    expect((body["prev"] == "") == (body["mseq"] == 1), "prev")
    expect(body["prev"] == "" or expect_bytes(body["prev"], 32), "prev")
    expect_entries(body["entries"])
    return body["entries"], body["message"]


def expect_entries(entries) -> None:
    expect(isinstance(entries, list) and len(entries) <= 100_000, "entries")
    for entry in entries:
        expect_fields(entry, ENTRY)
        sizes = {"docId": 16, "verId": 16, "payloadRoot": 32, "fkCommit": 32, "metaHash": 32}
        for name, size in sizes.items():
            expect_bytes(entry[name], size)
        expect(is_count(entry["payloadLen"]), "payloadLen")
    order = [entry["docId"] + entry["verId"] for entry in entries]
    expect(order == sorted(set(order)), "entries out of order, or twice")
