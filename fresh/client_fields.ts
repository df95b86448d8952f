/** What somebody does in a page's fields before its islands are alive. */

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * Reads what was changed in fields since the page came, which rendering sets to what the server said.
 * @returns puts it back, and tells their islands as if it had been done now
 */
export function keepChanges(nodes: ArrayLike<unknown>): () => Promise<void> {
  const fields = Array.from(nodes).flatMap((node) => node instanceof Element ? fieldsIn(node) : []);
  const changes = fields.flatMap((field) => {
    const again = changeOf(field);
    return again === undefined ? [] : [{ field, again }];
  });
  return async () => {
    for (const { field, again } of changes) {
      if (!field.isConnected) continue;
      again();
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      // Subtle: an island has drawn what it was told before it is told of another field, as from a person's hand.
      await new Promise((done) => setTimeout(done));
    }
  };
}

function fieldsIn(element: Element): readonly Field[] {
  return [element, ...element.querySelectorAll("input, textarea, select")].filter(isField);
}

function isField(element: Element): element is Field {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement;
}

/** Does again what was done; undefined where nothing was, or nothing can be done. */
function changeOf(field: Field): (() => void) | undefined {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options], chosen = options.filter(({ selected }) => selected);
    const given = options.filter(({ defaultSelected }) => defaultSelected);
    // Where the page chooses none, and one is to be chosen, it is the first.
    if (given.length === 0 && !field.multiple) given.push(...options.slice(0, 1));
    const isSame = chosen.length === given.length && chosen.every((option) => given.includes(option));
    return isSame ? undefined : () => options.forEach((option) => option.selected = chosen.includes(option));
  }
  if (field instanceof HTMLInputElement && field.type === "file") return undefined;
  if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
    const { checked, defaultChecked } = field;
    return checked === defaultChecked ? undefined : () => field.checked = checked;
  }
  const { value, defaultValue } = field;
  return value === defaultValue ? undefined : () => field.value = value;
}
