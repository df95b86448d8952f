/** The page of the open one's module whose title begins with a letter, given in lower case. */
export function pageAt(letter: string): HTMLElement | undefined {
  const links = document.querySelectorAll<HTMLElement>("nav :has(> [aria-current=page]) a");
  return [...links].find(({ textContent }) => textContent.trim().toLowerCase().startsWith(letter));
}
