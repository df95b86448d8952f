/** What somebody does in a page's fields before its islands are alive. */

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Those that were used since the page came, as a script of its own has noted. */
declare const frshUsedFields: WeakSet<EventTarget>;

/**
 * Reads what was done in fields since the page came, which rendering sets to what the server said. What a browser does by
 * itself, as it fills in on the way back what stood there once, is not among it.
 * @returns puts it back, and tells their islands as if it had been done now
 */
export function keepChanges(nodes: ArrayLike<unknown>): () => Promise<void> {
  const fields = Array.from(nodes).flatMap((node) => node instanceof Element ? fieldsIn(node) : []);
  const used = fields.filter(isToBeTold).map((field) => ({ field, again: doneIn(field) }));
  return async () => {
    for (const { field, again } of used) {
      if (!field.isConnected) continue;
      again();
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      // Subtle: an island has drawn what it was told before it is told of another field, as from a person's hand.
      await new Promise((done) => setTimeout(done));
    }
  };
}

/** But those of files, whose value no script can put back. */
function fieldsIn(element: Element): readonly Field[] {
  return [element, ...element.querySelectorAll("input:not([type=file]), textarea, select")].filter(isField);
}

function isField(element: Element): element is Field {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement;
}

/** Subtle: of radios only the one that is chosen now. */
function isToBeTold(field: Field): boolean {
  return frshUsedFields.has(field) && (field.type !== "radio" || ("checked" in field && field.checked));
}

/** Does again what was done. */
function doneIn(field: Field): () => void {
  if (field instanceof HTMLSelectElement) {
    const chosen = new Set(field.selectedOptions);
    return () => [...field.options].forEach((option) => option.selected = chosen.has(option));
  }
  const { value } = field;
  if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
    const { checked } = field;
    return () => field.checked = checked;
  }
  return () => field.value = value;
}
