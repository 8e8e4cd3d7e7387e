import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { type DevtoolsPipe, fieldsOf, textOf } from "./devtools-pipe.ts";

type Kind = "button" | "link" | "field";

/** How long a page may take to show what comes next, ms. Nothing that takes longer with a larger file is waited for so. */
const patienceMs = 120_000;

/** One page of a bare browser, with what a person does on it. */
export class BarePage {
  readonly #pipe: DevtoolsPipe;
  readonly #session: string;
  /** The file for the next chooser that opens. */
  #chosen = "";

  private constructor(pipe: DevtoolsPipe, session: string) {
    this.#pipe = pipe;
    this.#session = session;
    pipe.listen(({ method, params, session: whose }) => {
      if (whose !== session || method !== "Page.fileChooserOpened") return;
      void this.#call("DOM.setFileInputFiles", { files: [this.#chosen], backendNodeId: params["backendNodeId"] });
    });
  }

  /** Why without the pickers: nothing can press a button in the system's own window. What stays is what every browser has. */
  static async attach(pipe: DevtoolsPipe, session: string): Promise<BarePage> {
    const page = new BarePage(pipe, session);
    await page.#call("Page.enable");
    await page.#call("Page.setInterceptFileChooserDialog", { enabled: true });
    const source = `(${String(removePickers)})()`;
    await page.#call("Page.addScriptToEvaluateOnNewDocument", { source });
    return page;
  }

  async goTo(url: string): Promise<void> {
    await this.#call("Page.navigate", { url });
  }

  /** Waits for the control, and presses it. */
  async press(kind: "button" | "link", name: string): Promise<void> {
    await this.#on(await this.#find(kind, name), (control) => control.click());
  }

  async fill(name: string, text: string): Promise<void> {
    await this.#on(await this.#find("field", name), (control) => control.focus());
    await this.#call("Input.insertText", { text });
  }

  /** Presses a button that asks for a file, and chooses this one. */
  async choose(button: string, path: string): Promise<void> {
    this.#chosen = path;
    await this.press("button", button);
  }

  /** Waits until the page shows this. */
  async waitFor(words: RegExp): Promise<void> {
    for (let waited = 0; waited < patienceMs; waited += 250) {
      if (words.test(await this.text())) return;
      await wait(250);
    }
    throw new Error(`The page did not show ${words}.`);
  }

  /** What a person can read on it now. */
  async text(): Promise<string> {
    return textOf(await this.#evaluate("document.body?.innerText ?? ''"));
  }

  /** How far the first bar on it is, bytes; 0 if there is none. */
  async progress(): Promise<number> {
    return Number(await this.#evaluate("document.querySelector('progress')?.value ?? 0"));
  }

  /** A picture of what is seen now, as PNG. */
  async photograph(path: string): Promise<void> {
    const { data } = await this.#call("Page.captureScreenshot", { format: "png" });
    await writeFile(path, Buffer.from(textOf(data), "base64"));
  }

  async close(): Promise<void> {
    const { targetInfo } = await this.#call("Target.getTargetInfo");
    await this.#pipe.call("Target.closeTarget", { targetId: fieldsOf(targetInfo)["targetId"] });
  }

  async #find(kind: Kind, name: string): Promise<string> {
    for (let waited = 0; waited < patienceMs; waited += 250) {
      const expression = `(${String(findControl)})(${JSON.stringify(kind)}, ${JSON.stringify(name)})`;
      const { result } = await this.#call("Runtime.evaluate", { expression });
      const found = textOf(fieldsOf(result)["objectId"]);
      if (found !== "") return found;
      await wait(250);
    }
    throw new Error(`There is no ${kind} “${name}” on the page.`);
  }

  /** `act` runs in the page, as if by the person's own hand. */
  async #on(objectId: string, act: (control: HTMLElement) => void): Promise<void> {
    const functionDeclaration = `function () { return (${String(act)})(this); }`;
    await this.#call("Runtime.callFunctionOn", { objectId, functionDeclaration, userGesture: true });
  }

  async #evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#call("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`In the page: ${JSON.stringify(exceptionDetails)}`);
    return fieldsOf(result)["value"];
  }

  #call(method: string, params: Readonly<Record<string, unknown>> = {}) {
    return this.#pipe.call(method, params, this.#session);
  }
}

/** Runs in the page. */
function removePickers(): void {
  for (const name of ["showOpenFilePicker", "showSaveFilePicker"]) Reflect.deleteProperty(globalThis, name);
}

/** Runs in the page: what a person sees under this name and can use. */
function findControl(kind: Kind, name: string): HTMLElement | null {
  const selectors = { button: "button:enabled", link: "a[href]", field: "input" };
  const nameOf = (one: HTMLElement): string => {
    const label = one instanceof HTMLInputElement ? one.labels?.item(0)?.textContent : one.textContent;
    return (one.ariaLabel ?? label ?? "").trim();
  };
  const all = [...document.querySelectorAll<HTMLElement>(selectors[kind])];
  return all.find((one) => nameOf(one) === name && one.checkVisibility()) ?? null;
}
