/** Where tokens stand whose first one the server does not tell: borders counted by hand. */
import assert from "node:assert/strict";
import { placesBefore } from "../../../lib/generators/openai/token_places.ts";

const encoder = new TextEncoder();

/** Each token's first byte, and the end of the text. */
const LAID: readonly (readonly [what: string, text: string, rest: readonly string[], borders: readonly number[]])[] = [
  ["to the second token where others lost theirs", "The quick red", ["quick", "red"], [0, 3, 9, 13]],
  ["to the second token where no other tells spaces", "The quick", ["quick"], [0, 3, 9]],
  ["to the second token where a part of a word follows", "The cat's", ["cat", "'s"], [0, 3, 7, 9]],
  ["to the first token where others end in theirs", "The quick red", ["quick ", "red"], [0, 4, 10, 13]],
  ["to the first token where others begin with theirs", "The \tquick red", ["\t", "quick", " red"], [0, 4, 5, 10, 14]],
  ["to nobody where the second token has it", "The quick red", [" quick", " red"], [0, 3, 9, 13]],
  ["to nobody where the text begins with a token that is told", "The quick", ["The", "quick"], [0, 0, 3, 9]],
];

for (const [what, text, rest, borders] of LAID) {
  Deno.test(`placesBefore() gives the first space ${what}`, () => {
    const places = placesBefore(encoder.encode(text), rest.map((token) => [...encoder.encode(token)]));
    assert.deepEqual(places, borders.slice(1).map((end, index) => ({ start: borders[index], end })));
  });
}
