/** Conversations as prompts: how they read, and where their fields stand in what a template makes of them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkedTaskPrompt } from "../../lib/lm/checked_prompt.ts";
import { field, prompt } from "../../lib/lm/prompt.ts";
import {
  isConversation,
  placeFields,
  plainMessages,
  type PromptMessage,
  readablePlaces,
  readablePrompt,
  taskFields,
  withoutBegun,
  withoutFields,
} from "../../lib/lm/prompt_messages.ts";

const TALK: readonly PromptMessage[] = [
  { role: "system", content: prompt`Be ${field("tone", "kind")}.` },
  { role: "user", content: field("question", "Why?") },
];

/** The text of each span that is marked, with its field. */
function marked(text: string, messages: readonly PromptMessage[]) {
  const { prompt: { spans }, unmarked } = placeFields(text, messages);
  return { marks: spans.map(({ field, start, end }) => [field, text.slice(start, end)]), unmarked };
}

/** ChatML, as many models have it. */
function chatml(messages: readonly PromptMessage[]): string {
  const turns = plainMessages(messages).map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return `${turns.join("")}<|im_start|>assistant\n`;
}

Deno.test("placeFields() marks the fields of contents where a template has put them, and changes no text", () => {
  const text = chatml(TALK);
  assert.equal(placeFields(text, TALK).prompt.text, text);
  assert.deepEqual(marked(text, TALK), { marks: [["tone", "kind"], ["question", "Why?"]], unmarked: [] });
});

Deno.test("placeFields() marks nothing where words may be the template's own, or another message's", () => {
  const asked = (content: string): readonly PromptMessage[] => [{ role: "user", content: field("a", content) }];
  // The template has the same word; nobody can tell which of the two is the content.
  assert.deepEqual(marked(chatml(asked("user")), asked("user")), { marks: [], unmarked: ["a"] });
  const twice = [...asked("Hi"), { role: "assistant", content: "Hello" }, ...asked("Hi there")] as const;
  assert.deepEqual(marked(chatml(twice), twice), { marks: [["a", "Hi"], ["a", "Hi there"]], unmarked: [] });
  // A content that stands twice, as where a template repeats it.
  assert.deepEqual(marked("Why? [INST] Why? [/INST]", asked("Why?")), { marks: [], unmarked: ["a"] });
  // One is certain, the other is not.
  const mixed: readonly PromptMessage[] = [...asked("user"), { role: "user", content: field("b", "Why?") }];
  assert.deepEqual(marked(chatml(mixed), mixed), { marks: [["b", "Why?"]], unmarked: ["a"] });
});

Deno.test("placeFields() marks nothing of contents that the template changed, left out, or put in another order", () => {
  const none = { marks: [], unmarked: ["tone", "question"] };
  assert.deepEqual(marked("BE KIND. why?", TALK), none);
  assert.deepEqual(marked("[INST] Why? [/INST]", TALK), none);
  assert.deepEqual(marked("[INST] Why?\n\nBe kind. [/INST]", TALK), none);
});

Deno.test("placeFields() finds a content without the white space around it, and what is left of its fields", () => {
  const padded: readonly PromptMessage[] = [{ role: "user", content: prompt`\n ${field("q", "  Why? ")}\n` }];
  assert.deepEqual(marked("<user>Why?</user>", padded), { marks: [["q", "Why?"]], unmarked: [] });
  // White space alone could stand anywhere.
  const blank: readonly PromptMessage[] = [{ role: "user", content: field("q", " ") }, ...TALK];
  assert.deepEqual(marked("Be kind.|Why?", blank).marks, [["tone", "kind"], ["question", "Why?"]]);
});

Deno.test("placeFields() never marks another text than a field's own, whatever the template and the data are", () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "b", " ", "\n", "\u{1F469}\u200D\u{1F680}", "\ud800"),
    maxLength: 6,
  });
  const property = fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 4 }), word, (turns, last) => {
    const messages = turns.map(([, before, value], index): PromptMessage => ({
      role: "user",
      content: prompt`${before}${field(`f${index}`, value)}`,
    }));
    const contents = plainMessages(messages).map(({ content }) => content);
    const text = turns.map(([own], index) => `${own}${contents[index]}`).join("") + last;
    const { prompt: placed } = placeFields(text, messages);
    assert.equal(placed.text, text);
    let at = 0;
    const places = turns.map(([own], index) => {
      const place = at + own.length;
      at = place + (contents[index] ?? "").length;
      return place;
    });
    for (const { field: name, start, end } of placed.spans) {
      const index = Number(name.slice(1)), [, before = "", value = ""] = turns[index] ?? [];
      assert.equal(text.slice(start, end), value);
      assert.equal(start, (places[index] ?? NaN) + before.length, "where this template did put it");
    }
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** As Gemma's template does, which takes the white space around each content away. */
function trimming(messages: readonly PromptMessage[]): string {
  const turns = plainMessages(messages).map(({ role, content }) => `<turn>${role}\n${content.trim()}<end>\n`);
  return `${turns.join("")}<turn>model\n`;
}

Deno.test("placeFields() marks no words of a template that takes away the white space by which they would be the content", () => {
  const asked = (content: string): readonly PromptMessage[] => [{ role: "user", content: field("a", content) }];
  for (const content of ["user\n", "model\n", "\nuser", "turn "]) {
    assert.deepEqual(marked(trimming(asked(content)), asked(content)), { marks: [], unmarked: ["a"] }, content);
  }
  assert.deepEqual(marked("Say Hi to them.|Hi", asked("Hi ")), { marks: [], unmarked: ["a"] });
  assert.deepEqual(marked(trimming(asked(" Why? ")), asked(" Why? ")), { marks: [["a", "Why?"]], unmarked: [] });
  assert.deepEqual(marked(chatml(asked("Why?\n")), asked("Why?\n")), { marks: [["a", "Why?\n"]], unmarked: [] });
});

Deno.test("placeFields() never marks another place of a template that takes white space away, and no place twice", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n"), maxLength: 6 });
  const property = fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 4 }), word, (turns, last) => {
    const messages = turns.map(([, before, value], index): PromptMessage => ({
      role: "user",
      content: prompt`${before}${field(`f${index}`, value)}`,
    }));
    let text = "";
    const places = turns.map(([own, before, value]) => {
      text += own;
      // Where the value stands without the white space around it.
      const place = text.length + (before + value).trimEnd().length - value.trim().length -
        ((before + value).length - (before + value).trimStart().length);
      text += (before + value).trim();
      return place;
    });
    text += last;
    let end = 0;
    for (const span of placeFields(text, messages).prompt.spans) {
      const index = Number(span.field.slice(1)), value = turns[index]?.[2] ?? "";
      const mark = text.slice(span.start, span.end);
      assert.ok(span.start >= end);
      end = span.end;
      assert.equal(mark.trim(), value.trim());
      if (mark.trim() === "") continue;
      assert.equal(span.start + mark.length - mark.trimStart().length, places[index]);
    }
  });
  fc.assert(property, { numRuns: 2_000 });
});

Deno.test("readablePrompt() has the roles and contents with their fields, and ends where the answer begins", () => {
  const { text, spans } = readablePrompt(TALK);
  assert.equal(text, "[system]\nBe kind.\n\n[user]\nWhy?\n\n[assistant]\n");
  assert.deepEqual(spans.map(({ start, end }) => text.slice(start, end)), ["kind", "Why?"]);
  const begun = [...TALK, { role: "assistant", content: "Because" }] as const;
  assert.equal(readablePrompt(begun).text, `${text}Because`);
  assert.deepEqual(withoutBegun(begun), { asked: TALK, begun: "Because" });
  for (const messages of [TALK, begun]) {
    const { text } = readablePrompt(messages);
    const contents = readablePlaces(messages).map(({ role, start, end }) => ({
      role,
      content: text.slice(start, end),
    }));
    assert.deepEqual(contents, plainMessages(messages));
  }
  assert.deepEqual(withoutBegun(TALK), { asked: TALK, begun: "" });
});

Deno.test("withoutFields() leaves out the values of fields alone, wherever they stand", () => {
  const blank = (...[given, fields]: Parameters<typeof withoutFields>) => {
    const left = withoutFields(given, fields);
    return isConversation(left) ? plainMessages(left).map(({ content }) => content) : left.text;
  };
  const again: readonly PromptMessage[] = [...TALK, { role: "user", content: prompt`${field("tone", "kind")}!` }];
  assert.deepEqual(taskFields(again), ["tone", "question"]);
  assert.deepEqual(blank(again), ["Be .", "", "!"]);
  assert.deepEqual(blank(again, ["tone"]), ["Be .", "Why?", "!"]);
  assert.deepEqual(blank(again, []), ["Be kind.", "Why?", "kind!"]);
  assert.deepEqual([blank(prompt`a${field("x", "b")}`), taskFields(prompt`a${field("x", "b")}`)], ["a", ["x"]]);
});

Deno.test("checkedTaskPrompt() takes what the type says, and names the message that is none", () => {
  for (const given of ["a", TALK, prompt`a`, [{ role: "user", content: "" }]]) {
    assert.deepEqual(checkedTaskPrompt(given), given === "a" ? prompt`a` : given);
  }
  const expected = 'to be { role: "system", "user" or "assistant", content: a text or prompt`…` }, got';
  const user = { role: "user", content: "a" };
  const cases: readonly (readonly [unknown, string])[] = [
    [[], "expected a text or messages, got an empty list"],
    [[user, { role: "tool", content: "a" }], `expected message 1 ${expected} role "tool" and content "a"`],
    [[{ role: "system" }, user], `expected message 0 ${expected} role "system" and content undefined`],
    [[user, user, { role: "user", content: 5 }], `expected message 2 ${expected} role "user" and content 5`],
    [[user, Object.assign([], { length: 1 })[0]], `expected message 1 ${expected} undefined`],
    [Object.assign([user], { length: 2 }), `expected message 1 ${expected} undefined`],
    [
      [{ role: "user", content: Promise.resolve("a") }],
      `expected message 0 ${expected} role "user" and content a promise`,
    ],
    [Promise.resolve([user]), "expected a text, got a promise: the function may not be async"],
    [{ role: "user", content: "a" }, 'expected a text, got {"role":"user","content":"a"}'],
  ];
  for (const [given, message] of cases) assert.throws(() => checkedTaskPrompt(given), { name: "TypeError", message });
});
