/** The little markdown that `markdown()` knows: bold, italic, code and links. */

export type Span =
  | { readonly type: "text" | "code"; readonly text: string }
  | { readonly type: "bold" | "italic"; readonly spans: readonly Span[] }
  | { readonly type: "link"; readonly href: string; readonly spans: readonly Span[] };

/** Schemes that a link may have; without one it leads to a page of this app. */
const SAFE_LINK = /^(https?:\/\/|mailto:|\/(?!\/)|#)/i;

/** In the order in which they are tried: code first, as nothing inside it is markup. */
const RULES: readonly (readonly [pattern: RegExp, build: (match: RegExpExecArray) => Span | undefined])[] = [
  [/^`([^`\n]+)`/, ([, text = ""]) => ({ type: "code", text })],
  // Subtle: without a longest text each of many beginnings would look for its end through all of the line.
  [/^\*\*(?=\S)([^\n]{0,999}?\S)\*\*/, ([, text = ""]) => ({ type: "bold", spans: markdownSpans(text) })],
  // Subtle: a star between two word characters, as in 2*3*4, is no markup.
  [/^\*(?=[^\s*])([^\n*]*[^\s*])\*(?!\w)/, ([, text = ""]) => ({ type: "italic", spans: markdownSpans(text) })],
  [/^\[([^[\]\n]+)\]\(([^()\s]+)\)/, ([, text = "", href = ""]) => link(text, href)],
];

/**
 * @example "a **b** `c`" is text "a ", bold "b", text " ", code "c"
 */
export function markdownSpans(source: string): readonly Span[] {
  const spans: Span[] = [];
  let plain = "";
  for (let at = 0; at < source.length;) {
    const isInWord = source[at] === "*" && source[at + 1] !== "*" && /\w/.test(source[at - 1] ?? "");
    const found = isInWord ? undefined : match(source.slice(at));
    if (found === undefined) {
      plain += source[at] ?? "";
      at++;
      continue;
    }
    if (plain !== "") spans.push({ type: "text", text: plain });
    plain = "";
    spans.push(found.span);
    at += found.length;
  }
  if (plain !== "") spans.push({ type: "text", text: plain });
  return spans;
}

function match(rest: string): { readonly span: Span; readonly length: number } | undefined {
  if (!/^[`*[]/.test(rest)) return undefined;
  for (const [pattern, build] of RULES) {
    const found = pattern.exec(rest);
    const span = found === null ? undefined : build(found);
    if (found !== null && span !== undefined) return { span, length: found[0].length };
  }
  return undefined;
}

function link(text: string, href: string): Span | undefined {
  return SAFE_LINK.test(href) ? { type: "link", href, spans: markdownSpans(text) } : undefined;
}
