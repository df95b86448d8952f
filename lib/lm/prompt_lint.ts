/** What is likely wrong with a prompt before a model ever sees it. */
import type { Prompt } from "./prompt.ts";
import type { Token } from "./token.ts";

export type LintFinding =
  /** The prompt begins with the same special token twice: a template's own and the tokenizer's. */
  | { readonly rule: "doubled_start"; readonly token: Token }
  /** The text ends with a space, while tokens of most vocabularies begin with theirs. */
  | { readonly rule: "trailing_space" }
  /** Data that reads as a special token; `parsed` when the tokenizer made it one. */
  | { readonly rule: "special_in_field"; readonly field: string; readonly text: string; readonly parsed: boolean }
  /** Nothing can be generated, as the prompt alone fills the window. */
  | { readonly rule: "over_window"; readonly tokens: number; readonly contextWindow: number };

interface LintInput {
  readonly prompt: Prompt;
  /** As the model receives it; without them, the rules that need them are left out. */
  readonly tokens?: readonly Token[] | undefined;
  readonly contextWindow?: number | undefined;
}

/** Names of special tokens in the families of models that are common: <|im_end|>, </s>, [INST], <bos>. */
const SPECIAL = /<\|[^|<>\s]{1,40}\|>|<\/?(?:s|bos|eos|pad|unk)>|\[\/?INST\]|<(?:start|end)_of_turn>/g;

/** @example a prompt `Q: ` has a trailing space; `Q:` and `Q:\n` have none */
export function lintPrompt({ prompt, tokens, contextWindow }: LintInput): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const [first, second] = tokens ?? [];
  if (first?.special === true && first.id === second?.id) findings.push({ rule: "doubled_start", token: first });
  findings.push(...specialsInFields(prompt, tokens));
  if (/[ \t\u00a0]$/.test(prompt.text)) findings.push({ rule: "trailing_space" });
  if (tokens !== undefined && contextWindow !== undefined && tokens.length >= contextWindow) {
    findings.push({ rule: "over_window", tokens: tokens.length, contextWindow });
  }
  return findings;
}

function specialsInFields({ text, spans }: Prompt, tokens: readonly Token[] = []): readonly LintFinding[] {
  const parsed = new Set(tokens.filter(({ special }) => special === true).map((token) => token.text));
  const found = new Map<string, LintFinding>();
  for (const { field, start, end } of spans) {
    const value = text.slice(start, end);
    const names = [...value.matchAll(SPECIAL)].map(([name]) => name);
    for (const name of [...names, ...[...parsed].filter((each) => each !== "" && value.includes(each))]) {
      found.set(`${field} ${name}`, { rule: "special_in_field", field, text: name, parsed: parsed.has(name) });
    }
  }
  return [...found.values()];
}
