/** What only the LaTeX of a table says. */
export const LATEX_STRINGS = {
  needs: "The preamble needs \\usepackage{multirow}.",
} as const;
