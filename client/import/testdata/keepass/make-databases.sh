#!/bin/sh
# Makes the KeePass databases of this folder with the real KeePassXC (made with keepassxc-cli 2.7.4, Debian 12) and Node 24.
# make-seed.mjs only chooses cipher and key derivation; KeePassXC then opens, changes and saves each database itself, all but salsa20.kdbx,
# which it reads and would save otherwise. Every name and password in them is invented.
set -eu
cd "$(dirname "$0")"
pass='correct horse ümläut'
cli() { command=$1; shift; keepassxc-cli "$command" -q "$@"; }
seed() { node make-seed.mjs "$@" <household.xml; }

rm -f ./*.kdbx written.keyx

# ChaCha20 and Argon2id, with an attachment, an earlier version of an entry, and something in the recycle bin.
seed full.kdbx chacha20 argon2id:1024:2:2 chacha20 "$pass"
printf '%s\n' "$pass" | cli attachment-import full.kdbx '/Example Mail' 'policy.txt' policy.txt
printf '%s\n' "$pass" | cli edit --url https://mail.example.org/sign-in full.kdbx '/Example Mail'
printf '%s\n%s\n' "$pass" 'thrown-away' | cli add -p -u bob full.kdbx '/Old shop'
printf '%s\n' "$pass" | cli rm full.kdbx '/Old shop'

# What KeePass and KeePassXC choose by themselves: AES and Argon2d with 64 MiB.
seed argon2d.kdbx aes argon2d:65536:10:2 chacha20 "$pass"
printf '%s\n' "$pass" | cli mkdir argon2d.kdbx '/Saved by KeePassXC'

# AES-KDF, with passphrase and a key file that is any file.
seed key-file.kdbx aes aes:6000 chacha20 "$pass" policy.txt
printf '%s\n' "$pass" | cli mkdir -k policy.txt key-file.kdbx '/Saved by KeePassXC'

# A key file alone, of the XML form that KeePassXC writes.
seed key-alone.kdbx aes aes:6000 chacha20 "$pass"
printf '%s\n' "$pass" | cli mkdir key-alone.kdbx '/Saved by KeePassXC'
printf '%s\n' "$pass" | cli db-edit --set-key-file written.keyx --unset-password key-alone.kdbx

# The inner stream of older programs.
seed salsa20.kdbx aes aes:6000 salsa20 "$pass"
printf '%s\n' "$pass" | cli ls salsa20.kdbx >/dev/null

# KDBX 3.1, which is refused.
printf '%s\n%s\n' "$pass" "$pass" | cli import -p household.xml version3.kdbx
