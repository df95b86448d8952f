import { fieldsOf, type Prompt, promptPart } from "../../lm/prompt.ts";
import type { MessagePlace } from "../../lm/prompt_messages.ts";
import { PromptText } from "./PromptText.tsx";

/** A prompt that is given as messages, one below the other with its role and its fields marked. */
export function PromptMessages(props: { readonly prompt: Prompt; readonly messages: readonly MessagePlace[] }) {
  const { prompt, messages } = props;
  const names = fieldsOf(prompt);
  return (
    <ol class="flex flex-col gap-2">
      {messages.filter(({ start }) => start <= prompt.text.length).map(({ role, start, end }) => (
        <li key={start}>
          <b class="text-12 font-semibold text-soft">{role}</b>
          <PromptText prompt={promptPart(prompt, start, end)} names={names} />
        </li>
      ))}
    </ol>
  );
}
