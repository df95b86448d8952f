/** What a source of a developer's did not give in time: whoever goes through its rows gives up. */
export class LateError extends Error {
  override readonly name = "LateError";
}
