/** Sentences of the page that a browser gets which may not see the app. */
export const REFUSAL_STRINGS = {
  title: (heading: string) => `${heading} · visuallm`,
  tokenHeading: "visuallm asks for its token",
  spentToken: "This token is wrong, or it came in an address that has been used already.",
  openAddress:
    "Where the app was started it printed an address with ?token=… in it. Open that address in this browser.",
  worksOnce: "It works once; this browser is let in from then on.",
  enterToken: "Or enter the token that the app was started with, VISUALLM_TOKEN:",
  token: "Token",
  open: "Open",
} as const;
