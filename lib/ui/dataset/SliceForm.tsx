import { datasetHref, type DatasetPlace, SAVE, SLICE_CHARACTERS } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { HiddenPlace } from "../token/HiddenPlace.tsx";

/** Sends the address as it is and the name; the server answers with the address that holds the slice. */
export function SliceForm({ screen, place }: { readonly screen: GenerationScreen; readonly place: DatasetPlace }) {
  return (
    <form method="get" action={`/${screen.module}/${screen.component}`} class="ml-auto flex items-center gap-2">
      <HiddenPlace href={datasetHref(screen, place)} />
      <input
        type="text"
        name={SAVE}
        required
        maxLength={SLICE_CHARACTERS}
        aria-label={TEXT.sliceName}
        placeholder={TEXT.sliceName}
        class="w-[140px] rounded-md border border-line bg-panel px-1.5 py-0.5"
      />
      <button type="submit" class="rounded-md border border-line bg-panel px-2 py-0.5 hover:bg-sunk">
        {TEXT.saveSlice}
      </button>
    </form>
  );
}
