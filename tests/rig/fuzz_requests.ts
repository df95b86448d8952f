/** Requests that nobody should send, of fourteen kinds, drawn from a seed. */
import { type Chance, hostileStrings, seededChance } from "./hostile_strings.ts";

export interface FuzzRequest {
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  /** As they are sent, so that they may be none. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const JSON_TYPE = ["content-type", "application/json"] as const;
const HOSTILE = hostileStrings(400).map((text) => text.slice(0, 500));
const NUMBERS = [
  "NaN",
  "1e999",
  "-0",
  "9007199254740993",
  '"1"',
  "null",
  "-1",
  "1.5",
  "[]",
  "{}",
  "true",
  "0x10",
  "1e-9",
];
const FIELDS = ["prompt", "task", "split", "sample", "generator", "seed", "top", "path", "params", "edits", "x"];
const PARAMS = ["temperature", "top_p", "top_k", "min_p", "max_tokens", "n", "stop", "seed", "logit_bias", "order"];
const CALLS = ["generate", "score", "next_token", "chat", "chat_prompt", "samples", "events", "elements/a", "nothing"];
const QUERIED = [
  "/rig/generation",
  "/rig/next-token",
  "/talk/chat",
  "/talk/dataset",
  "/api/talk/dataset/samples",
  "/api/talk/dataset/scores",
  "/api/pages/inputs/elements",
];
const CONTROLS = ["\0", "\x07", "\x1b[2J", "\x7f", "\x85", "\r", "\v"];
const DIRECTIONS = ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\u061c"];
const SURROGATES = ["\\ud800", "\\udc00", "\\ud83d", "\\udfff\\ud800", "\\ud83d\\ude00"];
const FORMS = ["e\u0301", "\u00e9", "\ufb01", "\u212b", "\u1e9b\u0323", "\u0958"];
const EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇨🇿", "❤️", "\u200d\u200d", "🙂"];
const EVENTS = ["data: x\n\n", "event: done\n", "id: 1\r\n", "retry: 1\n", ": comment\n", "\n\n", "\r\n\r\n"];
const TYPES = ["text/plain", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "*/*", "", "a"];
const CODINGS = ["gzip", "br", "deflate, gzip", "identity", "x"];

/** How many of each kind are among ten thousand. */
const SHARES: readonly (readonly [kind: string, of: number, make: (draw: Draw) => Omit<FuzzRequest, "kind">])[] = [
  ["JSON shapes", 1_500, (draw) => post(draw, draw.json(0))],
  ["numbers", 1_000, (draw) => post(draw, draw.object(FIELDS, () => draw.pick(NUMBERS)))],
  ["controls", 500, (draw) => said(draw, JSON.stringify(draw.mixed(CONTROLS)))],
  ["directions", 500, (draw) => said(draw, JSON.stringify(draw.mixed(DIRECTIONS)))],
  ["surrogates", 500, (draw) => said(draw, `"${draw.mixed(SURROGATES)}"`)],
  ["normal forms", 300, (draw) => said(draw, JSON.stringify(draw.mixed(FORMS)))],
  [
    "long texts",
    200,
    (draw) => said(draw, JSON.stringify(draw.pick(["a", "é", "🙂", " ", "\n"]).repeat(draw.below(60_000)))),
  ],
  ["emoji", 500, (draw) => said(draw, JSON.stringify(draw.mixed(EMOJI)))],
  ["names and paths", 1_000, (draw) => get(draw.path())],
  ["headers", 1_000, (draw) => ({ ...post(draw, `{"prompt":"a"}`), headers: [...draw.headers(), JSON_TYPE] })],
  ["types and codings", 500, (draw) => ({ ...post(draw, draw.pick(HOSTILE)), headers: draw.types() })],
  ["queries", 500, (draw) => get(`${draw.pick(QUERIED)}?${draw.query()}`)],
  ["event texts", 1_000, (draw) => said(draw, JSON.stringify(draw.mixed(EVENTS)))],
  [
    "params",
    1_000,
    (draw) => post(draw, `{"prompt":"a","params":${draw.object(PARAMS, () => draw.param())}}`, "generate"),
  ],
];

/** @param count of all kinds together, in their shares */
export function* fuzzRequests(count: number, seed: number): Generator<FuzzRequest> {
  const draw = new Draw(seededChance(seed));
  for (const [kind, of, make] of SHARES) {
    for (let made = 0; made < of * count / 10_000; made++) yield { kind, ...make(draw) };
  }
}

function get(path: string): Omit<FuzzRequest, "kind"> {
  return { method: "GET", path, headers: [], body: "" };
}

function post(draw: Draw, body: string, call: string = draw.pick(CALLS)): Omit<FuzzRequest, "kind"> {
  const place = draw.below(8);
  const path = place === 0
    ? `/v1/${draw.pick(["completions", "chat/completions"])}`
    : place === 1
    ? `/api/talk/chat/${draw.pick(["chat", "chat_prompt"])}`
    : place === 2
    ? `/api/pages/inputs/elements/${draw.pick(["button", "told", "number", "nothing"])}`
    : `/api/rig/generation/${call}`;
  return { method: "POST", path, headers: [JSON_TYPE], body };
}

/** A text where texts are taken. @param text as JSON */
function said(draw: Draw, text: string): Omit<FuzzRequest, "kind"> {
  const bodies = [
    `{"prompt":${text},"params":{"max_tokens":2}}`,
    `{"prompt":"a","completion":${text}}`,
    `{"edits":{"text":${text}},"params":{"max_tokens":1}}`,
    `{"prompt":"a","params":{"max_tokens":2,"stop":[${text}]}}`,
    `{"task":${text}}`,
    `{"messages":[{"role":"user","content":${text}}]}`,
    `{"model":"rig/table","prompt":${text},"max_tokens":1}`,
  ];
  return post(draw, draw.pick(bodies), draw.pick(["generate", "score", "next_token"]));
}

class Draw {
  constructor(readonly below: Chance) {}

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("Cannot draw from an empty list");
    return item;
  }

  /** A few of the pieces among letters. */
  mixed(pieces: readonly string[]): string {
    return Array.from({ length: 1 + this.below(6) }, () => this.pick([...pieces, "a", "bc", " "])).join("");
  }

  object(names: readonly string[], value: () => string): string {
    return `{${Array.from({ length: this.below(5) }, () => `"${this.pick(names)}":${value()}`).join(",")}}`;
  }

  /** Any JSON, now and then cut off. */
  json(depth: number): string {
    const inner = () => this.json(depth + 1);
    const leaf = () => this.below(2) === 0 ? JSON.stringify(this.pick(HOSTILE)) : this.pick(NUMBERS);
    const text = depth > 3 || this.below(3) === 0
      ? leaf()
      : this.below(2) === 0
      ? `[${Array.from({ length: this.below(4) }, inner).join(",")}]`
      : this.object([...FIELDS, "__proto__", "constructor", "toString"], inner);
    if (depth > 0) return text;
    const deep = this.below(60);
    const whole = this.below(10) === 0 ? "[".repeat(deep) + text + "]".repeat(deep) : text;
    return this.below(8) === 0 ? whole.slice(0, this.below(whole.length + 1)) : whole;
  }

  param(): string {
    return this.below(2) === 0
      ? this.pick(NUMBERS)
      : this.pick(["0", "1", "2", "0.5", '["a"]', '{"1":null}', '{"1":5}', '["top_k"]']);
  }

  path(): string {
    const part = () =>
      this.below(3) === 0 ? this.pick(["rig", "generation", "api", "v1", "static", "_fresh"]) : this.encoded();
    const kinds = [
      `/api/${part()}/generation/${this.pick(CALLS)}`,
      `/${part()}/${part()}`,
      `/api/rig/${part()}/samples`,
      `/${part()}`,
    ];
    return this.pick(kinds);
  }

  query(): string {
    const names = [
      ...FIELDS,
      ...PARAMS,
      "offset",
      "limit",
      "q",
      "sort",
      "filter.text",
      "score.logprob",
      "only",
      "by",
      "token",
    ];
    return Array.from({ length: 1 + this.below(3) }, () => `${this.pick(names)}=${this.encoded()}`).join("&");
  }

  headers(): readonly (readonly [string, string])[] {
    const names = [
      "accept",
      "x-forwarded-for",
      "range",
      "if-none-match",
      "cookie",
      "authorization",
      "origin",
      "te",
      "a\tb",
      "é",
    ];
    const values = [
      ...CODINGS,
      "bytes=0-",
      "bytes=9-1",
      "*",
      "\x01",
      "ÿ",
      '"',
      ";;=;",
      "x".repeat(9_000),
      "visuallm=a",
      "Bearer a",
    ];
    return Array.from({ length: 1 + this.below(4) }, () => [this.pick(names), this.pick(values)] as const);
  }

  types(): readonly (readonly [string, string])[] {
    const type = ["content-type", this.pick(TYPES)] as const;
    return this.below(2) === 0
      ? [type]
      : [type, ["content-encoding", this.pick(CODINGS)], ["accept-encoding", this.pick(CODINGS)]];
  }

  /** As it may stand in an address, now and then wrongly encoded. */
  encoded(): string {
    const text = this.pick(this.below(4) === 0 ? [...NUMBERS, "%", "%zz", "%ff", "%c0%af"] : HOSTILE);
    return text.startsWith("%") ? text : encodeURIComponent(text.slice(0, 60).toWellFormed());
  }
}
