/** Inputs: one of every kind, texts that stay or blank, radios that forget, inputs that come and go. */
import {
  button,
  checkbox,
  choiceInput,
  component,
  heading,
  numberInput,
  radioInput,
  rangeInput,
  text,
  textInput,
} from "visuallm";

const WORDS = Array.from({ length: 300 }, (_, index) => `word ${index}`);

const selector = component("Selector", () => {
  const number = numberInput("Number", { min: 0, max: 10, step: 0.1, value: 3 });
  const size = rangeInput("Size", { min: 0, max: 1, step: 0.05, value: 0.5 });
  const adjective = choiceInput("Adjective", ["super", "magnificent", "incredible", "fabulous"]);
  const word = choiceInput("Word", WORDS);
  const check = checkbox("Check");
  const told = text("Nothing was sent yet.", { name: "told" });
  const changed = text("", { name: "changed" });
  const send = button("Send", { inputs: { number, size, adjective, word, check } }, ({ values }) => {
    const checked = values.check ? "checked" : "not checked";
    told.set(`${values.number}, ${values.size}, ${values.adjective}, ${values.word}, ${checked}`);
    changed.set(number.changed ? "The number has changed!" : "The number has not changed!");
  });
  return [send, told, changed];
});

const texts = component("Text input", () => {
  const blank = textInput("Blank after sending", "", { blanks: true, placeholder: "Type something" });
  const stay = textInput("Stays after sending", "This text stays.");
  const sent = text("", { name: "sent" });
  return [
    button("Send and blank", { inputs: { blank } }, ({ values }) => sent.set(values.blank)),
    button("Send and keep", { inputs: { stay } }, ({ values }) => sent.set(values.stay)),
    heading("Sent, byte for byte"),
    sent,
  ];
});

const radios = component("Radio", () => {
  const row = radioInput("In a row", ["one", "two", "three", "a choice of several words"]);
  const column = radioInput("In a column", ["north", "east", "south", "west"], { direction: "column" });
  const once = radioInput("Forgotten after sending", ["yes", "no"], { deselects: true });
  const told = text("Nothing was sent yet.", { name: "told" });
  const send = button("Send", { inputs: { row, column, once } }, ({ values }) => {
    told.set(`${values.row}, ${values.column}, ${values.once ?? "nothing"}`);
  });
  return [send, told];
});

const changing = component("Selector change", () => {
  const split = choiceInput("Split", ["train", "test"], { hidden: true });
  const sample = numberInput("Sample", { min: 0, max: 9 });
  const show = button("Show", { inputs: { split, sample } }, ({ values }) => {
    told.set(split.hidden ? `sample ${values.sample}` : `sample ${values.sample} of ${values.split}`);
  });
  const toggle = button("Other data set", () => {
    if (split.hidden) split.show();
    else split.hide();
    sample.setRange(0, split.hidden ? 9 : 99);
    show.setLabel(split.hidden ? "Show" : "Show of this split");
  });
  const told = text("", { name: "told" });
  return [show, toggle, told];
});

export const inputComponents = [selector, texts, radios, changing];
