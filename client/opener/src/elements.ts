type Child = Node | string | null;
type Attributes = Readonly<Record<string, string>>;

/** An element with its attributes and children. Text stays text: nothing that a document says can become markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function button(label: string, attributes: Attributes, press: () => unknown): HTMLButtonElement {
  const made = make("button", { type: "button", class: "button", ...attributes }, label);
  made.addEventListener("click", press);
  return made;
}

/** An element of page.html. Throws if it is not there or of another kind. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`page.html has no ${id}`);
  return element;
}
