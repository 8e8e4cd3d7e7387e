"""One version of a document against its entry in a manifest (specs/sealed-document.md §3, §5, §8)."""

from chacha import open_aead, unwrap
from identity import open_header
from manifest import expect, expect_fields, is_count
from merkle import leaf_hash, root
from notation import ctx, kdf, read_jcs, sha256, unb64u, unpad

SLICE, CHUNK, SEALED_CHUNK = 2**20, 65536, 65536 + 16
KINDS = ("file", "note", "record")
TEXTS = {"name": 1024, "folder": 4096, "mediaType": 256}
COUNTS = ("size", "payloadLen", "createdMs", "modifiedMs", "currentMs", "thumbnailLen")
MAX_THUMBNAIL = 57344


class Version:
    """An opened header and metadata. `path` is the folder of the stored parts; all of them are untrusted."""

    def __init__(self, path, account: str, entry, identity: str):
        self.path, self.entry = path, entry
        self.name = f"{entry['docId']}.{entry['verId']}"
        self.account, self.doc, self.ver = unb64u(account), unb64u(entry["docId"]), unb64u(entry["verId"])
        header = (path / f"{self.name}.header").read_bytes()
        self.file_key, end = open_header(header, identity)
        expect(end == len(header), "the header does not end")
        commit = kdf(self.file_key, self.ver, ctx("fk", self.doc), 32)
        expect(commit == unb64u(entry["fkCommit"]), "the header has another file key than the owner signed")
        self.metadata = self.open_metadata()

    def open_metadata(self):
        rev, record = self.find_record()
        place = ctx("meta", self.account, self.doc, self.ver, rev)
        metadata = read_jcs(unpad(unwrap(self.file_key, place, place, record)))
        expect_metadata(metadata)
        expect(metadata["payloadLen"] == self.entry["payloadLen"], "the metadata are of another payload")
        return metadata

    def find_record(self):
        """The metadata record that the entry names, and its revision. A store may offer several."""
        for file in sorted(self.path.glob(f"{self.name}.*.metadata")):
            record = file.read_bytes()
            if sha256(record) == unb64u(self.entry["metaHash"]):
                return int(file.name.split(".")[2]), record
        raise ValueError("the metadata are not those that the owner signed")

    def plaintext(self):
        """Yields the plaintext. It is whole only when this ends without an exception."""
        with open(self.path / f"{self.name}.object", "rb") as object:
            yield from open_chunks(self.file_key, verified_slices(object, self.entry))

    def thumbnail(self) -> bytes:
        """The image, empty for none."""
        length, total = self.metadata["thumbnailLen"], self.entry["payloadLen"]
        if length == 0:
            return b""
        with open(self.path / f"{self.name}.object", "rb") as object:
            object.seek(total + 32 * -(-total // SLICE))
            record = object.read(length)
        expect(sha256(record) == unb64u(self.metadata["thumbnailHash"]), "the thumbnail was changed")
        place = ctx("thumbnail", self.account, self.doc, self.ver)
        return unpad(unwrap(self.file_key, place, place, record))


def expect_metadata(metadata) -> None:
    expect_fields(metadata, {"kind", "thumbnailHash", *TEXTS, *COUNTS})
    expect(metadata["kind"] in KINDS and all(is_count(metadata[name]) for name in COUNTS), "metadata")
    for name, longest in TEXTS.items():
        expect(isinstance(metadata[name], str) and len(metadata[name].encode()) <= longest, f"the {name} is too long")
    size, thumbnail = metadata["size"], metadata["thumbnailLen"]
    expect(metadata["payloadLen"] == 16 + size + 16 * max(1, -(-size // CHUNK)), "size and payloadLen do not fit")
    expect(thumbnail <= MAX_THUMBNAIL and (thumbnail == 0) == (metadata["thumbnailHash"] == ""), "thumbnail")


def verified_slices(object, entry):
    """The payload, each slice compared with its leaf and the leaves with the signed root before a byte is given out."""
    total = entry["payloadLen"]
    count = -(-total // SLICE)
    object.seek(total)
    leaf_list = object.read(32 * count)
    leaves = [leaf_list[at : at + 32] for at in range(0, len(leaf_list), 32)]
    expect(len(leaf_list) == 32 * count and root(leaves) == unb64u(entry["payloadRoot"]), "the leaf list was changed")
    object.seek(0)
    for index, leaf in enumerate(leaves):
        slice = object.read(min(SLICE, total - index * SLICE))
        expect(leaf_hash(slice) == leaf, f"slice {index} was changed")
        yield slice


def open_chunks(file_key: bytes, slices):
    """age's STREAM over pieces of any length. A full chunk is held back until more follows: the last one is marked.

    An empty last chunk after others cannot be: the length of the payload was compared with the size.
    """
    held, index, key = b"", 0, b""
    open_chunk = lambda is_last: open_aead(key, index.to_bytes(11, "big") + bytes([is_last]), b"", held[:SEALED_CHUNK])
    for piece in slices:
        held += piece
        if not key:
            key, held = kdf(file_key, held[:16], b"payload", 32), held[16:]
        while len(held) > SEALED_CHUNK:
            yield open_chunk(False)
            held, index = held[SEALED_CHUNK:], index + 1
    yield open_chunk(True)
