"""ChaCha20-Poly1305 (RFC 8439), and the wraps of specs/encodings.md on top of it."""

import struct

from notation import kdf

MASK = 0xFFFFFFFF
ROUNDS = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]


def _keystream(key: bytes, nonce: bytes, counter: int, count: int) -> bytes:
    """`count` blocks at once: a word of the state is one long integer with 64 bits of room for each block."""
    lanes = lambda words: int.from_bytes(struct.pack(f"<{count}Q", *words), "little")
    ones = lanes([1] * count)
    mask = ones * MASK
    words = struct.unpack("<4L8L3L", b"expand 32-byte k" + key + nonce)
    start = [word * ones for word in words[:12]] + [lanes(range(counter, counter + count))] + [word * ones for word in words[12:]]
    x = start[:]
    for _ in range(10):
        for a, b, c, d in ROUNDS:
            for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[first] = (x[first] + x[second]) & mask
                x[third] ^= x[first]
                x[third] = ((x[third] << bits) | (x[third] >> (32 - bits))) & mask
    out = [0] * (16 * count)
    for i in range(16):
        sums = (x[i] + start[i]) & mask
        out[i::16] = struct.unpack(f"<{count}Q", sums.to_bytes(8 * count, "little"))
    return struct.pack(f"<{16 * count}L", *out)


def _stream(key: bytes, nonce: bytes, data: bytes) -> bytes:
    if not data:
        return b""
    size = len(data)
    pads = _keystream(key, nonce, 1, -(-size // 64))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(pads, "big")).to_bytes(size, "big")


def _tag(key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes) -> bytes:
    one_time = _keystream(key, nonce, 0, 1)
    r = int.from_bytes(one_time[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(one_time[16:32], "little")
    pad = lambda part: part + bytes(-len(part) % 16)
    data = pad(aad) + pad(ciphertext) + struct.pack("<QQ", len(aad), len(ciphertext))
    acc = 0
    for at in range(0, len(data), 16):
        acc = (acc + int.from_bytes(data[at : at + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((acc + s) & ((1 << 128) - 1)).to_bytes(16, "little")


def seal_aead(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
    ciphertext = _stream(key, nonce, plaintext)
    return ciphertext + _tag(key, nonce, aad, ciphertext)


def open_aead(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes:
    ciphertext, tag = sealed[:-16], sealed[-16:]
    if len(sealed) < 16 or _tag(key, nonce, aad, ciphertext) != tag:
        raise ValueError("tag")
    return _stream(key, nonce, ciphertext)


def unwrap(ikm: bytes, info: bytes, aad: bytes, wrapped: bytes) -> bytes:
    """salt 32, commit 32, ciphertext, tag 16; the commitment is compared first."""
    derived = kdf(ikm, wrapped[:32], info, 64)
    if derived[32:] != wrapped[32:64]:
        raise ValueError("commitment")
    return open_aead(derived[:32], bytes(12), aad, wrapped[64:])
