"""RFC 6962 trees, proofs by their recursive definition, and payload slices."""

from notation import sha256


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves) -> bytes:
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return node_hash(root(leaves[:k]), root(leaves[k:]))


def path(index: int, leaves):
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


def consistency(old: int, leaves, is_known: bool = True):
    if old == len(leaves):
        return [] if is_known else [root(leaves)]
    k = _split(len(leaves))
    if old <= k:
        return consistency(old, leaves[:k], is_known) + [root(leaves[k:])]
    return consistency(old - k, leaves[k:], False) + [root(leaves[:k])]


def payload_leaves(payload: bytes):
    return [leaf_hash(payload[at : at + 2**20]) for at in range(0, len(payload), 2**20)]
