/**
 * An id that no other tab, file or browser gives.
 * Subtle: `crypto.randomUUID` is not there on a page of a plain address in the local network.
 */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36).padStart(2, "0")).join("");
}
