import { SaxesParser } from "saxes";
import { damaged, ImportError } from "./import-error.ts";
import { maxDepth, tooLarge } from "./limits.ts";

const maxElements = 4_000_000;

export class XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[] = [];
  text = "";

  constructor(name: string, attributes: Readonly<Record<string, string>>) {
    this.name = name;
    this.attributes = attributes;
  }

  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  all(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  textOf(name: string): string {
    return this.child(name)?.text ?? "";
  }
}

/**
 * The root of an untrusted XML document. `onClose` sees each element when it is complete, in document order, and may drop its
 * children. A document type is refused: that is where entities could be declared that expand without end or name other files.
 * Throws ImportError past a bound or if it is not well formed.
 */
export function readXml(text: string, what: string, onClose?: (element: XmlElement) => void): XmlElement {
  const parser = new SaxesParser();
  const open: XmlElement[] = [];
  const roots: XmlElement[] = [];
  let count = 0;
  parser.on("error", () => {
    throw damaged(what);
  });
  parser.on("doctype", () => {
    throw new ImportError(
      "unsupported",
      `This ${what} declares a document type, which none of its kind does. It was refused.`,
    );
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length === maxDepth || ++count > maxElements)
      throw tooLarge(`This ${what} is nested too deep or too large`);
    const element = new XmlElement(name, { ...attributes });
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  });
  const addText = (part: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const element = open.pop();
    if (element !== undefined) onClose?.(element);
  });
  parser.write(text).close();
  const [root] = roots;
  if (root === undefined) throw damaged(what);
  return root;
}
