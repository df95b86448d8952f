import type { Token } from "../../lm/token.ts";
import { visibleText } from "../../lm/visible_text.ts";
import type { GenerationScreen, ShownConversation } from "../address/generation_screen.ts";
import { plural } from "../number_format.ts";
import { PROMPT_STRINGS } from "./prompt_strings.ts";

/** What the prompt on screen is to the model, and how many tokens it has there. */
export function promptFacts(
  { conversation, ownPrompt, textSent }: Pick<GenerationScreen, "conversation" | "ownPrompt" | "textSent">,
  tokens: readonly Token[] | undefined,
): string {
  const marked = ownPrompt === undefined ? PROMPT_STRINGS.marked : PROMPT_STRINGS.own.nothingMarked;
  const is = `${marked} · ${PROMPT_STRINGS.is[conversation?.text ?? textSent ?? "given"]}`;
  return tokens === undefined ? is : `${plural(tokens.length, "token", "tokens")} · ${is}`;
}

/** Which fields cannot be marked, as the template's text may have their words elsewhere; nothing where all are. */
export function PromptNote({ conversation }: { readonly conversation: ShownConversation | undefined }) {
  if (conversation === undefined || conversation.unmarked.length === 0) return null;
  return (
    <p class="break-words border-t border-line px-3 py-2 text-12 text-soft">
      {visibleText(PROMPT_STRINGS.unmarked(conversation.unmarked.join(", ")))}
    </p>
  );
}
