/** How tokens are coloured, as an address holds it. */
import { type Colouring, COLOURINGS } from "../token/token_heat.ts";

const NAME = "colour";

/** Nothing for the colouring that a screen begins with. */
export function colouringEntries(colouring: Colouring): readonly (readonly [name: string, value: string])[] {
  return colouring === "p" ? [] : [[NAME, colouring]];
}

/** What a query says wrongly is left out. */
export function parseColouring(query: URLSearchParams): Colouring {
  return COLOURINGS.find((name) => name === query.get(NAME)) ?? "p";
}
