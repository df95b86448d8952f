/** Actions: progress and cancelling, failures, elements that open, grow, come and go. */
import { button, collapsible, component, heading, markdown, numberInput, progress, text } from "visuallm";

const STEPS = 10;

const counting = component("Progress", () => {
  const done = progress("Counted", { of: STEPS });
  const slow = button("Count to ten", async function* ({ signal }) {
    for (let count = 1; count <= STEPS; count++) {
      await pause(300, signal);
      if (signal.aborted) return;
      done.set(count);
      yield { done: count, of: STEPS };
    }
  });
  return [slow, done];
});

const failing = component("Failing", () => {
  const tries = text("0 tries", { name: "tries" });
  let count = 0;
  const fail = button("Fail", () => {
    tries.set(++count === 1 ? "1 try" : `${count} tries`);
    throw new Error("Raised on purpose!");
  });
  const work = button("Work", () => tries.set("this button works"));
  return [fail, work, tries];
});

const subcomponents = component("Collapsible", () => {
  const growing = text("One line.", { name: "growing" });
  const grow = button("Grow", () => growing.append("\nAnother line.".repeat(10)));
  const inner = collapsible("Inside another one", [markdown("Nested, with **bold**, *italic* and `code`.")]);
  const first = collapsible("First", [text("What is closed at first.")]);
  const second = collapsible("Second", [numberInput("A number without a button", { min: 0, max: 5 }), inner]);
  const third = collapsible("Third, open at first", [grow, growing], { open: true });
  const open = button("Open the first", () => first.open());
  return [first, second, third, open];
});

const stages = component("Stages", ({ page }) => {
  const start = heading("First stage");
  const end = heading("Second stage", { hidden: true });
  let added = 0;
  const next = button("Next stage", () => {
    start.hide();
    end.show();
    next.hide();
    back.show();
  });
  const back = button("Back", { inputs: {}, hidden: true }, () => {
    start.show();
    end.hide();
    next.show();
    back.hide();
  });
  const add = button("Add an element", () => page.add(text(`Element ${++added}, added while the page is open.`)));
  return [start, end, next, back, add];
});

/** Ends early, without an error, when the action is cancelled. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}

export const actionComponents = [counting, failing, subcomponents, stages];
