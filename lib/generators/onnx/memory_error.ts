/** Memory that a request of a model needs and does not get. */
export class MemoryError extends Error {
  override readonly name = "MemoryError";
}

/** As they word it: the runtime by an exception of C++ or its arena's own message, JavaScript by an array that it cannot make. */
const WORDS = /bad[ _]alloc|Failed to allocate memory|out of memory|Array buffer allocation failed/i;

/** What was thrown, or a MemoryError where it tells of memory. */
export function memoryErrorOf(thrown: unknown): unknown {
  if (thrown instanceof MemoryError || !(thrown instanceof Error) || !WORDS.test(thrown.message)) return thrown;
  return new MemoryError(`Cannot run the model: no memory is left for a pass (${thrown.message})`, { cause: thrown });
}
