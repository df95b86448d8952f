/** A position's numbers are the chosen token's own, also where a server gives several tokens one name. */
import assert from "node:assert/strict";
import { measure } from "../../../lib/generators/openai/measure.ts";
import { checkNames, TokenBook } from "../../../lib/generators/openai/token_book.ts";
import { PathError } from "../../../lib/lm/decode.ts";

const REPLACEMENT = [239, 191, 189];

interface Named {
  readonly text: string;
  readonly bytes?: readonly number[];
}

const PART: Named = { text: "\ufffd", bytes: REPLACEMENT };
const EMPTY: Named = { text: "" };
const THE: Named = { text: "the" };

function measured(chosen: Named, logprob: number | undefined, list: readonly (readonly [Named, number])[]) {
  const given = ({ text, bytes }: Named, value: number | undefined) => ({ text, bytes, logprob: value });
  const top = list.map(([named, value]) => given(named, value));
  return measure({ ...given(chosen, logprob), top }, { book: new TokenBook(), host: "here" });
}

/** Of the whole distribution, each probability once. */
function entropyOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => sum - p * Math.log(p), 0);
}

for (const [what, name] of [["U+FFFD", PART], ["nothing", EMPTY]] as const) {
  Deno.test(`measure() keeps tokens apart that a server names by ${what}, and finds the chosen one by its logprob`, () => {
    const list = [[name, -0.2], [name, -2], [name, -3], [{ text: "a" }, -4]] as const;
    const { token, logprob, rank, top } = measured(name, -3, list);
    assert.deepEqual([logprob, rank], [-3, 3]);
    assert.deepEqual(top.map((each) => [each.logprob, each.rank]), [[-0.2, 1], [-2, 2], [-3, 3], [-4, 4]]);
    assert.equal(new Set(top.map((each) => each.token.id)).size, 4, "a view tells them apart");
    assert.equal(top.find((each) => each.token.id === token.id)?.rank, 3);
  });
}

for (const [what, name] of [["no name", PART], ["one name", THE]] as const) {
  Deno.test(`measure() bounds the entropy by all the mass that it is told of, also of tokens with ${what}`, () => {
    const probabilities = [0.4, 0.3, 0.2, 0.07, 0.03];
    const [most = 0, second = 0, third = 0] = probabilities.map(Math.log);
    const { logprob, rank, evidence, top } = measured(name, third, [[name, most], [{ text: "a" }, second], [
      name,
      third,
    ]]);
    assert.deepEqual([logprob, rank], [third, 3]);
    const { low = NaN } = evidence?.entropyNats ?? {};
    const truth = entropyOf(probabilities);
    assert.ok(low > truth - 0.2 && low <= truth, `at least ${low}, and it is ${truth}`);
    const shown = top.reduce((sum, each) => sum + Math.exp(each.logprob), 0);
    const { low: least = NaN, high = NaN } = evidence?.restMass ?? {};
    assert.ok(least <= 1 - shown && 1 - shown <= high);
  });
}

Deno.test("measure() counts a chosen token that the list lacks, and none of its name in its place", () => {
  for (const name of [PART, THE]) {
    const { logprob, rank, evidence } = measured(name, -5, [[name, -0.2], [{ text: "a" }, -2]]);
    assert.deepEqual([logprob, rank, evidence?.isRankLeast], [-5, 3, true]);
  }
});

Deno.test("measure() takes a chosen token's logprob from the list only where one alone can be meant", () => {
  assert.equal(measured(THE, undefined, [[THE, -1], [{ text: "a" }, -2]]).logprob, -1);
  assert.equal(measured(THE, undefined, [[THE, -1], [THE, -2]]).logprob, undefined);
  assert.equal(measured(PART, undefined, [[PART, -1]]).logprob, undefined);
  assert.equal(measured(THE, -1, [[THE, -1], [THE, -1], [{ text: "a" }, -2]]).top.length, 2, "told twice");
});

Deno.test("checkNames() refuses tokens of which nobody knows the bytes, and takes parts that a later name makes up for", () => {
  const book = new TokenBook();
  const of = (...names: readonly Named[]) => names.map(({ text, bytes }) => book.token(text, bytes));
  const whole: Named = { text: "é" };
  for (const path of [[], [THE], [{ text: "\ufffd", bytes: [0xc3] }], [EMPTY, whole], [EMPTY, EMPTY, whole]]) {
    checkNames(of(...path));
  }
  const parts: readonly Named[] = [PART, { text: "\ufffd\ufffd" }, { text: " \ufffd" }];
  for (const path of [...parts.map((part) => [THE, part, THE]), [EMPTY], [EMPTY, THE], [EMPTY, PART], [whole, EMPTY]]) {
    assert.throws(() => checkNames(of(...path)), PathError);
  }
  const other = book.namesake(book.token("\ufffd"), 3);
  assert.throws(() => book.tokens([other.id]), /Cannot go to this token: the server does not tell its bytes/);
});
