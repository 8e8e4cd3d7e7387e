import type { AgeIdentity } from "@afterkeep/formats";
import { savedPath, type StoredDocument, type VerifiedRow } from "@afterkeep/sealing";

export function bequestKeyText(identity: AgeIdentity): string {
  return `# Afterkeep: opens every .age file of this folder but identity.age and this one.\n${identity}\n`;
}

/** One line a document: the file, a tab, the folder and name that it had. */
export function namesText(documents: readonly VerifiedRow<StoredDocument>[]): string {
  const lines = documents.map(({ row, opened: { metadata } }) => {
    const { folder, name } = metadata;
    const full = folder === "" ? name : `${folder}/${name}`;
    return `${savedPath(row)}\t${full.replaceAll(/\p{Cc}/gu, "_")}\n`;
  });
  return lines.join("");
}

/** For whoever finds the folder, perhaps in thirty years. */
export function readMeText({ hasPassphrase }: { hasPassphrase: boolean }): string {
  return `WHAT THIS IS

Somebody left documents to you. They are in this folder, encrypted, together with
everything that is needed to open them. No internet, no account and no program of
ours is needed. Keep the folder together, and keep a second copy somewhere else.


HOW TO OPEN IT

1. Copy the whole folder to a computer.
2. Open the file  open.html  with a web browser (Firefox, Chrome, Edge, Safari).
   You may disconnect from the internet first: the page never connects to anything.
3. The page asks for this folder, then for your key. Your key is one of these:
${
  hasPassphrase
    ? `
   - the passphrase that you chose when you saved this folder;`
    : ""
}
   - the key file that you saved when you accepted the invitation
     (afterkeep-key.txt, it holds a line that begins with AGE-SECRET-KEY-PQ-1);
   - the 24 words of that key.

   Nobody else has your key, and nobody can make it again.
4. The page shows eight words. They are the ones that you and the person who left
   this read to each other. If they are different, do not believe what it shows.


WITHOUT A BROWSER

Every file here that ends in .age is in a public format: age, see
https://age-encryption.org and https://c2sp.org/age. Any age program of version 1.3
or later opens them (older ones do not know this kind of key). With your key file
beside this folder:

    age -d -i afterkeep-key.txt -o bequest.key key.age
    age -d -i bequest.key names.age
    age -d -i bequest.key -o SOMETHING.pdf documents/SOMETHING.age
${
  hasPassphrase
    ? `
identity.age is your key file, under your passphrase:

    age -d -o afterkeep-key.txt identity.age
`
    : ""
}
The second command prints which file is which. If there is a message.age, it holds
the words that were left for you. Delete bequest.key when you are done.

The age program decrypts. It does not prove who wrote a document, nor that it is the
newest: open.html does, from the signatures in release.json.
`;
}
