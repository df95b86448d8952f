import { useState } from "preact/hooks";
import type { Prompt } from "../../lm/prompt.ts";
import type { Token } from "../../lm/token.ts";
import { Button } from "../Button.tsx";
import { plural } from "../number_format.ts";
import { Panel } from "../Panel.tsx";
import { FieldLegend, PromptText, PromptTokens } from "./PromptText.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { STRINGS } from "../strings.ts";

/** The exact prompt, as text with its fields marked or as the tokens that the model received. */
export function PromptPanel(props: { readonly prompt: Prompt; readonly tokens: readonly Token[] | undefined }) {
  const [showsTokens, setShowsTokens] = useState(false);
  const { prompt, tokens } = props;
  const facts = tokens === undefined
    ? GENERATION_STRINGS.promptFacts
    : `${plural(tokens.length, "token", "tokens")} · ${GENERATION_STRINGS.promptFacts}`;
  return (
    <Panel
      title={GENERATION_STRINGS.prompt}
      facts={facts}
      actions={
        <>
          <FieldLegend prompt={prompt} />
          {tokens !== undefined && (
            <Button pressed={showsTokens} onClick={() => setShowsTokens(!showsTokens)}>{STRINGS.tokens}</Button>
          )}
        </>
      }
    >
      <div class="max-h-[40vh] overflow-y-auto p-3">
        {showsTokens && tokens !== undefined
          ? <PromptTokens prompt={prompt} tokens={tokens} />
          : <PromptText prompt={prompt} />}
      </div>
    </Panel>
  );
}
