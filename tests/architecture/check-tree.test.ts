import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkTree } from "./check-tree.ts";

const packages = {
  "common/bytes": [],
  "common/crypto": ["bytes"],
  "common/formats": ["bytes", "crypto"],
  "common/switch": ["zod"],
  "common/statements": ["bytes"],
  "common/contracts": ["switch", "zod"],
  "client/sealing": ["formats"],
  "client/sdk": ["sealing", "bytes"],
  "client/web": ["sdk"],
  "server/platform": ["bytes"],
  "server/api": ["platform", "bytes"],
  "server/clock": ["platform"],
  "server/supervisor": ["platform"],
};
const foreign = ["zod"];

/** What the check says about a sound little tree with `planted` files laid over it. */
function complaintsAbout(planted: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), "afterkeep-tree-"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  try {
    write("package.json", JSON.stringify({ name: "root", devDependencies: { vitest: "1" } }));
    for (const [room, dependencies] of Object.entries(packages)) {
      const names = dependencies.map((name) => (foreign.includes(name) ? name : `@afterkeep/${name}`));
      const exports = {
        ".": "./src/index.ts",
        ...(room === "server/platform" ? { "./testing": "./src/testing/index.ts" } : {}),
      };
      const manifest = {
        name: `@afterkeep/${room.split("/")[1]}`,
        exports,
        dependencies: Object.fromEntries(names.map((name) => [name, "1"])),
      };
      write(`${room}/package.json`, JSON.stringify(manifest));
      write(`${room}/src/index.ts`, "export const here = 1;\n");
    }
    write("server/platform/src/testing/index.ts", "export const aThing = 1;\n");
    for (const [path, text] of Object.entries(planted)) write(path, text);
    return checkTree(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe("the rules of the tree", () => {
  it("have nothing to say about a sound tree", () => {
    expect(
      complaintsAbout({
        "server/api/src/main.ts": `import { here } from "@afterkeep/platform";\nimport { deep } from "./deep.ts";\nhere + deep;\n`,
        "server/api/src/deep.ts": `import { join } from "node:path";\nexport const deep = join("a");\n`,
        "server/api/src/deep.test.ts": `import { it } from "vitest";\nimport { aThing } from "@afterkeep/platform/testing";\nit(String(aThing));\n`,
        "tests/whole/story.test.ts": `import { here } from "@afterkeep/api";\nimport { here as sealing } from "@afterkeep/sealing";\nhere + sealing;\n`,
      }),
    ).toEqual([]);
  });

  it.each([
    [
      "the server reading the client",
      "server/api/src/main.ts",
      `import "@afterkeep/sealing";`,
      /may not use client\/sealing/,
    ],
    [
      "the server reading the client's types",
      "server/api/src/main.ts",
      `import type { A } from "@afterkeep/sdk";`,
      /may not use client\/sdk/,
    ],
    [
      "a client's type by its path",
      "server/api/src/main.ts",
      `export type A = import("@afterkeep/sdk").A;`,
      /may not use client\/sdk/,
    ],
    ["one zone reading another", "server/clock/src/main.ts", `import "@afterkeep/api";`, /zones share nothing/],
    [
      "the supervisor reading a format",
      "server/supervisor/src/main.ts",
      `import "@afterkeep/formats";`,
      /may not use common\/formats/,
    ],
    ["the platform reading a zone", "server/platform/src/index.ts", `import "@afterkeep/api";`, /knows no zone/],
    [
      "crypto reading a format",
      "common/crypto/src/index.ts",
      `export { here } from "@afterkeep/formats";`,
      /may not use common\/formats/,
    ],
    [
      "common reading the server",
      "common/bytes/src/index.ts",
      `import "@afterkeep/platform";`,
      /may not use server\/platform/,
    ],
    ["sealing reading the SDK", "client/sealing/src/index.ts", `import "@afterkeep/sdk";`, /may not use client\/sdk/],
    ["the switch importing a library", "common/switch/src/index.ts", `import "zod";`, /switch imports nothing/],
    ["common doing I/O", "common/bytes/src/index.ts", `import "node:fs";`, /does no I\/O/],
    ["an engine for Node doing I/O", "common/bytes/src/engine-node.ts", `import "node:fs";`, /does no I\/O/],
    ["common needing Node everywhere", "common/bytes/src/index.ts", `import "node:crypto";`, /does no I\/O/],
    [
      "contracts running the switch",
      "common/contracts/src/index.ts",
      `import { here } from "@afterkeep/switch"; here;`,
      /only types of the switch/,
    ],
    ["a deep import", "server/api/src/main.ts", `import "@afterkeep/platform/src/index.ts";`, /deep import/],
    [
      "a deep import in a test of the whole",
      "tests/whole/a.test.ts",
      `import "@afterkeep/platform/src/index.ts";`,
      /deep import/,
    ],
    [
      "a path into another package",
      "server/api/src/main.ts",
      `import "../../clock/src/index.ts";`,
      /import it by name/,
    ],
    [
      "a path into a package from the tests",
      "tests/whole/a.test.ts",
      `import "../../server/api/src/index.ts";`,
      /import it by name/,
    ],
    [
      "a lazy import of another zone",
      "server/clock/src/main.ts",
      `await import("@afterkeep/api");`,
      /zones share nothing/,
    ],
    [
      "a computed import",
      "server/clock/src/main.ts",
      "const zone: string = 'api'; await import(zone);",
      /cannot be checked/,
    ],
    ["a file that is not there", "server/clock/src/main.ts", `import "./gone.ts";`, /no such file/],
    ["a package that is not there", "server/clock/src/main.ts", `import "@afterkeep/gone";`, /no such package/],
    ["an undeclared dependency", "server/clock/src/main.ts", `import "zod";`, /not among the dependencies/],
    ["an undeclared room", "client/sdk/src/index.ts", `import "@afterkeep/formats";`, /not among the dependencies/],
    [
      "test code in the product",
      "server/api/src/main.ts",
      `import "@afterkeep/platform/testing";`,
      /test code in the product/,
    ],
    ["markup outside the web app", "server/api/src/page.tsx", "export {};", /\.tsx only in web/],
    [
      "a value that nobody imports",
      "server/api/src/dead.ts",
      "export const dead = 1;",
      /exports dead, which nobody imports/,
    ],
    ["a room without a place", "client/agent/src/main.ts", `import "@afterkeep/sdk";`, /no place in the order/],
  ])("notice %s", (_what, path, text, complaint) => {
    const complaints = complaintsAbout({ [path]: `${text}\n` });
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(complaint);
    expect(complaints[0]).toContain(path);
  });

  it("notice a ring of imports, also when only types go round", () => {
    const complaints = complaintsAbout({
      "server/api/src/main.ts": `import "./a.ts";\n`,
      "server/api/src/a.ts": `import type { B } from "./b.ts";\nexport type A = B;\n`,
      "server/api/src/b.ts": `import type { A } from "./a.ts";\nexport type B = A;\n`,
    });
    expect(complaints).toEqual([expect.stringMatching(/an import cycle: .*a\.ts → .*b\.ts → .*a\.ts/)]);
  });
});
