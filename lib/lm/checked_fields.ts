/**
 * Refuses an object with a field that nobody reads, as one that is misspelt.
 * Subtle: an object of a class may have fields of its own, beside those that the app reads.
 * @param fields an object with every field that there may be
 * @throws {TypeError} naming what it is, the field, and those that there are; never a value, which may be a key
 */
export function checkFields(what: string, value: object, fields: object): void {
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  if (unknown === undefined) return;
  const known = Object.keys(fields).join(", ");
  throw new TypeError(`Cannot define ${what}: there is no field "${unknown}", only ${known}`);
}
