"""The age file format (C2SP age), given the file key: header grammar, MAC, payload stream."""

import base64
import hashlib
import hmac
import re

from chacha import open_aead
from notation import kdf

MAX_HEADER = 2**20


def unb64(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if base64.b64encode(data).decode().rstrip("=") != text:
        raise ValueError("not canonical base64")
    return data


def read_header(file: bytes):
    """Returns stanzas as (arguments, body), the MAC, what it covers, and where the payload begins."""
    at, stanzas = 0, []

    def line() -> str:
        nonlocal at
        end = file.find(b"\n", at, MAX_HEADER)
        if end < 0:
            raise ValueError("the header is cut or too long")
        text, at = file[at:end].decode("ascii"), end + 1
        return text

    if line() != "age-encryption.org/v1":
        raise ValueError("version")
    text = line()
    while text.startswith("-> "):
        arguments, body = text[3:].split(" "), ""
        if not all(re.fullmatch(r"[!-~]+", argument) for argument in arguments):
            raise ValueError("stanza")
        while True:
            text = line()
            body += text
            if len(text) > 64:
                raise ValueError("stanza")
            if len(text) < 64:
                break
        stanzas.append((arguments, unb64(body)))
        text = line()
    if not text.startswith("--- ") or not stanzas:
        raise ValueError("header")
    return stanzas, unb64(text[4:]), file[: at - len(text) - 1 + 3], at


def read_file(file: bytes, file_key: bytes):
    """Returns stanzas and plaintext, or raises."""
    stanzas, mac, covered, at = read_header(file)
    if hmac.new(kdf(file_key, b"", b"header", 32), covered, hashlib.sha256).digest() != mac:
        raise ValueError("MAC")
    return stanzas, read_payload(file[at:], file_key)


def read_payload(payload: bytes, file_key: bytes) -> bytes:
    key, sealed, chunk = kdf(file_key, payload[:16], b"payload", 32), payload[16:], 65536 + 16
    count = max(1, -(-len(sealed) // chunk))
    plain = []
    for i in range(count):
        nonce = i.to_bytes(11, "big") + bytes([i == count - 1])
        plain.append(open_aead(key, nonce, b"", sealed[i * chunk : (i + 1) * chunk]))
    if count > 1 and not plain[-1]:
        raise ValueError("empty last chunk")
    return b"".join(plain)
