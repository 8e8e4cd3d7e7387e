"""Reads specs/vectors with an implementation of its own. Exit status 0 if nothing differs. Usage: check.py [VECTORS]"""

import base64
import hashlib
import json
import pathlib
import sys

sys.dont_write_bytecode = True

from age_file import read_file, read_payload
from chacha import seal_aead, unwrap
from ed25519 import verify
from notation import b64u, ctx, kdf, lp, padme, read_jcs, sha256, unb64u, unpad, write_jcs
from statement import read_statement, thumb
import merkle

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "vectors")
checks = {"right": 0, "wrong": 0}
x = bytes.fromhex


def check(name: str, question) -> None:
    """Counts one comparison; an exception is a difference."""
    try:
        is_right, note = bool(question()), ""
    except Exception as error:  # whatever went wrong, the vector was not read
        is_right, note = False, f" ({error!r})"
    checks["right" if is_right else "wrong"] += 1
    if not is_right:
        print(f"differs: {name}{note}")


def refused(question) -> bool:
    try:
        question()
        return False
    except Exception:
        return True


def load(name: str):
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def check_encodings(v) -> None:
    for case in v["base64url"]:
        check("base64url", lambda: b64u(x(case["bytes"])) == case["text"] and unb64u(case["text"]) == x(case["bytes"]))
    for text in v["base64urlRefused"]:
        check(f"base64url refused {text!r}", lambda: refused(lambda: unb64u(text)))
    check("id", lambda: make_id(v["id"]["nowMs"], x(v["id"]["random"])) == v["id"]["id"])
    for case in v["lp"]:
        check("lp", lambda: lp(x(case["bytes"])) == x(case["framed"]))
    for case in v["ctx"]:
        fields = [x(f["bytes"]) if "bytes" in f else f.get("text", f.get("u32")) for f in case["fields"]]
        check("ctx", lambda: ctx(case["label"], *fields) == x(case["context"]))
    for c in v["hkdf"]:
        check("hkdf", lambda: kdf(x(c["ikm"]), x(c["salt"]), x(c["info"]), c["length"]) == x(c["out"]))
    for c in v["wrap"]:
        check("wrap", lambda: unwrap(x(c["ikm"]), x(c["info"]), x(c["aad"]), x(c["wrapped"])) == x(c["plaintext"]))
        check("wrap aad", lambda: refused(lambda: unwrap(x(c["ikm"]), x(c["info"]), b"", x(c["wrapped"]))))
    for c in v["padme"]:
        check(f"padme {c['length']}", lambda: padme(c["length"]) == c["padded"])
    for text in v["jcs"]:
        check("jcs", lambda: write_jcs(read_jcs(x(text))) == x(text))
    for text in v["jcsRefused"]:
        check(f"jcs refused {text!r}", lambda: refused(lambda: read_jcs(text.encode("utf-8"))))
    check("safety words", lambda: safety_digits(v["safetyWords"]) == v["safetyWords"]["digits"].replace(" ", ""))


def make_id(now_ms: int, random: bytes) -> str:
    raw = bytearray(now_ms.to_bytes(6, "big") + random)
    raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
    return b64u(bytes(raw))


def safety_digits(v) -> str:
    subject = ctx("words", x(v["account"]), x(v["ownerKey"]), sha256(v["recipient"].encode("ascii")))
    bits = hashlib.pbkdf2_hmac("sha512", subject, b"afterkeep/v1/words", 2**18, 11)
    return str(int.from_bytes(bits, "big")).zfill(27)


def check_statements(v) -> None:
    key = x(v["publicKey"])
    check("thumb", lambda: b64u(thumb(key)) == v["thumb"])
    check("statement id", lambda: read_statement(v["jws"], v["kind"], key)[1] == x(v["id"]))
    check("statement payload", lambda: read_statement(v["jws"], v["kind"], key)[0] == json.loads(v["payload"]))
    for case in v["refused"]:
        check(f"statement refused: {case['why']}", lambda: refused(lambda: read_statement(case["jws"], v["kind"], key)))


def check_chain(v) -> None:
    keys = {who: unb64u(key) for who, key in v["publicKeys"].items()}
    prev = b64u(bytes(32))
    for seq, one in enumerate(v["chain"]):
        body, found = read_statement(one["jws"], one["kind"], keys["owner"])
        check(f"chain id {seq}", lambda: b64u(found) == one["id"])
        check(f"chain place {seq}", lambda: (body["seq"], body["prev"]) == (seq, prev))
        check(f"chain audience {seq}", lambda: (body["aud"], body["account"]) == (v["keyholder"], v["account"]))
        prev = one["id"]
    check("keyholder thumb", lambda: b64u(thumb(keys["keyholder"])) == v["keyholder"])
    check("head", lambda: v["head"] == {"seq": len(v["chain"]) - 1, "id": prev})
    sign, answer = v["checkIn"], v["receipt"]
    check("check-in id", lambda: b64u(read_statement(sign["jws"], "checkin", keys["device"])[1]) == sign["id"])
    said = read_statement(answer["jws"], "receipt", keys["keyholder"])[0]
    check("receipt echo", lambda: (said["statement"], said["nonce"]) == (sign["id"], sign["nonce"]))
    check("receipt head", lambda: said["head"] == v["head"])
    check("receipt policy", lambda: said["rows"][0]["policyHash"] == v["chain"][3]["id"])
    check("receipt earliest", lambda: said["rows"][0]["earliest"]["silence"] == said["at"] + said["rows"][0]["left"])
    job = v["delegate"]
    body, found = read_statement(job["jws"], "delegate", keys["owner"])
    check("delegate id", lambda: b64u(found) == job["id"] == job["head"]["id"])
    check("delegate place", lambda: (body["seq"], body["prev"]) == (len(v["chain"]), v["head"]["id"]))
    check("delegate key", lambda: unb64u(body["key"]) == keys["job"])
    signed, found = read_statement(job["checkIn"]["jws"], "checkin", keys["job"])
    check("delegate's check-in", lambda: (b64u(found), signed["deviceKey"]) == (job["checkIn"]["id"], body["key"]))
    check("delegate's answers", lambda: signed["answers"] == [])
    weak = read_statement(job["receipt"]["jws"], "receipt", keys["keyholder"])[0]
    check("weak receipt echo", lambda: (weak["statement"], weak["head"]) == (job["checkIn"]["id"], job["head"]))
    check("weak receipt", lambda: [one["b"] for one in weak["weak"]["rows"]] == [one["b"] for one in weak["rows"]])
    armed, found = read_statement(v["kit"]["jws"], "policy", keys["owner"])
    check("kit arming id", lambda: b64u(found) == v["kit"]["id"])
    check("kit signature", lambda: is_signed_by_kit(v["kit"]["jws"], armed, keys["revocation"]))
    for case in v["kit"]["refused"]:
        body = read_statement(case["jws"], "policy", keys["owner"])[0]
        check(f"kit refused {case['why']}", lambda: refused_or_false(case["jws"], body, keys["revocation"]))
    token = v["token"]
    token_id = ctx("token", unb64u(v["account"]), sha256(unb64u(token["token"])), unb64u(token["nonce"]))
    check("token check-in id", lambda: b64u(sha256(token_id)) == token["id"])
    said = v["attested"]
    event_id = ctx("attested", unb64u(v["account"]), unb64u(said["event"]))
    check("attested sign id", lambda: b64u(sha256(event_id)) == said["id"])


def is_signed_by_kit(jws: str, body, kit_key: bytes) -> bool:
    header, alone = jws.split(".")[0], {name: value for name, value in body.items() if name != "kit"}
    unsigned = sha256(f"afterkeep/v1/stmt\x00{header}.{b64u(write_jcs(alone))}".encode("ascii"))
    return verify(unb64u(body["kit"]), ctx("kit-arming", unsigned), kit_key)


def refused_or_false(jws: str, body, kit_key: bytes) -> bool:
    try:
        return not is_signed_by_kit(jws, body, kit_key)
    except Exception:
        return True


def check_keys(v) -> None:
    account, root_key, slot, ring = x(v["account"]), x(v["rootKey"]), v["slot"], v["keyring"]
    place = ctx("slot", account, slot["kind"], x(slot["slotId"]), slot["epoch"])
    check("slot", lambda: unwrap(x(slot["secret"]), place, place, x(slot["wrapped"])) == root_key)
    context = ctx("keyring", account, ring["version"])
    content = {
        "ageIdentity": ring["ageIdentity"],
        "ageRecipient": ring["ageRecipient"],
        "mlsSeed": b64u(x(ring["mlsSeed"])),
        "ownerSeed": b64u(x(ring["ownerSeed"])),
        "version": ring["version"],
    }
    check("keyring", lambda: unwrap(root_key, context, context, x(ring["wrapped"])) == write_jcs(content))
    check("keyring hash", lambda: sha256(x(ring["wrapped"])) == x(ring["hash"]))
    check("prf input", lambda: sha256(ctx("prf")) == x(v["passkeyPrfInput"]["owner"]))
    check("prf input of recipients", lambda: sha256(ctx("prf-recipient")) == x(v["passkeyPrfInput"]["recipient"]))
    kit = v["kit"]
    mark = sha256(ctx("kit-check", account, x(kit["secret"]), unb64u(kit["keyholder"]))).hex()[:10]
    check("kit check", lambda: f"Check: {mark[:5]}-{mark[5:]}\n" in kit["text"])


def check_document(v) -> None:
    file, key, account = (folder / "sealed-document.age").read_bytes(), x(v["fileKey"]), x(v["account"])
    doc, ver = x(v["docId"]), x(v["verId"])
    stanzas, plain = read_file(file, key)
    payload = file[v["headerLength"] :]
    check("stanzas", lambda: len(stanzas) == v["stanzas"] and {s[0][0] for s in stanzas} == {"mlkem768x25519"})
    check("plaintext", lambda: plain == bytes(i * 7 % 251 for i in range(v["plaintextLength"])))
    check("a changed header", lambda: refused(lambda: read_file(file.replace(b"-> m", b"-> n", 1), key)))
    check("a cut payload", lambda: refused(lambda: read_file(file[:-1], key)))
    check("payload length", lambda: len(payload) == v["payloadLen"] == v["metadata"]["payloadLen"])
    leaves = merkle.payload_leaves(payload)
    check("leaf list", lambda: b"".join(leaves) == x(v["leafList"]))
    check("payload root", lambda: merkle.root(leaves) == x(v["payloadRoot"]))
    check("object", lambda: padme(len(payload) + 32 * len(leaves)) == v["objectLen"])
    check("fkCommit", lambda: kdf(key, ver, ctx("fk", doc), 32) == x(v["fkCommit"]))
    place, record = ctx("meta", account, doc, ver, v["rev"]), x(v["metadataRecord"])
    check("metadata", lambda: read_jcs(unpad(unwrap(key, place, place, record))) == v["metadata"])
    check("metaHash", lambda: sha256(record) == x(v["metaHash"]))
    manifest = x(v["manifestFile"])
    check("manifestHash", lambda: sha256(ctx("manifest", manifest)) == x(v["manifestHash"]))
    body = read_jcs(read_file(manifest, x(v["manifestFileKey"]))[1])
    entry = {
        "docId": b64u(doc),
        "fkCommit": b64u(x(v["fkCommit"])),
        "metaHash": b64u(x(v["metaHash"])),
        "payloadLen": len(payload),
        "payloadRoot": b64u(merkle.root(leaves)),
        "verId": b64u(ver),
    }
    vault = {"account": b64u(account), "b": b64u(bytes(16)), "g": 0, "mseq": 1, "prev": "", "entries": [entry], "message": ""}
    check("manifest", lambda: body == vault)


def check_vault(v) -> None:
    """The object of each version, byte by byte; specs/reader opens the same files the way a stranger would."""
    for one in v["versions"]:
        file = (folder / "vault" / f"{one['docId']}.{one['verId']}.object").read_bytes()
        key, nonce, total = x(one["fileKey"]), x(one["nonce"]), one["payloadLen"]
        check("object hash", lambda: sha256(file) == x(one["objectHash"]))
        check("payload nonce", lambda: file[:16] == nonce)
        check("payload", lambda: sha256(read_payload(file[:total], key)) == x(one["plaintextHash"]))
        behind = total + 32 * len(merkle.payload_leaves(file[:total]))
        padding = behind + one["thumbnailLen"]
        check("leaf list", lambda: file[total:behind] == b"".join(merkle.payload_leaves(file[:total])))
        place = ctx("thumbnail", unb64u(v["account"]), unb64u(one["docId"]), unb64u(one["verId"]))
        image = lambda: unpad(unwrap(key, place, place, file[behind:padding]))
        check("thumbnail", lambda: image() == x(one["thumbnail"]) if one["thumbnailLen"] else one["thumbnail"] == "")
        check("object length", lambda: len(file) == padme(padding) == one["objectLen"])
        zeros = seal_aead(kdf(key, nonce, ctx("padding"), 32), bytes(12), b"", bytes(65536))
        check("padding", lambda: file[padding:] == zeros[: one["paddingLen"]])


def check_parts(v) -> None:
    check("part length", lambda: v["partLength"] == 2**23)
    for c in v["objects"]:
        object = bytes(i * 7 % 251 for i in range(251)) * (c["length"] // 251 + 1)
        cuts = range(0, c["length"], 2**23)
        hashes = [sha256(object[at : min(at + 2**23, c["length"])]) for at in cuts]
        check("parts", lambda: hashes == [x(hash) for hash in c["parts"]])
        check("objectDigest", lambda: sha256(b"".join(hashes)) == x(c["objectDigest"]))


def check_gate(v) -> None:
    account, b, r, g, share = x(v["account"]), x(v["b"]), x(v["r"]), v["g"], x(v["share"])
    bequest = ctx("bequest", account, b, g, r, sha256(v["recipient"].encode("ascii")))
    check("B", lambda: bequest == x(v["bequest"]) and len(bequest) == 128)
    path = ctx("path", bequest, v["pathId"], bytes([v["mask"]]))
    check("path", lambda: unwrap(b"\x01" + share + b"\x00\x00", path, path, x(v["path"])) == x(v["gateKey"]))
    outer = ctx("outer", bequest)
    check("outer", lambda: unwrap(x(v["gateKey"]), outer, outer, x(v["outer"])) == x(v["inner"]))
    content = {"bequest": b64u(bequest), "identity": v["bequestIdentity"], "owner": b64u(x(v["ownerThumb"]))}
    check("inner", lambda: read_file(x(v["inner"]), x(v["innerFileKey"]))[1] == write_jcs(content))
    check("shareCommit", lambda: sha256(ctx("share", bequest, share)) == x(v["shareCommit"]))
    check("H(outer)", lambda: sha256(x(v["outer"])) == x(v["outerHash"]))
    check("H(W)", lambda: sha256(x(v["path"])) == x(v["pathHash"]))
    contact = ctx("contact", account, r, x(v["contact"]["salt"]), v["contact"]["address"].encode("utf-8"))
    check("contact", lambda: sha256(contact) == x(v["contact"]["commit"]))
    shared = {"bequest": b64u(bequest)}
    decided = {**shared, "decisionId": b64u(x(v["decisionId"]))}
    names = ("manifestHash", "policyHash", "outerHash")
    bodies = {
        "deposit": {**shared, "owner": b64u(x(v["ownerThumb"])), "share": b64u(share)},
        "challenge": {**decided, "nonce": b64u(x(v["nonce"]))},
        "grant": {**decided, "share": b64u(share), **{name: b64u(x(v[name])) for name in names}},
    }
    for name, body in bodies.items():
        check(name, lambda: read_file(x(v[name]["file"]), x(v[name]["fileKey"]))[1] == write_jcs(body))


def check_merkle(v) -> None:
    leaves = [merkle.leaf_hash(leaf["data"].encode()) for leaf in v["leaves"]]
    check("leaves", lambda: [hash.hex() for hash in leaves] == [leaf["hash"] for leaf in v["leaves"]])
    for c in v["roots"]:
        check(f"root of {c['size']}", lambda: merkle.root(leaves[: c["size"]]) == x(c["root"]))
    for c in v["inclusion"]:
        check("inclusion", lambda: [h.hex() for h in merkle.path(c["index"], leaves[: c["size"]])] == c["proof"])
    for c in v["consistency"]:
        check("consistency", lambda: [h.hex() for h in merkle.consistency(c["old"], leaves[: c["new"]])] == c["proof"])
    for c in v["slices"]:
        payload = bytes(i * 7 % 251 for i in range(251)) * (c["payloadLen"] // 251 + 1)
        check("slices", lambda: merkle.root(merkle.payload_leaves(payload[: c["payloadLen"]])) == x(c["payloadRoot"]))
    check("checkpoint", lambda: is_checkpoint(v["checkpoint"], merkle.root(leaves), len(leaves)))


def is_checkpoint(v, root: bytes, size: int) -> bool:
    name, hash, key = v["verifierKey"].split("+", 2)
    key = base64.b64decode(key)
    text, line = v["note"].split("\n\n")
    signature = base64.b64decode(line.split(" ")[2])
    own = sha256(name.encode() + b"\n" + key)[:4]
    is_head = text == f"{name}\n{size}\n{base64.b64encode(root).decode()}"
    return is_head and own.hex() == hash and signature[:4] == own and verify(signature[4:], (text + "\n").encode(), key[1:])


def check_audit_log(v) -> None:
    for c in v["leaves"]:
        check("audit leaf", lambda: write_jcs({**c["entry"], "v": 1, "id": c["id"]}) == x(c["leaf"]))
        check("audit leaf hash", lambda: merkle.leaf_hash(x(c["leaf"])) == x(c["leafHash"]))


for name, part in {
    "encodings": check_encodings,
    "statements": check_statements,
    "account-chain": check_chain,
    "keys": check_keys,
    "sealed-document": check_document,
    "vault": check_vault,
    "object-parts": check_parts,
    "release-gate": check_gate,
    "merkle": check_merkle,
    "audit-log": check_audit_log,
}.items():
    check(f"{name}: read to its end", lambda: (part(load(name)), True)[1])
print(f"{checks['right']} right, {checks['wrong']} differ")
sys.exit(0 if checks["wrong"] == 0 else 1)
