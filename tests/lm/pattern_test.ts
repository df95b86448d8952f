/** Patterns against the language's own, which reads the same part alike, and texts on which that one would never end. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { meets, parseSearch } from "../../lib/datasets/condition.ts";
import { parsePattern, PatternError } from "../../lib/lm/pattern.ts";
import { PatternMatcher } from "../../lib/lm/pattern_matcher.ts";

function matches(pattern: string, text: string): boolean {
  return new PatternMatcher(parsePattern(pattern) ?? assert.fail()).isIn(text);
}

const atom = fc.constantFrom("a", "b", "c", "[ab]", "[^a]", "[a-c]", "[^\\n]", "\\d", "\\.", "\\n", "é", "\ud800");
const times = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{0}");
const { node } = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, times).map((parts) => parts.join("")),
    fc.constantFrom("^", "$"),
    fc.tuple(tie("node"), tie("node")).map((parts) => parts.join("")),
    fc.tuple(tie("node"), tie("node"), times).map(([one, other, times]) => `(?:${one}|${other})${times}`),
    fc.tuple(tie("node"), times).map(([part, times]) => `(${part})${times}`),
  ),
}));
const text = fc.string({
  unit: fc.constantFrom("a", "b", "c", "d", "7", ".", "\n", "é", "\ud800", "\udc00"),
  maxLength: 12,
});

Deno.test("any pattern finds what the language's own finds", () => {
  const property = fc.property(node, fc.array(text, { minLength: 10, maxLength: 10 }), (body, texts) => {
    const pattern = parsePattern(`/${body}/`);
    if (pattern === undefined) return; // Nothing between the marks.
    let matcher: PatternMatcher;
    try {
      matcher = new PatternMatcher(pattern);
    } catch (error) {
      assert.ok(error instanceof PatternError);
      return;
    }
    for (const text of texts) {
      const isThere = new RegExp(body).test(text), what = JSON.stringify([body, text]);
      assert.equal(matcher.isIn(text), isThere, what);
      const search = matcher.begin(text);
      let inParts = matcher.goOn(search, 1);
      for (let part = 1; inParts === undefined; part++) inParts = matcher.goOn(search, 1 + part % 3);
      assert.equal(inParts, isThere, `${what} in parts`);
    }
  });
  fc.assert(property, { numRuns: 2_000 });
});

Deno.test("a text that is no pattern is none, and the case counts unless the pattern says otherwise", () => {
  for (const text of ["/", "//", "a/b", "/usr", "/a/g", ""]) assert.equal(parsePattern(text), undefined, text);
  assert.equal(matches("/snow/", "SNOW"), false);
  assert.equal(matches("/SNOW [A-C]/i", "snow b"), true, "of texts in lower case");
  assert.equal(matches("/[^S]/i", "sss"), false);
  assert.equal(matches("/🙂+/", "🙂"), true);
  assert.equal(matches("/^.$/", "🙂"), false, "two units");
});

Deno.test("what other engines read differently, or in no bounded time, is refused by name", () => {
  const refused: readonly (readonly [pattern: string, why: RegExp])[] = [
    ["/(?=a)/", /groups that begin with "\(\?"/],
    ["/(a)\\1/", /"\\1" is not known/],
    ["/\\bword/", /"\\b" is not known/],
    ["/a*?/", /repeats a repetition/],
    ["/*a/", /"\*" repeats nothing/],
    ["/(a/", /"\(" is not closed/],
    ["/a)/", /"\)" closes nothing/],
    ["/[z-a]/", /two ends in order/],
    ["/[a/", /ends too early/],
    ["/[🙂]/", /two units/],
    ["/a{2,1}/", /ends before it begins/],
    ["/a{101}/", /more than 100 times/],
    ["/(a{90}){90}/", /more than 160 steps/],
    [`/${"a".repeat(201)}/`, /longer than 200/],
  ];
  for (const [pattern, why] of refused) assert.throws(() => matches(pattern, ""), why, pattern);
});

Deno.test("each unit of a text is looked at once, whatever repeats in what repeats", () => {
  const text = `${"a".repeat(200_000)}!`;
  for (const pattern of ["/^(a+)+$/", "/(a|aa)+$/", "/(a*)*b/", "/(.*a){12}b/", "/(a|aa){30}b/"]) {
    assert.equal(matches(pattern, text), false);
  }
  const many = Array.from({ length: 60_000 }, (_, unit) => String.fromCharCode(unit)).join("");
  assert.equal(matches("/\\d{3}x/", many + many), false, "what is remembered of units is bounded");
});

Deno.test("where case does not count, sets hold no more than they say, and a sigma is one however it is written", () => {
  const finds = (pattern: string, text: string) => meets(text, parseSearch(pattern));
  for (const pattern of ["/[\\W]/i", "/\\W/i", "/[^\\w]/i"]) {
    assert.deepEqual(["k", "K", "-"].map((text) => finds(pattern, text)), [false, false, true], pattern);
  }
  assert.ok(finds("/[G-L]/i", "k") && finds("/[g-l]/i", "K") && !finds("/[^G-L]/i", "k"));
  for (const pattern of ["/^ΟΔΟΣ$/i", "/^οδος$/i", "/^ΟΔΟ[Σ]$/i"]) {
    assert.ok(finds(pattern, "ΟΔΟΣ") && finds(pattern, "οδος"), pattern);
  }
});

Deno.test("repetitions of nothing, however often within each other, are nothing at once", () => {
  for (const nothing of ["(?:)", "a{0}", "(?:(?:)b{0})", "()"]) {
    const pattern = `/x${"(?:".repeat(12)}${nothing}${"){100}".repeat(12)}y/`;
    assert.ok(matches(pattern, "xy") && !matches(pattern, "x-y"), pattern);
  }
});
