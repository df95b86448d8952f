import * as v from "valibot";

/**
 * An object whose names are data, as fields of a row or tokens of a model are; it has each of them, whatever it is.
 * Subtle: valibot's own `record` leaves `__proto__`, `constructor` and `prototype` out, as if nobody had sent them.
 */
export function dictionary<Value>(value: v.GenericSchema<unknown, Value>, nameLength = Infinity) {
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isObject, "must be an object"),
    v.rawTransform(({ dataset, addIssue }) => {
      const input = dataset.value, checked: [string, Value][] = [];
      for (const [key, item] of Object.entries(input)) {
        const parsed = v.safeParse(value, item), isLong = key.length > nameLength;
        const message = isLong ? `must have a name of at most ${nameLength} characters` : parsed.issues?.[0].message;
        const place = { type: "object", origin: "value", input, key, value: item } as const;
        if (message !== undefined) addIssue({ message, input: item, path: [place] });
        if (parsed.success) checked.push([key, parsed.output]);
      }
      return Object.fromEntries(checked);
    }),
  );
}

/** Subtle: to valibot a list is an object, too. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
