#!/usr/bin/env python3
"""Writes household.1pux with Python's own zipfile, in the form that support.1password.com/1pux-format documents.

Everything in it is invented. Usage: python3 make-export.py
"""
import json, pathlib, zipfile

here = pathlib.Path(__file__).parent


def field(title, value, id="x", multiline=False):
    traits = {"keyboard": "default", "correction": "default", "capitalization": "default"}
    return {"title": title, "id": id, "value": value, "guarded": False, "multiline": multiline, "inputTraits": traits}


def item(category, title, state="active", url="", urls=None, tags=None, **details):
    base = {"loginFields": [], "notesPlain": "", "sections": [], "passwordHistory": []}
    return {
        "uuid": title.lower().replace(" ", "-"),
        "favIndex": 0,
        "createdAt": 1600000000,
        "updatedAt": 1700000000,
        "state": state,
        "categoryUuid": category,
        "details": {**base, **details},
        "overview": {"subtitle": "", "title": title, "url": url, "urls": urls, "tags": tags or [], "ps": 0},
    }


def login(username, password):
    return [
        {"value": password, "id": "", "name": "password", "fieldType": "P", "designation": "password"},
        {"value": username, "id": "", "name": "username", "fieldType": "T", "designation": "username"},
    ]


def section(*fields):
    return [{"title": "", "name": "add more", "fields": list(fields)}]


def document(file_name, id, size):
    return {"fileName": file_name, "documentId": id, "decryptedSize": size}


deed = b"Invented deed of the house.\n"
photo = bytes(range(256))
private = [
    item(
        "001",
        "Example Mail",
        url="https://mail.example.org",
        urls=[{"label": "website", "url": "https://mail.example.org"}, {"label": "help", "url": "https://help.example.org"}],
        tags=["mail", "home/shared"],
        loginFields=login("ada@example.org", "pässwörd 🔑"),
        notesPlain="Recovery address is Grace's.",
        passwordHistory=[{"value": "older-invented", "time": 1500000000}],
        sections=section(
            field("one-time password", {"totp": "otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP"}, "TOTP_1"),
            field("recovery codes", {"concealed": "1111-2222"}),
            field("recovery mail", {"email": {"email_address": "grace@example.org", "provider": None}}),
            field("since", {"date": 1325419200}),
            field("linked", {"reference": "another-item"}),
            field("scan", {"file": document("scan.bin", "doc2", len(photo))}),
            field("empty", {"string": ""}),
        ),
    ),
    item(
        "002",
        "Debit card",
        sections=section(
            field("cardholder name", {"string": "Ada Example"}, "cardholder"),
            field("number", {"creditCardNumber": "4111111111111111"}, "ccnum"),
            field("expiry date", {"monthYear": 203104}, "expiry"),
        ),
    ),
    item("003", "Where things are", notesPlain="The key is with Grace.", tags=["family"]),
    item(
        "004",
        "Ada",
        sections=section(
            field("first name", {"string": "Ada"}, "firstname"),
            field("address", {"address": {"street": "1 Invented Street", "city": "Exampleton", "country": "de", "zip": "12345", "state": ""}}),
            field("born", {"date": 318340800}, "birthdate"),
        ),
    ),
    item("005", "Bicycle lock", password="2580"),
    item("006", "Deed of the house", documentAttributes=document("deed.txt", "doc1", len(deed))),
    item("001", "Old shop", state="archived", loginFields=login("ada", "archived-password")),
    {**item("001", "Thrown away", loginFields=login("x", "thrown-away")), "trashed": True},
    item(
        "114",
        "Server key",
        sections=section(
            field("private key", {"sshKey": {"privateKey": "short", "metadata": {"privateKey": "invented private key", "publicKey": "", "fingerprint": "", "keyType": "ed25519"}}})
        ),
    ),
]
data = {
    "accounts": [
        {
            "attrs": {"accountName": "Ada", "name": "Ada", "avatar": "", "email": "ada@example.org", "uuid": "A", "domain": "https://my.1password.com/"},
            "vaults": [
                {"attrs": {"uuid": "V1", "desc": "", "avatar": "", "name": "Private", "type": "P"}, "items": private},
                {
                    "attrs": {"uuid": "V2", "desc": "", "avatar": "", "name": "Family/Shared", "type": "U"},
                    "items": [item("101", "Giro account", sections=section(field("IBAN", {"string": "DE00 0000"}, "iban")))],
                },
            ],
        }
    ]
}
attributes = {"version": 3, "description": "1Password Unencrypted Export", "createdAt": 1700000000}
with zipfile.ZipFile(here / "household.1pux", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("files/", b"")
    archive.writestr("files/doc1__deed.txt", deed)
    archive.writestr("files/doc2__scan.bin", photo)
    archive.writestr("export.attributes", json.dumps(attributes))
    archive.writestr("export.data", json.dumps(data))
