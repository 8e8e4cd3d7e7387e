"""ML-KEM-768 (FIPS 203): the key pair of a seed, and decapsulation. Not in constant time."""

from hashlib import sha3_256, sha3_512, shake_128, shake_256

Q, N, K, DU, DV = 3329, 256, 3, 10, 4
_reversed = [int(f"{i:07b}"[::-1], 2) for i in range(128)]
ZETAS = [pow(17, i, Q) for i in _reversed]
GAMMAS = [pow(17, 2 * i + 1, Q) for i in _reversed]


def encode(poly, bits: int) -> bytes:
    return sum(value << bits * i for i, value in enumerate(poly)).to_bytes(32 * bits, "little")


def decode(data: bytes, bits: int):
    """The polynomials in data, each 32·bits bytes."""
    size = 32 * bits
    whole = [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]
    return [[number >> bits * i & (1 << bits) - 1 for i in range(N)] for number in whole]


def compress(poly, bits: int):
    return [((value << bits) + Q // 2) // Q & (1 << bits) - 1 for value in poly]


def decompress(poly, bits: int):
    return [value * Q + (1 << bits - 1) >> bits for value in poly]


def ntt(poly):
    f, i, size = poly[:], 1, 128
    while size >= 2:
        for start in range(0, N, 2 * size):
            for j in range(start, start + size):
                t = ZETAS[i] * f[j + size]
                f[j], f[j + size] = (f[j] + t) % Q, (f[j] - t) % Q
            i += 1
        size //= 2
    return f


def inverse_ntt(poly):
    f, i, size = poly[:], 127, 2
    while size <= 128:
        for start in range(0, N, 2 * size):
            for j in range(start, start + size):
                f[j], f[j + size] = (f[j] + f[j + size]) % Q, ZETAS[i] * (f[j + size] - f[j]) % Q
            i -= 1
        size *= 2
    return [value * 3303 % Q for value in f]


def add(*polys):
    return [sum(values) % Q for values in zip(*polys)]


def times(a, b):
    """The product of two polynomials in NTT form."""
    out = []
    for i, gamma in enumerate(GAMMAS):
        a0, a1, b0, b1 = a[2 * i], a[2 * i + 1], b[2 * i], b[2 * i + 1]
        out += [(a0 * b0 + a1 * b1 * gamma) % Q, (a0 * b1 + a1 * b0) % Q]
    return out


def dot(a, b):
    return add(*(times(x, y) for x, y in zip(a, b)))


def uniform(seed: bytes):
    """SampleNTT. 1344 bytes hold 896 candidates, of which 256 are needed: too few has a chance below 2⁻⁵⁰⁰."""
    stream, out = shake_128(seed).digest(1344), []
    for a, b, c in zip(stream[::3], stream[1::3], stream[2::3]):
        out += [value for value in (a | (b & 15) << 8, b >> 4 | c << 4) if value < Q]
    return out[:N]


def noise(seed: bytes, index: int):
    """SamplePolyCBD with η = 2."""
    bits = int.from_bytes(shake_256(seed + bytes([index])).digest(128), "little")
    bit = lambda at: bits >> at & 1
    return [(bit(4 * i) + bit(4 * i + 1) - bit(4 * i + 2) - bit(4 * i + 3)) % Q for i in range(N)]


def matrix(rho: bytes):
    return [[uniform(rho + bytes([column, row])) for column in range(K)] for row in range(K)]


def key_pair(seed: bytes):
    """seed = d ‖ z (64). Returns (s in NTT form, encapsulation key, z)."""
    expanded = sha3_512(seed[:32] + bytes([K])).digest()
    rho, sigma = expanded[:32], expanded[32:]
    s = [ntt(noise(sigma, i)) for i in range(K)]
    e = [ntt(noise(sigma, K + i)) for i in range(K)]
    t = [add(dot(row, s), e[i]) for i, row in enumerate(matrix(rho))]
    return s, b"".join(encode(poly, 12) for poly in t) + rho, seed[32:]


def encrypt(public: bytes, message: bytes, coins: bytes) -> bytes:
    t, a = decode(public[:-32], 12), matrix(public[-32:])
    y = [ntt(noise(coins, i)) for i in range(K)]
    u = [add(inverse_ntt(dot([row[i] for row in a], y)), noise(coins, K + i)) for i in range(K)]
    v = add(inverse_ntt(dot(t, y)), noise(coins, 2 * K), decompress(decode(message, 1)[0], 1))
    return b"".join(encode(compress(poly, DU), DU) for poly in u) + encode(compress(v, DV), DV)


def decapsulate(pair, ciphertext: bytes) -> bytes:
    """The 32-byte shared secret; another ciphertext than encrypt makes yields an unrelated one (implicit rejection)."""
    s, public, z = pair
    u = [ntt(decompress(poly, DU)) for poly in decode(ciphertext[: 32 * DU * K], DU)]
    v = decompress(decode(ciphertext[32 * DU * K :], DV)[0], DV)
    w = [(a - b) % Q for a, b in zip(v, inverse_ntt(dot(s, u)))]
    message = encode(compress(w, 1), 1)
    derived = sha3_512(message + sha3_256(public).digest()).digest()
    is_honest = encrypt(public, message, derived[32:]) == ciphertext
    return derived[:32] if is_honest else shake_256(z + ciphertext).digest(32)
