import { useState } from "preact/hooks";
import { HeatLegend } from "../../ui/token/HeatLegend.tsx";
import { bits, MISSING, probability } from "../../ui/number_format.ts";
import { STRINGS } from "../../ui/strings.ts";
import { TableTwin } from "../../ui/TableTwin.tsx";
import { displayToken, displayTokens } from "../../ui/token/token_display.ts";
import { useLate } from "../../ui/use_late.ts";
import { heat } from "../../ui/token/token_heat.ts";
import { type StripToken, TokenStrip } from "../../ui/token/TokenStrip.tsx";
import { reviveCandidates, reviveLogprob } from "../distribution/kept_candidates.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { MeasuredToken, TokenColouring, TokensState } from "./tokens.ts";

/** A strip for each sequence; the candidates of a token open below the strips. */
export function TokensView({ state: { tokens, colourBy } }: ViewProps<TokensState>) {
  const [opened, setOpened] = useState<number | undefined>(undefined);
  const token = opened === undefined ? undefined : tokens[opened];
  const late = useLate(opened !== undefined, () => import("../../ui/inspector/Inspector.tsx"));
  if (tokens.length === 0) return <p class="text-soft">{STRINGS.noTokens}</p>;
  const sequences = [...Map.groupBy(tokens.keys(), (index) => sequenceOf(tokens[index]))];
  return (
    <div class="flex min-w-0 flex-col gap-2">
      {colourBy !== "none" && <HeatLegend colouring={colourBy} />}
      {sequences.map(([sequence, indices]) => (
        <Sequence
          key={sequence}
          label={sequences.length === 1 ? STRINGS.tokens : STRINGS.sequence(sequence + 1)}
          isNamed={sequences.length > 1}
          tokens={indices.flatMap((index) => tokens[index] ?? [])}
          colourBy={colourBy}
          opened={opened === undefined || !indices.includes(opened) ? undefined : indices.indexOf(opened)}
          onOpen={(place) => setOpened((before) => before === indices[place] ? undefined : indices[place])}
        />
      ))}
      {token !== undefined && opened !== undefined && late !== undefined && (
        <section class="max-w-[560px] rounded-lg border border-line bg-panel p-3" aria-label={heading(token, opened)}>
          <late.Inspector
            inspected={inspected(revive(token))}
            heading={heading(token, opened)}
            onClose={() =>
              setOpened(undefined)}
          />
        </section>
      )}
      <TokenTable tokens={tokens} />
    </div>
  );
}

interface SequenceProps {
  readonly label: string;
  readonly isNamed: boolean;
  readonly tokens: readonly MeasuredToken[];
  readonly colourBy: TokenColouring;
  /** Position of the opened token, when it is one of these. */
  readonly opened: number | undefined;
  readonly onOpen: (position: number) => void;
}

function Sequence({ label, isNamed, tokens, colourBy, opened, onOpen }: SequenceProps) {
  return (
    <div class="min-w-0">
      {isNamed && <span class="text-12 text-soft">{label}</span>}
      <TokenStrip label={label} tokens={stripTokens(tokens, colourBy)} selected={opened} onSelect={onOpen} />
    </div>
  );
}

function TokenTable({ tokens }: { readonly tokens: readonly MeasuredToken[] }) {
  return (
    <TableTwin
      head={[STRINGS.token, "id", "p", STRINGS.rank, `${STRINGS.entropy} (bits)`]}
      rows={tokens.map(({ token, logprob, rank, entropyNats }) => [
        displayToken(token).text,
        String(token.id),
        logprob === undefined ? MISSING : probability(reviveLogprob(logprob)),
        rank === undefined ? MISSING : String(rank),
        entropyNats === undefined ? MISSING : bits(entropyNats),
      ])}
    />
  );
}

function stripTokens(tokens: readonly MeasuredToken[], colourBy: TokenColouring): readonly StripToken[] {
  const displayed = displayTokens(tokens.map(({ token }) => token));
  return tokens.map(({ token, logprob, entropyNats, rank }, index) => {
    const known = logprob === undefined ? undefined : reviveLogprob(logprob);
    return {
      display: displayed[index] ?? displayToken(token),
      heat: heat({ logprob: known, entropyNats, rank }, colourBy),
      logprob: known,
      rank,
    };
  });
}

function revive(token: MeasuredToken): MeasuredToken {
  const { restLogprob } = token;
  return {
    ...token,
    ...(token.logprob === undefined ? {} : { logprob: reviveLogprob(token.logprob) }),
    top: reviveCandidates(token.top),
    ...(restLogprob === undefined ? {} : { restLogprob: reviveLogprob(restLogprob) }),
  };
}

function inspected(token: MeasuredToken) {
  return "draw" in token
    ? { kind: "step" as const, step: token, survival: undefined }
    : { kind: "scored" as const, token, position: 0 };
}

function heading(token: MeasuredToken, index: number): string {
  return "draw" in token
    ? STRINGS.completionPosition(token.sequence + 1, token.position + 1)
    : STRINGS.tokenPosition(index + 1);
}

function sequenceOf(token: MeasuredToken | undefined): number {
  return token !== undefined && "sequence" in token ? token.sequence : 0;
}
