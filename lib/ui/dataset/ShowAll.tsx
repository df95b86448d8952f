import { type DatasetPlace, toggleHref } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { LinkButton } from "../LinkButton.tsx";
import { count } from "../number_format.ts";

interface ShowAllProps {
  readonly screen: GenerationScreen;
  readonly place: DatasetPlace;
  /** Characters that are not shown; nothing is drawn for none. */
  readonly more: number;
}

/** After the beginning of a long text: how much more there is, and a link to it. */
export function ShowAll({ screen, place, more }: ShowAllProps) {
  if (more === 0) return null;
  return (
    <span class="inline-flex flex-wrap items-center gap-2 font-sans text-12 text-soft">
      {TEXT.more(count(more))}
      <LinkButton href={toggleHref(screen, place, "all")}>{TEXT.showAll}</LinkButton>
    </span>
  );
}
