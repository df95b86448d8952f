/** The sentences about a prompt: what its text is to the model, and what of it cannot be shown. */
export const PROMPT_STRINGS = {
  is: {
    exact: "fields marked · exactly what the model receives",
    sent: "fields marked · sent as messages, of which the server makes the exact text",
    unknown: "fields marked · messages, whose exact text is not known here",
  },
  exactText: "Show the exact text",
  unmarked: (fields: string) => `Not marked, as their places in the template's text are not certain: ${fields}.`,
};
