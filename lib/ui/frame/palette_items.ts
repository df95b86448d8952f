/** What can be done on the page, found among what stands on it: its pages, its buttons and links, its fields. */

export interface PaletteItem {
  readonly label: string;
  /** What kind of thing it is, in a word. */
  readonly kind: "page" | "action" | "field";
  readonly element: HTMLElement;
}

/** Tokens, candidates, rows, paths and the dialog itself are too many, or no actions. */
const LEFT_OUT = "[data-position], [data-candidate], [data-found], [data-chosen], td *, th *, main nav *, dialog *";

const NO_NAME = "kbd, svg, input, select, textarea, button";

export function paletteItems(root: Document): readonly PaletteItem[] {
  const found = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)].filter(isUsable);
  const pages = found("nav h2 ~ a").map((element): PaletteItem => ({
    label: `${element.parentElement?.querySelector("h2")?.textContent ?? ""} · ${labelOf(element)}`,
    kind: "page",
    element,
  }));
  const actions = found("main button, main a, main summary, aside button, aside a, aside summary")
    .map((element): PaletteItem => ({ label: labelOf(element), kind: "action", element }));
  const fields = found("main label, aside label").flatMap((label): readonly PaletteItem[] => {
    const element = label instanceof HTMLLabelElement ? label.control : null;
    if (element === null || element.matches(":disabled")) return [];
    // A file is chosen in a window of the browser, which a click opens.
    return [{ label: labelOf(label), kind: element.matches("[type=file]") ? "action" : "field", element }];
  });
  const items = [...actions, ...fields, ...pages].filter(({ label }) => label !== "");
  return [...new Map(items.map((item) => [`${item.kind} ${item.label}`, item])).values()];
}

/** Those that hold every word that was typed. */
export function matching(items: readonly PaletteItem[], query: string): readonly PaletteItem[] {
  const words = query.toLowerCase().split(/\s+/);
  return items.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

function isUsable(element: HTMLElement): boolean {
  return !element.matches(LEFT_OUT) && !element.matches(":disabled") && element.checkVisibility();
}

/** Without the names of keys, and without what a label holds besides its text, which are no part of it. */
function labelOf(element: HTMLElement): string {
  const label = element.getAttribute("aria-label");
  if (label !== null) return label;
  const copy = element.cloneNode(true);
  if (copy instanceof HTMLElement) { for (const part of copy.querySelectorAll(NO_NAME)) part.remove(); }
  return (copy.textContent ?? "").trim();
}
