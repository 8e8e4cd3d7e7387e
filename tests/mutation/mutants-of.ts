import { parseSync } from "oxc-parser";

export type Mutant = {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly is: string;
  /** The line of the source with what is changed in it, as in `if (now «< → <=» due)`. */
  readonly place: string;
};
type Node = { readonly type: string; readonly start: number; readonly end: number; readonly [field: string]: unknown };

const otherOperator: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "&&": "||",
  "||": "&&",
};
const otherCall: Readonly<Record<string, string>> = { min: "max", max: "min", some: "every", every: "some" };

/** Every place of a source where one small thing can be turned round: comparisons, sums, conditions, numbers, booleans, and guards. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const found: Mutant[] = [];
  const text = (node: Node) => source.slice(node.start, node.end);
  const add = (start: number, end: number, is: string): void => {
    const line = source.slice(0, start).split("\n").length;
    found.push({ file, line, start, end, is, place: placeOf(source, start, end, is) });
  };
  walk(parseSync(file, source).program, (node) => {
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression": {
        const [left, right] = [asNode(node["left"]), asNode(node["right"])];
        const other = otherOperator[String(node["operator"])];
        if (left === null || right === null || other === undefined) return;
        const at = source.indexOf(String(node["operator"]), left.end);
        add(at, at + String(node["operator"]).length, other);
        return;
      }
      case "UnaryExpression": {
        const argument = asNode(node["argument"]);
        if (node["operator"] === "!" && argument !== null) add(node.start, node.end, text(argument));
        return;
      }
      case "ConditionalExpression":
      case "IfStatement": {
        const test = asNode(node["test"]);
        if (test === null) return;
        add(test.start, test.end, "false");
        add(test.start, test.end, "true");
        return;
      }
      case "Literal":
        if (typeof node["value"] === "boolean") add(node.start, node.end, String(!node["value"]));
        if (typeof node["value"] === "number") add(node.start, node.end, `(${text(node)} + 1)`);
        return;
      case "CallExpression": {
        const callee = asNode(node["callee"]);
        const property = callee === null ? null : asNode(callee["property"]);
        const other = property === null ? undefined : otherCall[text(property)];
        if (property !== null && other !== undefined) add(property.start, property.end, other);
        return;
      }
    }
  });
  return found;
}

function placeOf(source: string, start: number, end: number, is: string): string {
  const before = source.slice(source.lastIndexOf("\n", start) + 1, start);
  const after = source.slice(end, source.indexOf("\n", end));
  return `${before}«${source.slice(start, end)} → ${is}»${after}`.replaceAll(/\s+/g, " ").trim();
}

/** Types are no code: a change of them is no fault that could run. */
function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) value.forEach((one) => walk(one, visit));
  const node = asNode(value);
  if (node === null || node.type.startsWith("TS") || node.type === "ImportDeclaration") return;
  visit(node);
  for (const child of Object.values(node)) if (typeof child === "object") walk(child, visit);
}

function asNode(value: unknown): Node | null {
  return typeof value === "object" && value !== null && "type" in value && "start" in value ? (value as Node) : null;
}
