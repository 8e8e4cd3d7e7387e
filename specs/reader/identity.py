"""age identities (C2SP age): Bech32, X25519 (RFC 7748), and the hybrid MLKEM768-X25519 with HPKE (RFC 9180)."""

import hashlib
import hmac

from age_file import read_header, unb64
from chacha import open_aead
from notation import kdf
import mlkem

P = 2**255 - 19
HYBRID, CLASSIC = "mlkem768x25519", "X25519"
PREFIXES = {"AGE-SECRET-KEY-PQ-": HYBRID, "AGE-SECRET-KEY-": CLASSIC}
LETTERS = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def parse_identity(text: str):
    """Returns the kind of stanza that the identity opens, and its 32 secret bytes."""
    prefix, _, data = text.strip().rpartition("1")
    if prefix not in PREFIXES or not all(letter in LETTERS for letter in data):
        raise ValueError("not an age identity")
    words = [LETTERS.index(letter) for letter in data]
    if checksum(prefix.lower(), words) != 1:
        raise ValueError("the identity is mistyped")
    bits = "".join(f"{word:05b}" for word in words[:-6])
    if len(bits) != 260 or "1" in bits[256:]:
        raise ValueError("not 32 bytes of identity")
    return PREFIXES[prefix], int(bits[:256], 2).to_bytes(32, "big")


def checksum(prefix: str, words) -> int:
    check = 1
    for word in [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + words:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ word
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> i & 1 else 0
    return check


def x25519(secret: bytes, point: bytes) -> bytes:
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    u = int.from_bytes(point, "little") & (1 << 255) - 1
    x2, z2, x3, z3, is_swapped = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        if is_swapped ^ (k >> t & 1):
            x2, z2, x3, z3 = x3, z3, x2, z2
        is_swapped = k >> t & 1
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    if is_swapped:
        x2, z2 = x3, z3
    out = (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")
    if not any(out):
        raise ValueError("a point of small order")
    return out


BASE = (9).to_bytes(32, "little")


def classic_key(secret: bytes):
    """How an X25519 identity finds the key and nonce of a stanza from its share."""
    public = x25519(secret, BASE)
    info = b"age-encryption.org/v1/X25519"
    return lambda share: (kdf(x25519(secret, share), share + public, info, 32), bytes(12))


def hybrid_key(secret: bytes):
    """The same for a hybrid identity: X-Wing, then the key schedule of HPKE's base mode."""
    expanded = hashlib.shake_256(secret).digest(96)
    pair, curve = mlkem.key_pair(expanded[:64]), expanded[64:]
    public = x25519(curve, BASE)

    def find(enc: bytes):
        lattice, share = enc[:1088], enc[1088:]
        shared = mlkem.decapsulate(pair, lattice) + x25519(curve, share) + share + public + rb"\.//^" + b"\\"
        return hpke_base(hashlib.sha3_256(shared).digest(), b"age-encryption.org/mlkem768x25519")

    return find


def hpke_base(shared: bytes, info: bytes):
    suite = b"HPKE" + bytes.fromhex("647a 0001 0003")  # MLKEM768-X25519, HKDF-SHA256, ChaCha20Poly1305
    mac = lambda key, data: hmac.new(key, data, hashlib.sha256).digest()
    extract = lambda salt, label, ikm: mac(salt, b"HPKE-v1" + suite + label + ikm)
    context = b"\x00" + extract(bytes(32), b"psk_id_hash", b"") + extract(bytes(32), b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    expand = lambda label, size: mac(secret, bytes([0, size]) + b"HPKE-v1" + suite + label + context + b"\x01")[:size]
    return expand(b"key", 32), expand(b"base_nonce", 12)


def open_header(file: bytes, identity: str):
    """The file key of the header at the start of file, and where the header ends."""
    kind, secret = parse_identity(identity)
    stanzas, mac, covered, end = read_header(file)
    kinds = {arguments[0] for arguments, _ in stanzas}
    if len(kinds) != 1 or not kinds <= {HYBRID, CLASSIC}:
        raise ValueError("stanzas of mixed or foreign kinds")
    if kinds != {kind}:
        raise ValueError("the document is not for this kind of identity")
    find, size = (hybrid_key(secret), 1120) if kind == HYBRID else (classic_key(secret), 32)
    for arguments, body in stanzas:
        share = unb64(arguments[1]) if len(arguments) == 2 else b""
        if len(share) != size or len(body) != 32:
            raise ValueError("stanza")
        try:
            file_key = open_aead(*find(share), b"", body)
        except ValueError:
            continue  # somebody else's, or thrown in so that their number says nothing
        if hmac.new(kdf(file_key, b"", b"header", 32), covered, hashlib.sha256).digest() != mac:
            raise ValueError("the header was changed")
        return file_key, end
    raise ValueError("the document is not for this identity")
