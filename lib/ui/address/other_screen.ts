/** From a screen to the others of its module, which show the same. */
import { OWN_PROMPT } from "./own_prompt.ts";
import { screenHref, type ScreenPlace } from "./generation_screen.ts";

/** What a screen shows: a sample, or a generator alone. */
export type Shown = ScreenPlace | Pick<ScreenPlace, "module" | "generator">;

interface OtherScreen {
  readonly name: string;
  readonly kind: "dataset" | "generation" | "next_token" | "chat" | "elements";
}

/** With as much of what is shown as the other screen can show too; a data set knows no prompt but those of its samples. */
export function otherScreenHref(shown: Shown, { name, kind }: OtherScreen): string {
  if (kind !== "chat" && kind !== "elements" && "task" in shown) {
    return screenHref({ ...shown, component: name, ...(kind === "dataset" ? { ownPrompt: undefined } : {}) });
  }
  const isPlain = kind === "elements" || shown.generator === "";
  const query = isPlain ? "" : `?${new URLSearchParams([["generator", shown.generator]])}`;
  return `/${shown.module}/${name}${query}`;
}

/** The rail was drawn with the page: its links follow what was changed there since. */
export function followInRail(place: ScreenPlace): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a[data-follows]")) {
    const ownPrompt = new URL(link.href).searchParams.has(OWN_PROMPT) ? place.ownPrompt : undefined;
    link.href = screenHref({ ...place, ownPrompt, component: link.dataset.follows ?? "" });
  }
}
