/** What can be done on the page, found among what stands on it: its pages, its buttons and links, its fields. */

export interface PaletteItem {
  readonly label: string;
  /** What kind of thing it is, in a word. */
  readonly kind: "page" | "action" | "field";
  readonly element: HTMLElement;
}

/** Tokens, candidates, rows, paths and the dialog itself are too many, or no actions. */
const LEFT_OUT = "[data-position], [data-candidate], [data-found], td *, th *, main nav *, dialog *";

export function paletteItems(root: Document): readonly PaletteItem[] {
  const found = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)].filter(isUsable);
  const pages = found("nav h2 ~ a").map((element): PaletteItem => ({
    label: `${element.parentElement?.querySelector("h2")?.textContent ?? ""} · ${labelOf(element)}`,
    kind: "page",
    element,
  }));
  const actions = found("main button, main a, main summary, aside button, aside a, aside summary")
    .map((element): PaletteItem => ({ label: labelOf(element), kind: "action", element }));
  const fields = found("main label[for], aside label[for]").flatMap((label): readonly PaletteItem[] => {
    const element = root.getElementById(label.getAttribute("for") ?? "");
    return element === null ? [] : [{ label: labelOf(label), kind: "field", element }];
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

/** Without the names of keys, which are no part of it. */
function labelOf(element: HTMLElement): string {
  const label = element.getAttribute("aria-label");
  if (label !== null) return label;
  const copy = element.cloneNode(true);
  if (copy instanceof HTMLElement) { for (const key of copy.querySelectorAll("kbd, svg")) key.remove(); }
  return (copy.textContent ?? "").trim();
}
