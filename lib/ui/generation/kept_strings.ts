/** The sentences of what a browser keeps of the generation screen. */
export const KEPT_STRINGS = {
  exportRuns: "Export",
  importRuns: "Import",
  clear: "Clear",
  clearAll: (runs: string) => `Clear ${runs}`,
  clearSure: (runs: string) => `Clear ${runs} for good?`,
  keep: "No",
  kept: "kept in this browser",
  notKept: "Not kept in this browser",
  noRoom: (reason: string) => `What is generated now ends with this page, export it to keep it: ${reason}`,
  others: (prompts: string) => `Clear what is kept of ${prompts}`,
  notRead: "Kept runs that cannot be read",
  setAside: (reason: string) => `${reason}. They stay in this browser as they are, and new runs are kept beside them.`,
  leftThere: (reason: string) =>
    `${reason}. They stay in this browser as they are, so that new runs end with this page.`,
  save: "Save them as a file",
  notImported: "Not imported",
  bare: "Its numbers cannot be had again",
  bareWaiting: "The model is asked for its numbers again …",
  madeOfOther:
    "This run was made of another prompt than the one above. It can be looked at; nothing goes on from it here.",
  otherPrompt: "the prompt of this sample is another one now",
  otherTokens: "the generator has other tokens under these ids now",
} as const;
