/**
 * Until it is disposed, `fetch` hears no signal once it has answered: so is Deno 2.9.6 after a garbage collection that
 * comes when its code has been optimized, which no test can bring about at will.
 */
export function deafFetch(): Disposable {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, { signal, ...init } = {}) => {
    signal?.throwIfAborted();
    return await fetch(input, init);
  };
  return {
    [Symbol.dispose]() {
      globalThis.fetch = fetch;
    },
  };
}
