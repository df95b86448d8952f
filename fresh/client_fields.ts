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
    // Where the page chooses none, and one is to be chosen, it is the first that may be.
    if (given.length === 0 && !field.multiple) given.push(...options.filter((option) => !isBarred(option)).slice(0, 1));
    const isSame = chosen.length === given.length && chosen.every((option) => given.includes(option));
    return isSame ? undefined : () => options.forEach((option) => option.selected = chosen.includes(option));
  }
  const { type, value } = field;
  if (field instanceof HTMLInputElement && type === "file") return undefined;
  if (field instanceof HTMLInputElement && (type === "checkbox" || type === "radio")) {
    const { checked, defaultChecked } = field;
    // Of radios nobody is told which one is no longer chosen.
    const isSame = checked === defaultChecked || (type === "radio" && !checked);
    return isSame ? undefined : () => field.checked = checked;
  }
  return value === givenValue(field) ? undefined : () => field.value = value;
}

function isBarred({ disabled, parentElement }: HTMLOptionElement): boolean {
  return disabled || (parentElement instanceof HTMLOptGroupElement && parentElement.disabled);
}

/** What decides which value a field takes. */
const ATTRIBUTES = ["type", "min", "max", "step", "multiple", "value"];

/** Subtle: a field has not always the value that it was given, as a slider keeps to its range and steps. */
function givenValue(field: HTMLInputElement | HTMLTextAreaElement): string {
  if (field instanceof HTMLTextAreaElement) return field.defaultValue.replaceAll(/\r\n?/g, "\n");
  const other = document.createElement("input");
  for (const name of ATTRIBUTES) {
    const text = field.getAttribute(name);
    if (text !== null) other.setAttribute(name, text);
  }
  return other.value;
}
