"""specs/encodings.md: base64url, framing, contexts, KDF, Padmé, canonical JSON."""

import base64
import hashlib
import hmac
import json


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64u(text: str) -> bytes:
    """Strict: only the one canonical spelling."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise ValueError("not canonical base64url")
    return data


def u32be(value: int) -> bytes:
    return value.to_bytes(4, "big")


def lp(data: bytes) -> bytes:
    return u32be(len(data)) + data


def ctx(label: str, *fields) -> bytes:
    """bytes stay raw, text becomes ASCII, an int becomes u32be."""
    out = lp(("afterkeep/v1/" + label).encode("ascii"))
    for field in fields:
        if isinstance(field, int):
            field = u32be(field)
        elif isinstance(field, str):
            field = field.encode("ascii")
        out += lp(field)
    return out


def kdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256, RFC 5869."""
    prk = hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()
    out, block = b"", b""
    for i in range(1, -(-length // 32) + 1):
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
    return out[:length]


def padme(length: int) -> int:
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    mask = (1 << max(0, exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def unpad(padded: bytes) -> bytes:
    end = 4 + int.from_bytes(padded[:4], "big")
    if len(padded) != max(512, padme(end)) or any(padded[end:]):
        raise ValueError("padding")
    return padded[4:end]


def write_jcs(value) -> bytes:
    return _write(value, 0).encode("utf-8")


def read_jcs(data: bytes):
    value = json.loads(data.decode("utf-8"))
    if write_jcs(value) != data:
        raise ValueError("not canonical JSON")
    return value


def _write(value, depth: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        value.encode("utf-8")  # refuses lone surrogates
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and 0 <= value < 2**53:
        return str(value)
    if depth >= 8:
        raise ValueError("too deep")
    if isinstance(value, list):
        return "[" + ",".join(_write(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict) and "__proto__" not in value:
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(_write(name, 8) + ":" + _write(value[name], depth + 1) for name in names) + "}"
    raise ValueError("not a value of the profile")
