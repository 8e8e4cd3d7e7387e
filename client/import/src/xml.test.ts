import { describe, expect, it } from "vitest";
import { refusalOf } from "./testing/exports.ts";
import { readXml } from "./xml.ts";

const parse = async (text: string) => readXml(text, "document");

describe("untrusted XML", () => {
  it("is read with its attributes, its entities and its character data", async () => {
    const root = await parse('<?xml version="1.0"?><a b="1"><c>x &lt;&amp;&#128273;</c><c><![CDATA[<y>]]></c></a>');
    expect(root.attributes).toEqual({ b: "1" });
    expect(root.all("c").map(({ text }) => text)).toEqual(["x <&🔑", "<y>"]);
  });

  it("is refused with a document type, where entities could expand without end or name files", async () => {
    const laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>';
    const outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>';
    for (const text of [laughs, outside, "<!DOCTYPE a><a/>"])
      expect((await refusalOf(parse(text))).code).toBe("unsupported");
  });

  it("is refused with an entity that nobody declared, unclosed, with two roots, or empty", async () => {
    for (const text of ["<a>&b;</a>", "<a><b></a>", "<a/><a/>", "", "<a>"])
      expect((await refusalOf(parse(text))).code).toBe("damaged");
  });

  it("is refused if it is nested deeper than 64 elements", async () => {
    const nested = (depth: number) => parse("<a>".repeat(depth) + "</a>".repeat(depth));
    expect((await nested(64)).name).toBe("a");
    expect((await refusalOf(nested(65))).code).toBe("too-large");
  });
});
