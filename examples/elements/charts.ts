/** Bars, lines, tokens, and values shown as they are. */
import {
  barChart,
  button,
  code,
  component,
  distribution,
  heading,
  image,
  json,
  lineChart,
  logitTable,
  type Piece,
  progress,
  text,
  tokens,
} from "visuallm";

const WORDS = ["roses", " are", " red", " violets", " blue", ",", " and", " sugar", " is", " sweet", " naïve", "\n"];
const END = "<end>";

/** After each word, its likely followers; a generator whose every logit is written down. */
const FOLLOWERS: Readonly<Record<string, readonly (readonly [word: string, logit: number])[]>> = {
  "roses": [[" are", 5], [" is", 1]],
  " are": [[" red", 3], [" blue", 2.5], [" sweet", 2]],
  " red": [[",", 4], [" and", 3]],
  ",": [["\n", 3], [" violets", 2.5], [" and", 2]],
  "\n": [[" violets", 4], [" sugar", 2]],
  " violets": [[" are", 5]],
  " blue": [[",", 3], [" and", 3], [END, 1]],
  " and": [[" sugar", 3], [" violets", 2], [" naïve", 1]],
  " sugar": [[" is", 5]],
  " is": [[" sweet", 4], [" naïve", 2], [" red", 1]],
  " sweet": [[END, 4], [",", 2], [" and", 2]],
};

const VOCABULARY = [...WORDS, END];

export const chartGenerators = {
  verse: logitTable({
    vocabulary: VOCABULARY,
    end: END,
    logits: (prefix) => {
      const followers = FOLLOWERS[prefix.at(-1)?.text ?? ""] ?? [];
      return VOCABULARY.map((word) => followers.find(([follower]) => follower === word)?.[1] ?? -2);
    },
  }),
};

/** Next tokens with the share of each, one of them tiny. */
const NEXT: readonly Piece[] = [
  ["cat", 0.612],
  ["dog", 0.3],
  ["a much longer candidate of several words", 0.084],
  ["ferret", 0.004],
  ["unicorn", 0],
];

const bars = component("Bar chart", () => {
  const next = barChart("Next token", { pieces: NEXT });
  const lengths = barChart("Tokens a document", {
    max: 4096,
    pieces: [["train", 1830], ["validation", 512, "512 (cut)"], ["test", 3]],
  });
  const compared = barChart("Two models side by side", {
    pieces: ["cat", "dog", "ferret"].map((title, index) => ({
      title,
      bars: [
        { name: "small", value: [0.5, 0.3, 0.02][index] ?? 0 },
        { name: "large", value: [0.81, 0.12, 0.004][index] ?? 0 },
        { name: "tuned", value: [0.97, 0.01, 0][index] ?? 0, annotation: index === 0 ? "97 %, best" : undefined },
      ],
    })),
  });
  const temperature = button("Flatten", () => {
    const roots = NEXT.map((piece) => "title" in piece ? 0 : Math.sqrt(piece[1]));
    const sum = roots.reduce((total, root) => total + root, 0);
    next.set(NEXT.map((piece, index) => ["title" in piece ? piece.title : piece[0], (roots[index] ?? 0) / sum]));
  });
  return [next, temperature, lengths, compared];
});

const selectable = component("Selectable bars", () => {
  const told = text("Nothing was selected yet.");
  const written = text("roses");
  const chart = barChart("Choose the next word", {
    pieces: [[" are", 0.9], [" are", 0.06], [" smell of rain and of everything that the garden remembers", 0.04]],
    onSelect: ({ index, piece }) => {
      told.set(`Last selected: ${index} ${JSON.stringify(piece.title)}`);
      written.append(piece.title);
      chart.set([[" red", 0.7], [" blue", 0.2], [" sweet", 0.1]]);
    },
  });
  const slow = barChart("A slow choice", {
    name: "slow",
    pieces: [["one", 0.5], ["two", 0.5]],
    selectLabel: (title) => `Take ${title}`,
    onSelect: async function* ({ piece, signal }) {
      for (let done = 1; done <= 5 && !signal.aborted; done++) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        yield { done, of: 5 };
      }
      told.set(`Last selected: ${piece.title}, slowly`);
    },
  });
  return [chart, told, written, slow];
});

const long = component("Long contexts", () => {
  const told = text("Nothing was selected yet.");
  const contexts = [
    "Once upon a time there was a token that stood at the end of its context window and did not know what came next,\n" +
    "so it asked the others; none of them had been trained to answer.",
    "Short.",
    `A word that never ends: ${"na".repeat(300)}`,
  ];
  return [
    barChart("Contexts", {
      long: true,
      pieces: contexts.map((title, index) => ({
        title,
        bars: [{ name: "before", value: 0.2 * (index + 1) }, { name: "after", value: 0.9 / (index + 1) }],
      })),
      onSelect: ({ index }) => told.set(`Last selected: context ${index + 1}`),
    }),
    told,
  ];
});

const lines = component("Lines", () => {
  const curve = (start: number, rate: number) =>
    Array.from({ length: 60 }, (_, step): [number, number] => [step * 10, start * Math.exp(-rate * step) + 0.8]);
  const chart = lineChart({
    xLabel: "step",
    yLabel: "loss",
    series: [
      { name: "train", points: curve(3.2, 0.08) },
      // The run was interrupted: a gap.
      { name: "validation", points: curve(3, 0.05).map(([x, y], index) => [x, index > 25 && index < 32 ? NaN : y]) },
      { name: "baseline", points: [[0, 2.2], [590, 2.2]] },
    ],
  });
  const grown = lineChart({ xLabel: "n", yLabel: "sine" });
  const grow = button("Draw on", async function* ({ signal }) {
    grown.set([]);
    for (let n = 0; n <= 40 && !signal.aborted; n++) {
      grown.append("sin", n / 5, Math.sin(n / 5));
      if (n % 2 === 0) grown.append("cos", n / 5, Math.cos(n / 5));
      yield;
    }
  });
  return [chart, grow, grown];
});

const strips = component("Tokens and candidates", ({ generator }) => {
  const written = tokens();
  const scored = tokens({ colourBy: "entropy", name: "scored" });
  const rivals = distribution();
  const write = button("Write", async function* ({ signal }) {
    written.set([]);
    const params = { seed: 7, maxTokens: 24, temperature: 1.2, topK: 8 };
    for await (const step of generator("verse").stream("roses", { params, signal })) {
      written.append(step);
      rivals.set(step);
      yield;
    }
    scored.set(await generator("verse").score("roses", " are blue, violets are red", { signal }));
  });
  return [
    write,
    written,
    heading("The last step's candidates"),
    rivals,
    heading("Scored", { level: 3 }),
    scored,
  ];
});

/** Eight by eight, as a mask of attention. */
const MASK =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAIElEQVR42mPQeAgBDBoacIYGnKEBZ2jAGRpwhgacoQEAM9MePcDUsCIAAAAASUVORK5CYII=";

const values = component("Code, JSON, image, progress", () => {
  const epochs = progress("Epochs", { of: 10 });
  const waiting = progress("Downloading, size unknown", { name: "waiting" });
  const more = button("One more", () => {
    epochs.set(Math.min(10, epochs.state.done + 1));
    waiting.set(waiting.state.done + 250);
  });
  return [
    code(
      "function greet(name: string): string {\n\treturn `Hello, ${name}`;\n}\n\n// <b>markup</b> is text, \0 is seen\n",
      {
        language: "ts",
      },
    ),
    json({
      model: "demo",
      layers: 4,
      tied: true,
      vocabulary: null,
      "a key": "a text\nof two lines",
      losses: Array.from({ length: 250 }, (_, index) => Number((3 / (index + 1)).toFixed(4))),
      nested: { a: { b: { c: [] } } },
    }),
    image(MASK, { alt: "A causal mask: each position sees itself and what is before", width: 128, height: 128 }),
    epochs,
    waiting,
    more,
  ];
});

export const chartComponents = [bars, selectable, long, lines, strips, values];
