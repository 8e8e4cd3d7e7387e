import type { Bytes } from "@afterkeep/bytes";
import { assembleModule, type Code, countDown, type Func, get, i32, seq, set } from "./wasm-assembler.ts";
import { cipherGroup, doubleRound } from "./wasm-chacha.ts";
import { local, locals, parameters } from "./wasm-locals.ts";
import { loadPoly, polyBlock, storePoly } from "./wasm-poly.ts";

/** 64 KiB of chunk, its tag block, and what stands before it: two pages. */
const pages = 2;

/**
 * ChaCha20 with four blocks at once in 128-bit lanes, and Poly1305 in 32-bit words: a few KB of WebAssembly, assembled here so that
 * what runs is what can be read. No branch and no address depends on a secret.
 *
 * `chacha(address, groups)` encrypts 256 bytes a group in place and counts on; `poly(address, blocks)` takes whole blocks into the
 * accumulator; `both(address, groups, lag)` does both at once, where what is authenticated lies `lag` bytes before what is ciphered.
 */
export function assembleChaChaPoly(): Bytes {
  return assembleModule([chacha(), poly(), both()].map(asFunction), pages);
}

type Named = { readonly name: string; readonly body: Code };
const asFunction = (named: Named): Func => ({ ...named, parameters, locals });

function chacha(): Named {
  return { name: "chacha", body: countDown(local.count, cipherGroup(times(10, seq(...doubleRound())))) };
}

function poly(): Named {
  const one = seq(...polyBlock(0), advance(16));
  return {
    name: "poly",
    body: seq(set(local.block, get(local.address)), loadPoly(), countDown(local.count, one), storePoly()),
  };
}

/**
 * A group's sixteen blocks of Poly1305, two in each of eight double rounds.
 * Why woven: ChaCha20 is vectors and Poly1305 is multiplications in a chain, each waiting for the one before; a processor does both in
 * hardly more time than the slower of them, but only if they stand close together.
 */
function both(): Named {
  const twoBlocks = [...polyBlock(0), ...polyBlock(16)];
  const woven = seq(weave(doubleRound(), twoBlocks), advance(32));
  const rounds = seq(times(8, woven), times(2, seq(...doubleRound())));
  return {
    name: "both",
    body: seq(
      set(local.block, i32.sub(get(local.address), get(local.lag))),
      loadPoly(),
      countDown(local.count, cipherGroup(rounds)),
      storePoly(),
    ),
  };
}

function times(count: number, body: Code): Code {
  return seq(set(local.rounds, i32.const(count)), countDown(local.rounds, body));
}

function advance(bytes: number): Code {
  return set(local.block, i32.add(get(local.block), i32.const(bytes)));
}

/** Both in their own order, the second spread evenly over the first. */
function weave(first: readonly Code[], second: readonly Code[]): Code {
  const upTo = (i: number) => Math.round((i * second.length) / first.length);
  return seq(...first.flatMap((piece, i) => [piece, ...second.slice(upTo(i), upTo(i + 1))]));
}
