/** How a promise tells what it measured. `deno task promises` reads these lines into the README's table. */

/** As a line of the test's output says it. */
export const MEASURED = /^measured ([A-Z]\d+): (.+)$/;

/**
 * Prints what was measured for a promise, once its number holds. A file whose promise has several numbers calls it for each.
 * @param id as the file's name and its first sentence begin with it
 * @example measured("A2", "24 of 24 hosts answered as listed")
 */
export function measured(id: string, value: string): void {
  const line = `measured ${id}: ${value}`;
  if (!MEASURED.test(line)) throw new RangeError(`Cannot tell a measured value: got ${JSON.stringify(line)}`);
  console.log(line);
}
