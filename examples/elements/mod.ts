/** Every element at work, a page each; no model and no network. */
import {
  button,
  checkbox,
  choiceInput,
  component,
  defineModule,
  numberInput,
  radioInput,
  text,
  textInput,
} from "visuallm";
import { chartComponents, chartGenerators } from "./charts.ts";
import { tables } from "./tables.ts";

const inputs = component("Inputs", () => {
  const number = numberInput("Number", { min: 0, max: 10, value: 3 });
  const choice = choiceInput("Choice", ["super", "magnificent", "incredible", "fabulous"]);
  const check = checkbox("Check");
  const tone = radioInput("Tone", ["calm", "loud"]);
  const word = choiceInput("Word", Array.from({ length: 300 }, (_, index) => `word ${index}`));
  const message = textInput("Message", "", { blanks: true, placeholder: "Type something" });
  const told = text("Nothing was sent yet.");
  const send = button("Send", { inputs: { number, choice, check, tone, word, message } }, ({ values }) => {
    told.set(JSON.stringify(values));
  });
  const slow = button("Count to ten", async function* ({ signal }) {
    for (let done = 1; done <= 10; done++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (signal.aborted) return;
      told.set(done);
      yield { done, of: 10 };
    }
  });
  const fail = button("Fail", () => {
    throw new RangeError("Raised on purpose!");
  });
  return [send, slow, fail, told];
});

export default defineModule({
  name: "elements",
  title: "Elements",
  generators: chartGenerators,
  components: [inputs, tables, ...chartComponents],
});
