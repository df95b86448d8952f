/** What is said of params: of their values, and of those that are refused before a request is made. */
export const PARAM_STRINGS = {
  none: "none",
  notAsked: "Not asked",
  wrongCount: (n: number, min: number, max: number) =>
    `Cannot use completions: it must be a whole number from ${min} to ${max}, got ${n}`,
} as const;
