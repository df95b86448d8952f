/** Lets the browser save a text as a file. */
export function download(name: string, text: string, type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Subtle: the browser has taken hold of the blob by the end of this turn, not before.
  setTimeout(() => URL.revokeObjectURL(url));
}
