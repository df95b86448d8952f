/** A table as LaTeX code that compiles whatever its cells hold. */
import { markdownSpans, type Span } from "../text/markdown_spans.ts";
import type { ExportCell } from "./cell.ts";

interface Line {
  readonly latex: string;
  readonly length: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "\\&",
  "%": "\\%",
  "_": "\\_",
  "#": "\\#",
  "$": "\\$",
  "{": "\\{",
  "}": "\\}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "\\": "\\textbackslash{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  "\t": " ",
  "\u00A0": "~",
};

// What cannot be seen, as controls, lone surrogates, zero-width and bidi characters, is named: TeX refuses most of it.
const SPECIAL =
  // deno-lint-ignore no-control-regex
  /[&%_#${}~^\\<>|\u0000-\u001F\u007F-\u00A0\u061C\u180E\u200B\u200C\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|\p{Surrogate}/gu;

/**
 * A cell of n lines becomes a `\multirow`, with empty rows below it for its lines to stand in.
 * @example latexTable(["a"], [[{ text: "1", isMarkdown: false }]]) is a `tabular` whose lines are "a \\", "\hline", "1"
 */
export function latexTable(headers: readonly string[], rows: readonly (readonly ExportCell[])[]): string {
  const head = latexRow(headers.map((text) => escapeLatex(text.replaceAll(/\r\n?|\n/g, " "))));
  return [
    "\\begin{center}",
    `\\begin{tabular}{${headers.map(() => "c").join(" ")}}`,
    `${head} \\\\`,
    "\\hline",
    rows.flatMap(latexRows).join(" \\\\\n"),
    "\\end{tabular}",
    "\\end{center}",
    "",
  ].join("\n");
}

/** Whether the code needs `\usepackage{multirow}`. */
export function needsMultirow(latex: string): boolean {
  return latex.includes("\\multirow{");
}

export function escapeLatex(text: string): string {
  return text.replace(SPECIAL, (character) => ESCAPES[character] ?? codePoint(character));
}

function latexRows(cells: readonly ExportCell[]): readonly string[] {
  const lines = cells.map(latexLines);
  const height = Math.max(...lines.map(({ length }) => length));
  const empty = cells.map(() => "");
  return [lines.map(latexCell), ...Array.from({ length: height - 1 }, () => empty)].map(latexRow);
}

/** Subtle: an empty row of one column would be no row, and `\\` takes a bracket or star after it for its own. */
function latexRow(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === "") return "{}";
  return guard(cells.join(" & "));
}

function latexCell(lines: readonly Line[]): string {
  const [first] = lines;
  if (lines.length === 1 && first !== undefined) return first.latex;
  const widthEm = Math.max(...lines.map(({ length }) => length)) / 2;
  // Subtle: an empty line at the start would end a paragraph that has not begun.
  const text = lines.map(({ latex }) => latex === "" ? "\\strut" : guard(latex)).join("\\\\");
  return `\\multirow{${lines.length}}{*}{\\parbox{${widthEm}em}{\\centering ${text}}}`;
}

function guard(latex: string): string {
  return /^\s*[[*]/.test(latex) ? `{}${latex}` : latex;
}

/** Markup never crosses a line end, so each line is read by itself. */
function latexLines({ text, isMarkdown }: ExportCell): readonly Line[] {
  return text.split(/\r\n?|\n/).map((line) => {
    if (!isMarkdown) return { latex: escapeLatex(line), length: line.length };
    const spans = markdownSpans(line);
    return { latex: spans.map(latexSpan).join(""), length: spans.map(spanText).join("").length };
  });
}

function latexSpan(span: Span): string {
  switch (span.type) {
    case "text":
      return escapeLatex(span.text);
    case "code":
      return `\\texttt{${escapeLatex(span.text)}}`;
    case "bold":
      return `\\textbf{${span.spans.map(latexSpan).join("")}}`;
    case "italic":
      return `\\textit{${span.spans.map(latexSpan).join("")}}`;
    case "link":
      return span.spans.map(latexSpan).join("");
  }
}

function spanText(span: Span): string {
  return "text" in span ? span.text : span.spans.map(spanText).join("");
}

function codePoint(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `\\texttt{U+${code}}`;
}
