/** Texts that only a page with JavaScript shows; `i4_display_test.ts` looks at what the server renders. */
import assert from "node:assert/strict";
import { type FunctionComponent, h } from "preact";
import { renderToString } from "preact-render-to-string";
import { EMPTY_CHAT, sent } from "../../lib/ui/chat/chat_state.ts";
import type { ChatViewProps } from "../../lib/ui/chat/chat_props.ts";
import { begun } from "../../lib/ui/chat/conversations.ts";
import { ConversationList } from "../../lib/ui/chat/ConversationList.tsx";
import { LintList } from "../../lib/ui/token/LintList.tsx";
import { CompletionsPanel } from "../../lib/ui/generation/CompletionsPanel.tsx";
import type { GenerationViewProps } from "../../lib/ui/generation/generation_props.ts";
import { IDLE } from "../../lib/ui/generation/generation_state.ts";

const TEXT = "a\u202Eb\u200Bc", MARKED = "a⟨U+202E⟩b⟨U+200B⟩c";

/** @param props those that this view reads; a screen has many more */
function times<Props>(view: FunctionComponent<Props>, props: Partial<Props>): number {
  const html = renderToString(h(view as FunctionComponent<unknown>, props));
  assert.equal(html.includes("\u202E"), false, html);
  return html.split(MARKED).length - 1;
}

Deno.test("titles of conversations, findings in a prompt, warnings and failures mark what is not seen", () => {
  const chat = sent(begun(sent(EMPTY_CHAT, TEXT, 1)), TEXT, 1);
  assert.equal(times<ChatViewProps>(ConversationList, { chat, query: "" }), 2);
  const token = { id: 1, text: TEXT, bytes: [], special: true };
  const findings = [
    { rule: "doubled_start", token },
    { rule: "special_in_field", field: TEXT, text: TEXT, parsed: true },
  ] as const;
  assert.equal(times(LintList, { findings }), 3);
  const bare = { type: "about:blank", title: "Failed", status: 500, detail: TEXT, id: "" };
  const completion = { id: "one", steps: [], text: "", metrics: {}, reason: "stop", bare } as const;
  const run = { ...IDLE, phase: "done", warnings: [TEXT], completions: [completion] } as const;
  const screen = { metrics: [] } as unknown as GenerationViewProps["screen"];
  const shown = times<GenerationViewProps>(CompletionsPanel, {
    run,
    runs: [],
    compared: { hasTarget: false, completions: [] },
    colouring: "p",
    screen,
  });
  assert.equal(shown, 2);
});
