/** Which nonce the page in a response was rendered with. */

const nonces = new WeakMap<Response, string>();

/** Remembers it for a response. A response made from that one has none. */
export function noteNonce(response: Response, nonce: string): void {
  nonces.set(response, nonce);
}

/** Undefined for a response that is no page. */
export function nonceOf(response: Response): string | undefined {
  return nonces.get(response);
}
