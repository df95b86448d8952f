/** The selected token as it stands in a URL: `target:3`, or `2:5` for token 5 of completion 2. */

/** One selected token anywhere on the screen. */
export type Selection =
  | { readonly kind: "step"; readonly sequence: number; readonly position: number }
  | { readonly kind: "scored"; readonly position: number };

export function formatSelection(selection: Selection): string {
  const place = selection.kind === "scored" ? "target" : selection.sequence + 1;
  return `${place}:${selection.position + 1}`;
}

/** The inverse of `formatSelection`; undefined for what selects nothing. */
export function parseSelection(text: string | null): Selection | undefined {
  const [, place, token] = /^(target|[1-9]\d{0,3}):([1-9]\d{0,6})$/.exec(text ?? "") ?? [];
  if (place === undefined || token === undefined) return undefined;
  const position = Number(token) - 1;
  return place === "target" ? { kind: "scored", position } : { kind: "step", sequence: Number(place) - 1, position };
}
