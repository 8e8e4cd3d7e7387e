/** May be imported by a room: names of rooms. Why each is so stands beside it. */
const commonRooms = ["bytes", "crypto", "formats", "merkle", "statements", "switch", "contracts"].map(
  (name) => `common/${name}`,
);

const common = (...names: string[]) => names.map((name) => `common/${name}`);

const allowed: Record<string, { rooms: string[]; because: string }> = {
  "common/bytes": { rooms: [], because: "bytes is the ground: everything stands on it" },
  "common/crypto": { rooms: common("bytes"), because: "primitives know of bytes and of nothing that uses them" },
  "common/formats": {
    rooms: common("bytes", "crypto"),
    because: "a format must be readable without knowing why it is used",
  },
  "common/merkle": {
    rooms: common("bytes", "crypto"),
    because: "anyone must be able to check the log with these rooms alone",
  },
  "common/switch": { rooms: [], because: "the switch's rules are pure, so that they can be explored in full" },
  "common/statements": {
    rooms: common("bytes", "crypto", "formats", "merkle", "switch"),
    because: "statements are signed formats about the switch",
  },
  "common/contracts": {
    rooms: common("bytes", "formats", "statements", "switch"),
    because: "contracts describe what crosses the wire and do nothing",
  },
  "client/sealing": {
    rooms: common("bytes", "crypto", "formats", "merkle", "statements"),
    because: "sealing works without any server, also offline",
  },
  "client/sdk": {
    rooms: [...commonRooms, "client/sealing"],
    because: "the SDK carries sealed things over the contracts",
  },
  "client/import": {
    rooms: common("bytes", "crypto", "formats"),
    because: "it reads other programs' files and knows nothing of ours but the form of a record",
  },
  "client/cli": {
    rooms: [...commonRooms, "client/sealing", "client/sdk", "client/import"],
    because: "a front of the SDK",
  },
  "client/web": {
    rooms: [...commonRooms, "client/sealing", "client/sdk", "client/import"],
    because: "a front of the SDK",
  },
  "client/opener": { rooms: [...commonRooms, "client/sealing"], because: "it opens a release without any server" },
  "server/platform": { rooms: commonRooms, because: "every zone reads it, so it knows no zone" },
  "server/supervisor": {
    rooms: ["server/platform"],
    because: "it starts zones and must not understand what they hold",
  },
  operator: { rooms: [...commonRooms, "server/platform"], because: "the operator's tools see no plaintext" },
};
const zone = {
  rooms: [...commonRooms, "server/platform"],
  because:
    "zones share nothing but the platform; they talk over typed internal contracts, and the server never sees plaintext",
};

/** The room (package folder) that a file lives in; null for tests, bench and scripts, which may use any package by its name. */
export function roomOf(path: string): string | null {
  const [first = "", second = ""] = path.split("/");
  if (first === "operator") return first;
  return ["common", "client", "server"].includes(first) ? `${first}/${second}` : null;
}

/** What a room may import; null for a room that nobody has given a place yet. */
export function rulesOf(room: string): { rooms: string[]; because: string } | null {
  return allowed[room] ?? (room.startsWith("server/") ? zone : null);
}

/** Test code and tools: beside the source by suffix, or in a folder that no program loads. */
export function isTestCode(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || /\/(testing|fixtures|scripts)\//.test(path) || roomOf(path) === null;
}
