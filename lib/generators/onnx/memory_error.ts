/** Memory that a request of a model needs and does not get. */
export class MemoryError extends Error {
  override readonly name = "MemoryError";
}

/** As the runtime words it: an exception of C++, or its arena's own message. */
const RUNTIME_WORDS = /bad[ _]alloc|Failed to allocate memory|out of memory/i;

/** The same error, or a MemoryError where it tells of memory. */
export function memoryErrorOf(error: Error): Error {
  return RUNTIME_WORDS.test(error.message)
    ? new MemoryError(`Cannot run the model: no memory is left for a pass (${error.message})`, { cause: error })
    : error;
}
