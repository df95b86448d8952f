/** Sentences of the page around a screen, which only the server writes. */
export const PAGE_STRINGS = {
  brand: "visuallm",
  components: "Components",
  skipToMain: "Skip to the sample",
  engines: "Generators",
  engineNotes: (count: number) => count === 1 ? "1 note" : `${count} notes`,
  engineWindow: (tokens: string) => `window ${tokens}`,
  badParam: "Invalid request",
  notFound: "There is nothing here",
  failedPage: "This page failed",
  elementsNeedScript: "Buttons on this page need JavaScript.",
  unexpected: "Something unexpected went wrong; the server's log has the details.",
} as const;
