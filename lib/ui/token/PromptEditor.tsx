import { useLayoutEffect, useRef } from "preact/hooks";
import { PROMPT_ADDRESS_CHARACTERS, PROMPT_OF, PROMPT_TEXT, promptOf } from "../address/own_prompt.ts";
import { editableText, type GenerationScreen, screenHref } from "../address/generation_screen.ts";
import { Button } from "../Button.tsx";
import { LinkButton } from "../LinkButton.tsx";
import { count } from "../number_format.ts";
import { PROMPT_STRINGS } from "./prompt_strings.ts";
import { PROMPT_FIELD, type PromptWriting } from "./use_own_prompt.ts";

export interface PromptEditorProps {
  readonly screen: GenerationScreen;
  /** What else of the address stays. */
  readonly kept: readonly (readonly [name: string, value: string])[];
  /** And what of it stays with this prompt alone, as the tokens after it. */
  readonly ofPrompt?: readonly (readonly [name: string, value: string])[];
  readonly draft: string;
  readonly writing: PromptWriting;
  readonly isReady: boolean;
  /** What Ctrl+Enter does, where the screen does nothing by it. */
  readonly onEnter?: () => void;
}

const TEXT = PROMPT_STRINGS.own;

/** The prompt as a text area, part of the form around it: without JavaScript that form sends it. */
export function PromptEditor(
  { screen, kept, ofPrompt = [], draft, writing, isReady, onEnter }: PromptEditorProps,
) {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the browser draws: what is typed next is meant for it.
  useLayoutEffect(() => {
    const area = field.current;
    area?.focus();
    // What was typed before the page was ready is in the text area alone.
    if (area !== null && area.value !== area.defaultValue) writing.onType(area.value);
  }, []);
  const isRefused = writing.refusal !== undefined;
  return (
    <div class="flex flex-col gap-2 p-3">
      {!isReady && <SentBeside screen={screen} ofPrompt={ofPrompt} />}
      <label for={PROMPT_FIELD} class="text-12 text-soft">{TEXT.label}</label>
      <textarea
        ref={field}
        id={PROMPT_FIELD}
        // Subtle: with JavaScript it is not sent by the form, which leads to other samples too.
        name={isReady ? undefined : PROMPT_TEXT}
        value={isReady ? draft : undefined}
        rows={Math.min(16, Math.max(4, draft.split("\n").length + 1))}
        dir="auto"
        spellcheck={false}
        autocomplete="off"
        aria-describedby="prompt-room"
        aria-invalid={isRefused}
        onInput={(event) => writing.onType(event.currentTarget.value)}
        onKeyDown={(event) => {
          const isEnter = event.key === "Enter" && (event.ctrlKey || event.metaKey) && onEnter !== undefined;
          if (isEnter) onEnter();
          else if (event.key === "Escape") writing.onClose();
          else return;
          event.preventDefault();
        }}
        class="w-full rounded-md border border-line bg-panel px-2 py-1.5 font-mono text-token text-ink"
      >
        {/* Subtle: the first line end of a text area in a page is not part of its text. */}
        {isReady ? undefined : `\n${draft}`}
      </textarea>
      <p
        id="prompt-room"
        role="status"
        class={isRefused ? "text-12 text-bad" : "text-12 text-soft"}
      >
        {writing.refusal === "too long"
          ? TEXT.tooLong(count(writing.characters), count(PROMPT_ADDRESS_CHARACTERS))
          : writing.refusal === "half a character"
          ? TEXT.halfCharacter
          : screen.conversation !== undefined && editableText(screen) === ""
          ? `${TEXT.ofMessages} ${TEXT.means}`
          : TEXT.means}
      </p>
      <div class="flex flex-wrap items-center gap-2">
        <Button primary submit={!isReady} disabled={isRefused} onClick={writing.onUse}>
          {TEXT.use}
        </Button>
        <LinkButton href={screenHref(screen, [...kept, ...ofPrompt])} onClick={() => writing.onClose(true)}>
          {TEXT.cancel}
        </LinkButton>
        {screen.ownPrompt !== undefined && (
          <LinkButton href={screenHref({ ...screen, ownPrompt: undefined }, kept)}>{TEXT.back}</LinkButton>
        )}
      </div>
    </div>
  );
}

/** What a form without JavaScript says of the text area; of a prompt of one's own the sample's bar says the place. */
function SentBeside({ screen, ofPrompt }: Required<Pick<PromptEditorProps, "screen" | "ofPrompt">>) {
  const { ownPrompt, edits } = screen;
  const fields = [...ofPrompt];
  if (ownPrompt === undefined) fields.push([PROMPT_OF, promptOf(screen, editableText(screen))]);
  if (ownPrompt === undefined && Object.keys(edits).length > 0) fields.push(["edits", JSON.stringify(edits)]);
  return <>{fields.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}</>;
}
