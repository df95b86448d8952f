/**
 * Models behind OpenAI's API: OpenAI itself, or whatever server `OPENAI_BASE_URL` names (vLLM, llama.cpp, Ollama …).
 * The model is `OPENAI_MODEL`, the key `OPENAI_API_KEY`. "text" continues exact prompts, which is what scoring and stepping
 * need; not every server has it, and Ollama puts the prompt into a conversation there too.
 */
import {
  chat,
  choiceInput,
  defineModule,
  exactMatch,
  f1,
  field,
  generation,
  nextToken,
  openai,
  perplexity,
  prompt,
  rows,
} from "visuallm";

const questions = rows([
  { question: "What is the capital of France?", answer: "Paris" },
  { question: "What is seven times eight?", answer: "56" },
  { question: "Which planet is nearest to the sun?", answer: "Mercury" },
  { question: "What is the opposite of cold?", answer: "hot" },
]);

const translations = rows([
  { english: "The house is small.", french: "La maison est petite." },
  { english: "I like to read books.", french: "J'aime lire des livres." },
  { english: "Where is the station?", french: "Où est la gare ?" },
]);

const BRIEFLY = "Answer in as few words as you can.";

const TRAITS = ["i have a parrot .", "i love to eat pizza .", "i play the guitar .", "i live in a small town ."];

export default defineModule({
  name: "openai",
  title: "OpenAI",
  generators: { chat: openai(), text: openai({ mode: "completions" }) },
  tasks: {
    questions: {
      dataset: { test: questions },
      prompt: ({ question }, generator) =>
        generator === "text"
          ? prompt`${BRIEFLY}\nQuestion: ${field("question", question)}\nAnswer:`
          : [{ role: "system", content: BRIEFLY }, { role: "user", content: field("question", question) }],
      target: ({ answer }) => ` ${answer}`,
      metrics: { EM: exactMatch, F1: f1, ppl: perplexity },
      params: { maxTokens: 20 },
    },
    translation: {
      dataset: { test: translations },
      prompt: ({ english }) => prompt`English: ${field("english", english)}\nFrench:`,
      target: ({ french }) => ` ${french}`,
      metrics: { F1: f1, ppl: perplexity },
      params: { maxTokens: 30, stop: ["\n"] },
    },
  },
  components: [
    generation(),
    nextToken(),
    chat({
      system: "You are a helpful assistant. Be brief.",
      starters: ["Tell me about the moon.", "Write two lines about rain."],
      params: { maxTokens: 200 },
    }),
    chat({
      name: "persona",
      title: "Persona chat",
      starters: ["hello !", "do you have any pets ?"],
      controls: () => ({
        first: choiceInput("Trait 1", TRAITS),
        second: choiceInput("Trait 2", TRAITS, { value: "i play the guitar ." }),
      }),
      messages: ({ values, messages }) => [
        { role: "system", content: `Talk as the person of whom this is true:\n${values.first}\n${values.second}` },
        ...messages,
      ],
      metrics: { ppl: perplexity },
      params: { maxTokens: 60 },
    }),
  ],
});
