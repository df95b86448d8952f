/** The sentences of a screen whose split is still being opened. */
export const SPLIT_STRINGS = {
  title: (split: string) => `Split ${split}`,
  opening: "It is being opened.",
  fetched: (bytes: string) => `It is being fetched: ${bytes} so far.`,
  fetchedOf: (bytes: string, of: string) => `It is being fetched: ${bytes} of ${of}.`,
  once: "This happens once; then it is kept.",
  failed: (reason: string) => `It cannot be opened: ${reason}`,
  failedBefore: (reason: string) => `It is tried again, as the last try failed: ${reason}`,
  lookAgain: "Look again",
  tryAgain: "Try again",
} as const;
