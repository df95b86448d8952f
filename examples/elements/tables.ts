/** Tables: every kind of cell, links between rows, rows that an action adds, and a long one. */
import { button, columns, component, markdown, table } from "visuallm";

const LONG_ROWS = 5_000;

/** Persona facts and the turns of a dialogue, with how much each fact counts for a turn. */
function linkedTables() {
  const facts = table(["#", "Fact"], {
    name: "persona",
    title: "Persona",
    rows: [[1, "I have two dogs."], [2, "I bake bread at night."], [3, "My sister is a pilot."], [4, "I like rain."]],
  });
  const turns = table(["speaker", "turn"], {
    name: "turns",
    title: "<b>Turns</b>",
    rows: [
      ["user", "Hi! What do you do when you cannot sleep?"],
      ["bot", "I bake. The dogs wake up from the smell, and then there are three of us in the kitchen."],
      ["user", "Sounds good. Does anyone else in your family stay up late?"],
      ["bot", "My sister flies at night, so we often talk then. When it rains at both ends we say nothing and listen."],
    ],
  });
  turns.link(1, facts, 1, { importance: 5, label: 0.71 });
  turns.link(1, facts, 0, { importance: 2, label: 0.24, colour: "lightblue" });
  turns.link(3, facts, 2, { importance: 4, label: 0.52, colour: "green" });
  turns.link(3, facts, 3, { importance: 2, label: 0.31, colour: "mediumvioletred" });
  turns.link(3, facts, 1, { importance: 1, label: 0.09, colour: "no colour at all" });
  turns.link(2, facts, 2, { label: "asks" });
  return columns([turns, facts]);
}

export const tables = component("Tables", () => {
  const cells = table(["kind", "value", "number"], {
    name: "cells",
    title: "Cells of every kind",
    rows: [
      ["text", "plain & simple: 100 % of $5 _here_ #1 {a} ~b ^c \\d", 1.5],
      ["markup", "<script>alert('no')</script> <b>not bold</b> &amp;", -20],
      ["lines", "first line\n  second, indented\nthird", 3e21],
      ["two of lines", "one\ntwo", 12n],
      ["long word", "x".repeat(600), 0.001],
      ["marks", "right\u202Eleft zero\u200Bwidth", NaN],
      ["absent", null, undefined],
      [true, "", -Infinity],
      ["element", markdown("**bold** with `code` and a [link](https://example.org/)"), "12.5 %"],
    ],
  });
  const log = table(["step", "loss"], { name: "log", title: "Steps" });
  const add = button("Add rows", () => {
    const { length } = log.state.rows;
    log.append(...[1, 2, 3].map((step) => [length + step, Number((4 / (length + step)).toFixed(3))]));
  });
  const long = table(["row", "token", "logprob", "text"], {
    name: "long",
    title: "A long table",
    rows: Array.from({ length: LONG_ROWS }, (_, row) => [
      row + 1,
      `token ${(row * 7919) % LONG_ROWS}`,
      Number((-((row * 31) % 1000) / 100).toFixed(2)),
      row % 9 === 0
        ? "a longer text that needs more than one line when there is little room for it ".repeat(2)
        : "short",
    ]),
  });
  return [cells, linkedTables(), add, log, long];
});
