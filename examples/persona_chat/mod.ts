/** Small talk in character: the reply must fit the traits and the turns so far. */
import {
  chat,
  choiceInput,
  columns,
  datasetView,
  defineModule,
  f1,
  field,
  generation,
  jsonl,
  nextToken,
  onnx,
  perplexity,
  type Prompt,
  prompt,
  table,
} from "visuallm";
import { NO_TRAIT, TRAITS } from "./traits.ts";

interface Sample {
  readonly personality: readonly string[];
  /** Turns so far; the first is the other speaker's, then they alternate. */
  readonly history: readonly string[];
  readonly candidates: readonly string[];
  readonly reply: string;
}

const ROLES = ["user", "assistant"] as const;
/** A trait picker begins with one of these; further ones with none. */
const FIRST_TRAITS = ["i have a parrot .", "i love to eat pizza .", "i play the guitar ."];
const PICKERS = 5;

export default defineModule({
  name: "persona_chat",
  title: "Persona chat",
  generators: { demo: onnx("models/demo") },
  tasks: {
    persona_chat: {
      dataset: {
        test: jsonl<Sample>("data/test.jsonl"),
        validation: jsonl<Sample>("data/validation.jsonl"),
        train: jsonl<Sample>("data/train.jsonl"),
      },
      prompt: ({ personality, history }) => render(personality, history),
      target: ({ reply }) => reply,
      show: ({ personality, history }) => [linkedTables(personality, history)],
      metrics: { F1: f1, ppl: perplexity },
      params: { maxTokens: 30 },
    },
  },
  components: [
    generation(),
    datasetView(),
    nextToken(),
    chat({
      starters: ["hello !", "do you have any pets ?", "what do you like to eat ?"],
      controls: traitPickers,
      metrics: { ppl: perplexity },
      prompt: ({ values, messages }) => {
        const traits = Object.values(values).filter((trait) => trait !== NO_TRAIT);
        return render(traits, messages.map(({ content }) => content));
      },
      params: { maxTokens: 30 },
    }),
  ],
});

/** The model's own form: the traits, then the turns, then the place of its reply. */
function render(personality: readonly string[], history: readonly string[]): Prompt {
  const traits = personality.length === 0
    ? prompt``
    : prompt`<|system|>${field("personality", personality.join("\n"))}<|end|>`;
  const turns = history.map((turn, index) => {
    const role = ROLES[index % 2] ?? "user";
    return prompt`<|${role}|>${field(role, turn)}<|end|>`;
  });
  const dialogue = turns.reduce((text, turn) => prompt`${text}${turn}`, traits);
  return prompt`${dialogue}<|assistant|>`;
}

function traitPickers() {
  return Object.fromEntries(Array.from({ length: PICKERS }, (_, index) => {
    const value = FIRST_TRAITS[index] ?? NO_TRAIT;
    return [`trait${index + 1}`, choiceInput(`Trait ${index + 1}`, TRAITS, { value })];
  }));
}

/** Persona and turns side by side; a turn is linked to the traits that share a word with it. */
function linkedTables(personality: readonly string[], history: readonly string[]) {
  const persona = table(["Trait"], { title: "Persona", rows: personality.map((trait) => [trait]) });
  const turns = table(["Who", "Utterance"], {
    title: "Turns",
    rows: history.map((turn, index) => [index % 2 === 0 ? "Other" : "Persona", turn]),
  });
  for (const [turn, said] of history.entries()) {
    for (const [trait, sentence] of personality.entries()) {
      const label = longWords(said).find((word) => longWords(sentence).includes(word));
      if (label !== undefined) turns.link(turn, persona, trait, { label });
    }
  }
  return columns([persona, turns]);
}

/** Short words are everywhere and link nothing. */
function longWords(sentence: string): readonly string[] {
  return sentence.split(" ").filter((word) => word.length > 3 && word !== "have" && word !== "your");
}
