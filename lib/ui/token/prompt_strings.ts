/** The sentences about a prompt: what its text is to the model, what of it cannot be shown, and one of one's own. */
export const PROMPT_STRINGS = {
  marked: "fields marked",
  is: {
    exact: "exactly what the model receives",
    message: "sent as one message of the user, of which the server makes the exact text",
    sent: "sent as messages, of which the server makes the exact text",
    unknown: "messages, whose exact text is not known here",
    given: "what the generator is given",
  },
  exactText: "Show the exact text",
  unmarked: (fields: string) => `Not marked, as their places in the template's text are not certain: ${fields}.`,
  own: {
    title: "Your own prompt",
    nothingMarked: "no fields, no target",
    writing: "as it is being written, not used yet",
    edit: "Edit the text",
    editFields: "Edit the sample's fields",
    cancel: "Cancel",
    use: "Use",
    back: "Back to the sample's",
    label: "The whole prompt, spaces and line ends included",
    means:
      "It stands in the address of the page, in place of the sample's prompt: without fields, and without a target.",
    ofMessages: "The sample's prompt is messages, whose exact text is not known here: yours is one plain text.",
    tooLong: (characters: string, most: string) =>
      `Too long for the address of the page, which would have ${characters} characters: at most ${most} can be used. ` +
      "Shorten it, or send it to the API, whose calls take a `prompt`.",
    halfCharacter:
      "It holds half of a surrogate pair, which is no character and cannot stand in an address: take it out.",
    noTarget:
      "A prompt of your own has no target, so nothing is scored here; metrics that need one have no value. It has no fields either, of which it could be told what they add.",
    ofRuns: "of your own prompt",
    noFields: "A prompt of your own has no fields that could be left blank.",
    sample: "own prompt",
  },
  lint: {
    name: "Checks of the prompt",
    doubledStart: (token: string) =>
      `The prompt begins with ${token} twice: the task writes it and the tokenizer adds it.`,
    trailingSpace: "The prompt ends with a space: most tokens begin with theirs, so the model sees an unusual text.",
    specialParsed: (field: string, text: string) =>
      `Field “${field}” holds ${text}, and the tokenizer makes a special token of it.`,
    specialText: (field: string, text: string) => `Field “${field}” holds ${text}, which reads as a special token.`,
    overWindow: (tokens: string, window: string) =>
      `The prompt has ${tokens} tokens, and the window ends at ${window}.`,
  },
};
