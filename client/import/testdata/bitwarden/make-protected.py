#!/usr/bin/env python3
"""Protects household.json as Bitwarden does, with Python's standard library, openssl, and Node's OpenSSL for Argon2id.

Written after bitwarden/clients (BaseVaultExportService.buildPasswordExport), not after the reader under test.
Usage: python3 make-protected.py   (writes pbkdf2.json and argon2id.json)
"""
import base64, hashlib, hmac, json, os, pathlib, subprocess, uuid

here = pathlib.Path(__file__).parent
passphrase = "export pässphrase".encode()


def expand(key, info):
    """The first block of HKDF-Expand with SHA-256."""
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()


def enc_string(master, text):
    iv = os.urandom(16)
    command = ["openssl", "enc", "-aes-256-cbc", "-K", expand(master, b"enc").hex(), "-iv", iv.hex()]
    ciphertext = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    mac = hmac.new(expand(master, b"mac"), iv + ciphertext, hashlib.sha256).digest()
    return "2." + "|".join(base64.b64encode(part).decode() for part in (iv, ciphertext, mac))


def protect(name, master, parameters, salt):
    file = {
        "encrypted": True,
        "passwordProtected": True,
        "salt": salt,
        **parameters,
        "encKeyValidation_DO_NOT_EDIT": enc_string(master, str(uuid.uuid4())),
        "data": enc_string(master, (here / "household.json").read_text()),
    }
    (here / name).write_text(json.dumps(file, indent=2) + "\n")


salt = base64.b64encode(os.urandom(16)).decode()
master = hashlib.pbkdf2_hmac("sha256", passphrase, salt.encode(), 5000, 32)
protect("pbkdf2.json", master, {"kdfType": 0, "kdfIterations": 5000}, salt)

program = (
    "const {argon2Sync}=require('node:crypto');const [message,nonce]=process.argv.slice(1).map(h=>Buffer.from(h,'hex'));"
    "process.stdout.write(argon2Sync('argon2id',{message,nonce,parallelism:4,tagLength:32,memory:16*1024,passes:2}))"
)
arguments = ["node", "-e", program, passphrase.hex(), hashlib.sha256(salt.encode()).hexdigest()]
master = subprocess.run(arguments, capture_output=True, check=True).stdout
parameters = {"kdfType": 1, "kdfIterations": 2, "kdfMemory": 16, "kdfParallelism": 4}
protect("argon2id.json", master, parameters, salt)
