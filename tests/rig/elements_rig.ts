/** A module of pages of one's own: every behaviour that their routes and views have to bear. */
import {
  button,
  checkbox,
  choiceInput,
  component,
  defineModule,
  heading,
  numberInput,
  radioInput,
  text,
  textInput,
} from "../../lib/mod.ts";

/** How often each action began, and the slow one came to its end; a test reads what changed. */
export const actionRuns = { send: 0, slow: 0, finished: 0, fail: 0 };

/** Lets the waiting action go on; each call frees one step. */
export function newGate() {
  const waiting: (() => void)[] = [];
  return {
    pass: () => new Promise<void>((resolve) => waiting.push(resolve)),
    open: () => waiting.splice(0).forEach((go) => go()),
    get isWaiting() {
      return waiting.length > 0;
    },
  };
}

export const gate = newGate();

const inputs = component("Inputs", () => {
  const number = numberInput("Number", { min: 0, max: 10, value: 3 });
  const choice = choiceInput("Choice", ["a", "b"]);
  const check = checkbox("Check");
  const message = textInput("Message", "", { blanks: true });
  const tone = radioInput("Tone", ["calm", "loud"], { deselects: true });
  const told = text("nothing yet", { name: "told" });
  const still = text("still");
  const send = button("Send", { inputs: { number, choice, check, message, tone } }, ({ values }) => {
    actionRuns.send++;
    told.set(JSON.stringify({ ...values, changed: number.changed }));
  });
  return [heading("Inputs of every kind"), send, told, still];
});

const actions = component("Actions", ({ signal }) => {
  const told = text("idle", { name: "told" });
  const count = numberInput("Count", { min: 0, max: 100 });
  const slow = button("Slow", { name: "slow", inputs: {} }, async function* ({ signal }) {
    actionRuns.slow++;
    for (let done = 1; done <= 3; done++) {
      told.set(`step ${done}`);
      yield { done, of: 3 };
      await gate.pass();
      if (signal.aborted) return;
    }
    told.set("finished");
    actionRuns.finished++;
  });
  const fail = button("Fail", { name: "fail", inputs: {} }, () => {
    actionRuns.fail++;
    told.set("before the failure");
    throw new RangeError("raised on purpose");
  });
  const off = button("Off", { name: "off", disabled: true, inputs: {} }, () => {});
  const add = button("Add", { name: "add", inputs: { count } }, ({ values }) => {
    told.set((Number(told.state.text) || 0) + values.count);
  });
  signal.addEventListener("abort", () => told.set("given up"));
  return [slow, fail, off, add, told];
});

const broken = component("Broken", () => {
  throw new Error("this page cannot be built");
});

export const elementsRig = defineModule({
  name: "pages",
  title: "Pages",
  components: [inputs, actions, component("My Tables", () => [text("tables")]), broken],
});
