/** Small texts that this browser keeps for one tab, until it is closed; an empty one is as good as none. */

export function keepInTab(key: string, text: string): void {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // Forbidden or full. Not worth a sentence: the page is the same, and begins anew when it is loaded again.
  }
}

export function keptInTab(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) || undefined;
  } catch {
    return undefined;
  }
}
