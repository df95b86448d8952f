/** A prompt of a developer's that throws. */
export function throwing(): string {
  throw new Error("topic is unknown");
}
