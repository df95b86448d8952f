/** Texts of the sheet of keys and of the palette. */
export const KEY_STRINGS = {
  single: "Keys of a single character act",
  singleExplained: "Off: letters, digits and signs do nothing outside of fields, on all screens of this browser.",
} as const;

export const PALETTE_STRINGS = {
  palette: "What can be done here",
  find: "Find an action, a field or a page",
  none: "Nothing here has this name.",
  kinds: { page: "page", action: "", field: "field" },
} as const;

/** What the keys do, by screen; each belongs to a listener there. */
export const KEYS: readonly { readonly screen: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    screen: "Everywhere",
    keys: [
      ["?", "shows this"],
      ["Ctrl/⌘ K", "finds an action, a field or a page"],
      [
        "g, then d g n c",
        "goes to this module's page of that first letter, with what is shown here",
      ],
      [".", "hides the inspector beside a screen, or shows it again"],
      ["← → ↑ ↓", "move between tokens, rows and candidates"],
      [
        "Enter",
        "opens what has the focus",
      ],
    ],
  },
  {
    screen: "Dataset",
    keys: [
      ["j, k", "next and previous sample"],
      ["r", "a random sample"],
      ["1 – 9", "open the sample in that other screen"],
      ["e", "edits the sample into a derived one"],
      ["p", "pins the sample, so that it stays beside others"],
      ["x", "selects the row that has the focus; with Shift, all from the last one to it"],
      ["↑ ↓", "move between rows"],
      ["/", "searches"],
    ],
  },
  {
    screen: "Generation",
    keys: [
      ["Ctrl/⌘ Enter", "generates"],
      ["Ctrl/⌘ Shift Enter", "generates several completions: as many as n says, or 4 where it says 1"],
      ["r", "generates again, by the next seed"],
      ["Esc", "stops; what has come is kept"],
      ["Ctrl/⌘ Z", "goes back to what was looked at before; with Shift, forth again"],
      ["Home, End", "first and last token"],
      ["[ ]", "the same place of the completion before or after"],
    ],
  },
  {
    screen: "Next token",
    keys: [
      ["1 – 9", "take that candidate"],
      ["→", "takes the most probable"],
      ["s", "takes what the seed draws"],
      ["t", "takes the target's token"],
      ["←, Backspace", "steps back"],
      ["Space", "looks five tokens ahead of the candidate in focus"],
      ["[ ]", "other tokens that were tried in the last one's place"],
      ["/, f", "finds a token by a part of its text, its id or a /pattern/"],
      ["Ctrl/⌘ Enter", "in the search: goes on with what is typed as own text"],
      ["d", "writes probabilities as per cent, logprobs or bits"],
      ["b", "bans the candidate in focus, or allows it again"],
      ["+, −", "move its logit by one"],
      ["x", "marks it, or takes the mark away; two can be contrasted"],
      [
        "w",
        "tells what each field of the prompt adds to one marked candidate rather than the other, or to the one in focus; without either, lets one be chosen",
      ],
      ["Esc", "closes what Space or w has opened, and takes the marks away"],
    ],
  },
  {
    screen: "Chat",
    keys: [
      ["Enter", "sends"],
      ["Shift Enter", "begins a new line"],
      ["Ctrl/⌘ Enter", "accepts the answer"],
      ["Esc", "stops the answer"],
      ["↑", "in an empty message, edits the last one"],
      ["Ctrl/⌘ Z", "goes back to where the chat was; with Shift, forth again"],
      ["o", "all branches of the conversation; again, closes them"],
      ["r", "in an answer: another one in its place"],
      ["R", "in an answer: another one beside it, by the params as they stand now and the same dice"],
      ["t", "in a turn: its tokens"],
      ["[ ]", "in a turn: its other versions"],
    ],
  },
];
