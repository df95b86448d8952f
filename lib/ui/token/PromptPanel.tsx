import { useMemo, useState } from "preact/hooks";
import { lintPrompt } from "../../lm/prompt_lint.ts";
import type { Token } from "../../lm/token.ts";
import { screenHref } from "../address/generation_screen.ts";
import { WRITES, WRITES_PROMPT } from "../address/own_prompt.ts";
import { Button } from "../Button.tsx";
import { CopyButton } from "../CopyButton.tsx";
import { cx } from "../cx.ts";
import { LintList } from "./LintList.tsx";
import { LinkButton } from "../LinkButton.tsx";
import { opensBeside } from "../page_key.ts";
import { Panel } from "../Panel.tsx";
import { PromptEditor, type PromptEditorProps } from "./PromptEditor.tsx";
import { PromptMessages } from "./PromptMessages.tsx";
import { promptFacts, PromptNote } from "./PromptNote.tsx";
import { FieldLegend, PromptText, PromptTokens } from "./PromptText.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { PROMPT_STRINGS as TEXT } from "./prompt_strings.ts";
import { STRINGS } from "../strings.ts";
import { PROMPT_EDIT } from "./use_own_prompt.ts";

interface PromptPanelProps extends Omit<PromptEditorProps, "draft"> {
  readonly tokens: readonly Token[] | undefined;
}

/** The exact prompt: as text with its fields marked, as the tokens that the model received, or as a text to be changed. */
export function PromptPanel(props: PromptPanelProps) {
  const { screen, tokens, isReady, writing: { draft } } = props;
  const { prompt, conversation, ownPrompt, textSent } = screen;
  const [showsTokens, setShowsTokens] = useState(false);
  // Long, and the same on each frame of a run.
  const text = useMemo(() => {
    if (showsTokens && tokens !== undefined) return <PromptTokens prompt={prompt} tokens={tokens} />;
    const messages = conversation?.messages;
    return messages === undefined
      ? <PromptText prompt={prompt} />
      : <PromptMessages prompt={prompt} messages={messages} />;
  }, [showsTokens, tokens, prompt, conversation]);
  const findings = useMemo(() => {
    const all = lintPrompt({ prompt, tokens });
    // What the server makes a message of goes on after it.
    return textSent === "message" ? all.filter(({ rule }) => rule !== "trailing_space") : all;
  }, [prompt, tokens, textSent]);
  return (
    <Panel
      title={ownPrompt === undefined ? GENERATION_STRINGS.prompt : TEXT.own.title}
      facts={draft === undefined ? promptFacts(screen, tokens) : TEXT.own.writing}
      actions={
        <>
          {draft === undefined && <FieldLegend prompt={prompt} />}
          {tokens !== undefined && draft === undefined && (
            <Button
              pressed={showsTokens}
              onClick={() => setShowsTokens(!showsTokens)}
            >
              {STRINGS.tokens}
            </Button>
          )}
          {/* The same address: by then the generator may be open. */}
          {conversation?.text === "unknown" && <LinkButton href="">{TEXT.exactText}</LinkButton>}
          {isReady && draft === undefined && conversation?.messages === undefined && (
            <CopyButton label={GENERATION_STRINGS.copyPrompt} text={prompt.text} />
          )}
        </>
      }
    >
      {draft !== undefined ? <PromptEditor {...props} draft={draft} /> : (
        <>
          <div class="max-h-[40vh] overflow-y-auto p-3">{text}</div>
          <PromptNote conversation={conversation} />
          <LintList findings={findings} />
          <PromptWays {...props} />
        </>
      )}
    </Panel>
  );
}

/** What else can be done with a prompt: its text changed, its fields, or the sample's own had again. */
function PromptWays({ screen, kept, ofPrompt = [], writing, isReady }: PromptPanelProps) {
  const ofSample = { ...screen, ownPrompt: undefined };
  return (
    <p class="flex flex-wrap items-center gap-x-4 border-t border-line px-3 py-0.5 text-12">
      <a
        id={PROMPT_EDIT}
        class={WAY}
        href={screenHref(screen, [...kept, ...ofPrompt, [WRITES, WRITES_PROMPT]])}
        onClick={(event) => {
          if (!isReady || opensBeside(event)) return;
          event.preventDefault();
          writing.onOpen();
        }}
      >
        {TEXT.own.edit}
      </a>
      {screen.ownPrompt !== undefined
        ? <a class={WAY} href={screenHref(ofSample, kept)}>{TEXT.own.back}</a>
        : screen.dataset !== undefined && (
          <a class={WAY} href={`${screenHref({ ...ofSample, component: screen.dataset }, [["edit", "1"]])}#fields`}>
            {TEXT.own.editFields}
          </a>
        )}
    </p>
  );
}

const WAY = cx("-mx-1 inline-flex min-h-[28px] items-center rounded-sm px-1 text-accent underline");
