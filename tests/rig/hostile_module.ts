/** A module that shows given texts wherever a text can stand: rows, prompts, completions, titles, errors, files, elements. */
import {
  barChart,
  button,
  chat,
  checkbox,
  choiceInput,
  code,
  collapsible,
  component,
  datasetView,
  defineModule,
  distribution,
  field,
  generation,
  heading,
  image,
  json,
  jsonl,
  lineChart,
  logitTable,
  markdown,
  nextToken,
  progress,
  prompt,
  radioInput,
  rangeInput,
  rows,
  table,
  text,
  textInput,
  tokens,
} from "../../lib/mod.ts";
import type { Module } from "../../lib/module.ts";

const START = "go", END = "<end>";
/** The smallest picture. */
const DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

export const HOSTILE_NAME = "hostile";
/** Names of the pages, as addresses have them. */
export const HOSTILE_PAGES = ["dataset", "generation", "next-token", "chat", "elements"] as const;

interface HostileOptions {
  /** Not empty, and different from each other. */
  readonly texts: readonly string[];
  /** Of a JSON Lines file, whose name may be hostile too. */
  readonly file?: string;
}

/** A model that writes each of the texts, one a token, in their order. */
function writer(texts: readonly string[]) {
  const vocabulary = [...new Set([START, ...texts, "\n", ...letters(texts)]), END];
  return logitTable({
    vocabulary,
    end: END,
    contextWindow: 2 ** 16,
    logits(prefix) {
      const last = prefix.at(-1)?.text ?? START;
      const next = texts[texts.indexOf(last) + 1] ?? END;
      return vocabulary.map((entry) => entry === next ? 9 : texts.includes(entry) ? 1 : -5);
    },
  });
}

/** Every character, so that any prompt made of the texts can be written in the vocabulary. */
function letters(texts: readonly string[]): readonly string[] {
  return [...new Set([...texts.join(""), ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ :<>|_"])];
}

export function hostileModule({ texts, file }: HostileOptions): Module {
  const all = texts.join(" ");
  const row = (value: string, index: number) => ({
    text: value,
    [value]: index === 0 ? value : index,
    node: parsed(value),
  });
  return defineModule({
    name: HOSTILE_NAME,
    title: all,
    generators: {
      writer: writer(texts),
      // Fails with the texts in its message.
      broken: { kind: "table", label: all, open: () => Promise.reject(new Error(all)) },
    },
    tasks: {
      say: {
        dataset: {
          all: rows(texts.map(row)),
          one: rows([{ text: all }]),
          ...(file && { file: jsonl<{ text: string }>(file) }),
        },
        prompt: (row) => prompt`${field("text", row.text)}${START}`,
        target: (row) => row.text,
        show: (row) => [text(row.text), markdown(row.text)],
        params: { maxTokens: texts.length + 1, temperature: 0 },
      },
      named: { dataset: { all: rows([{ text: all }]) }, prompt: ({ text }) => prompt`${field(all, text)}` },
      throwing: {
        dataset: { all: rows([{ text: all }]) },
        prompt: () => {
          throw new Error(all);
        },
      },
    },
    components: [
      datasetView(),
      generation({ title: texts[0] ?? "" }),
      nextToken({ title: texts.at(-1) ?? "" }),
      chat({
        prompt: ({ messages }) => `${messages.at(-1)?.content ?? ""}${START}`,
        title: all,
        starters: texts.slice(0, 3),
        system: all,
      }),
      component(all, () => elementsOf(texts), { name: "elements" }),
    ],
  });
}

/** Every kind of element, with the texts as its values. */
function elementsOf(texts: readonly string[]) {
  const all = texts.join("\n"), [first = ""] = texts;
  const shown = distribution();
  const candidates = texts.slice(0, 20).map((value, id) => ({
    rank: id + 1,
    token: { id, text: value, bytes: [] },
    logprob: -1 - id,
  }));
  shown.set(candidates);
  const strip = tokens();
  strip.set(
    candidates.map(({ token }) => ({ token, logprob: -1, entropyNats: 1, rank: 1, top: candidates })),
  );
  const told = text("", { name: "told" });
  const written = textInput(first, all);
  return [
    heading(all),
    text(all),
    ...texts.map((value) => markdown(value)),
    markdown(all),
    code(all, { language: first }),
    json(texts.map((value) => ({ [value]: value, node: parsed(value) }))),
    table([first, ...texts.slice(0, 3)], {
      title: all,
      rows: texts.map((value, index) => [value, value, index, text(value)]),
    }),
    barChart(all, { pieces: texts.map((value) => [value, 0.5, value] as const), long: true }),
    lineChart({
      xLabel: all,
      yLabel: first,
      series: texts.map((name, y) => ({ name, points: [[0, y], [1, 2]] as const })),
    }),
    shown,
    strip,
    image(DOT, { alt: all }),
    collapsible(all, [text(all)], { open: true }),
    progress(all, { of: 3 }),
    choiceInput(first, texts),
    written,
    button("Tell", { name: "tell", inputs: { written } }, ({ values }) => told.set(values.written)),
    button(
      all,
      { name: "labelled", inputs: { radio: radioInput(all, texts.slice(0, 3)), check: checkbox(all) } },
      () => {},
    ),
    rangeInput(all, { min: 0, max: 1 }),
    barChart(all, {
      name: "bars",
      pieces: texts.slice(0, 3).map((value) => [value, 0.5, value] as const),
      onSelect() {},
    }),
    button("Fail", { name: "fail", inputs: {} }, () => {
      throw new Error(all);
    }),
    told,
  ];
}

/** What a text is as JSON: a row, a cell or a value can be a whole tree that looks like something else. */
function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value; // Most are no JSON.
  }
}
