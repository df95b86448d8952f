/** Lets the browser save a text as a JSON file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Subtle: the browser has taken hold of the blob by the end of this turn, not before.
  setTimeout(() => URL.revokeObjectURL(url));
}
