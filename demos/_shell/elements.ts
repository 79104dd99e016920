// Finding and making elements, typed.

type ElementClass<E extends Element> = { new (): E; readonly name: string };

/** The element that `selector` names. Throws where there is none of that class: the markup and the code disagree. */
export function find<E extends Element>(
  selector: string,
  type: ElementClass<E>,
  root: ParentNode = document,
): E {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`${selector}: the page has no such ${type.name}.`);
}

/** A new element with a class and text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

/** Sets the text where it differs, so that nothing is laid out again for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** The 2D context of a canvas. Throws where the browser gives none. */
export function context2d(canvas: HTMLCanvasElement, options?: CanvasRenderingContext2DSettings) {
  const context = canvas.getContext("2d", options);
  if (context === null) throw new Error("The browser gives no 2D canvas.");
  return context;
}

/** The value of a custom property of the page's style, such as "--ink". */
export function styleValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Calls `act` when the colour scheme changes. */
export function onSchemeChange(act: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
}

/** Chooses `value`, as an option of its own where there is none. */
export function chooseOption(list: HTMLSelectElement, value: number | string): void {
  const text = String(value);
  if (![...list.options].some((option) => option.value === text)) list.append(new Option(text, text));
  list.value = text;
}
