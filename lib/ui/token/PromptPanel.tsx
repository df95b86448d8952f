import { useState } from "preact/hooks";
import type { Token } from "../../lm/token.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { Button } from "../Button.tsx";
import { CopyButton } from "../CopyButton.tsx";
import { LinkButton } from "../LinkButton.tsx";
import { Panel } from "../Panel.tsx";
import { PromptMessages } from "./PromptMessages.tsx";
import { promptFacts, PromptNote } from "./PromptNote.tsx";
import { FieldLegend, PromptText, PromptTokens } from "./PromptText.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { PROMPT_STRINGS } from "./prompt_strings.ts";
import { STRINGS } from "../strings.ts";

interface PromptPanelProps {
  readonly screen: Pick<GenerationScreen, "prompt" | "conversation">;
  readonly tokens: readonly Token[] | undefined;
  readonly isReady: boolean;
}

/** The exact prompt, as text with its fields marked or as the tokens that the model received. */
export function PromptPanel({ screen, tokens, isReady }: PromptPanelProps) {
  const [showsTokens, setShowsTokens] = useState(false);
  const { prompt, conversation } = screen;
  return (
    <Panel
      title={GENERATION_STRINGS.prompt}
      facts={promptFacts(screen, tokens)}
      actions={
        <>
          <FieldLegend prompt={prompt} />
          {tokens !== undefined && (
            <Button pressed={showsTokens} onClick={() => setShowsTokens(!showsTokens)}>{STRINGS.tokens}</Button>
          )}
          {/* The same address: by then the generator may be open. */}
          {conversation?.text === "unknown" && <LinkButton href="">{PROMPT_STRINGS.exactText}</LinkButton>}
          {isReady && conversation?.messages === undefined && (
            <CopyButton label={GENERATION_STRINGS.copyPrompt} text={prompt.text} />
          )}
        </>
      }
    >
      <div class="max-h-[40vh] overflow-y-auto p-3">
        {showsTokens && tokens !== undefined
          ? <PromptTokens prompt={prompt} tokens={tokens} />
          : conversation?.messages === undefined
          ? <PromptText prompt={prompt} />
          : <PromptMessages prompt={prompt} messages={conversation.messages} />}
      </div>
      <PromptNote conversation={conversation} />
    </Panel>
  );
}
