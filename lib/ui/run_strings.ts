/** Sentences about runs, which generation, next token and chat share. */
export const RUN_STRINGS = {
  queued: (ahead: number) => ahead === 0 ? "next in the queue" : `${ahead} ahead in the queue`,
  streamed: "Text as it streams",
  drawnRemotely: "unknown, the server drew it",
  evidence: { bounded: "bounded", unavailable: "unavailable" },
  resume: "Go on from here",
  show: "Show",
  hide: "Hide",
  showInspector: "Show the inspector",
  hideInspector: "Hide the inspector",
} as const;
