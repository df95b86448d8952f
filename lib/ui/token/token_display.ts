/** How tokens are written on screen: characters where they are complete, bytes where they are not, never U+FFFD. */
import type { Token } from "../../lm/token.ts";
import { visibleText } from "../../lm/visible_text.ts";

export interface DisplayedToken {
  readonly text: string;
  /** True when `text` stands for something that is no text: incomplete bytes, a special token, a control character. */
  readonly isMark: boolean;
  /** True when the token ends a line, so that the strip breaks after it. */
  readonly breaksLine: boolean;
}

/** Bytes after which a character is no longer waited for; UTF-8 has four at most, tokens add a few of their own. */
const LONGEST_OPEN = 16;

/** One token by itself, spaces made visible: ␣met. */
export function displayToken(token: Token): DisplayedToken {
  if (token.special === true || token.bytes.length === 0) {
    return mark(token.text === "" ? `⟨${token.id}⟩` : visibleText(token.text));
  }
  const text = decodeComplete(token.bytes);
  return text === undefined
    ? mark(hexBytes(token.bytes))
    : { ...shown(text), text: shown(text).text.replaceAll(" ", "␣") };
}

/** Tokens of one text: a character that is split over tokens stands at the token that completes it. */
export function displayTokens(tokens: readonly Token[]): readonly DisplayedToken[] {
  let open: readonly number[] = [];
  return tokens.map((token) => {
    if (token.special === true || token.bytes.length === 0) return displayToken(token);
    const joined = [...open, ...token.bytes];
    // Subtle: bytes that were never completed are given up when a token is whole without them.
    const text = decodeComplete(joined) ?? decodeComplete(token.bytes);
    open = text === undefined && joined.length < LONGEST_OPEN ? joined : [];
    return text === undefined ? mark(hexBytes(token.bytes)) : shown(text);
  });
}

/** The tokens of a prompt; undefined where a server tells none, and all of it stands as one token of ours. */
export function knownTokens(tokens: readonly Token[]): readonly Token[] | undefined {
  return tokens.length === 1 && tokens[0]?.isUnnumbered === true ? undefined : tokens;
}

/** What a screen reader says for a token. */
export function tokenName(display: DisplayedToken): string {
  const text = display.text.trim() === "" ? display.text.replaceAll(" ", "␣") : display.text;
  return `‹${text}›`;
}

function shown(text: string): DisplayedToken {
  return { text: visibleText(text), isMark: text.trim() === "" && text !== " ", breaksLine: text.endsWith("\n") };
}

function mark(text: string): DisplayedToken {
  return { text, isMark: true, breaksLine: false };
}

function hexBytes(bytes: readonly number[]): string {
  return `⟨${bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")}⟩`;
}

/** The text of bytes that are whole characters; undefined when they are not. */
function decodeComplete(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined; // Part of a character, or no UTF-8 at all: the caller shows the bytes.
  }
}
