/** What only the LaTeX of a table says. */
export const LATEX_STRINGS = {
  selected: "Selected; press Ctrl+C or ⌘C",
  needs: "The preamble needs \\usepackage{multirow}.",
} as const;
