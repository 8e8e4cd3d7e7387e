"""specs/encodings.md, Statements: a compact JWS with one header that is right."""

from ed25519 import verify
from notation import b64u, read_jcs, sha256, unb64u, write_jcs


def thumb(public_key: bytes) -> bytes:
    return sha256(('{"crv":"Ed25519","kty":"OKP","x":"%s"}' % b64u(public_key)).encode())


def read_statement(jws: str, kind: str, public_key: bytes):
    """Returns the body and the statement id, or raises."""
    header, body, signature = jws.split(".")
    expected = {"alg": "Ed25519", "kid": b64u(thumb(public_key)), "typ": f"ak1-{kind}+jws"}
    signed = f"{header}.{body}".encode("ascii")
    if unb64u(header) != write_jcs(expected) or not verify(unb64u(signature), signed, public_key):
        raise ValueError("statement")
    return read_jcs(unb64u(body)), sha256(b"afterkeep/v1/stmt\x00" + signed)
