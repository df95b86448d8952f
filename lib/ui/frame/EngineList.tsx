import { visibleText } from "../../lm/visible_text.ts";
import type { EngineReport } from "../../server/registry.ts";
import { engineDetail, engineText } from "./engine_text.ts";
import { PAGE_STRINGS as TEXT } from "./page_strings.ts";

/** What stands behind the page: each generator by name, with what it runs on once it is open. Wide screens only. */
export function EngineList({ engines }: { readonly engines: readonly EngineReport[] }) {
  if (engines.length === 0) return null;
  return (
    <ul aria-label={TEXT.engines} class="hidden px-2 pb-1 text-12 text-soft mid:block">
      {engines.map(({ name, label, facts }) => (
        <li key={name} class="break-anywhere">
          {visibleText(name)} · {facts === undefined ? visibleText(label) : engineText(facts)}
          {facts !== undefined && <span class="block">{engineDetail(facts)}</span>}
          <Notes notes={facts?.notes} />
        </li>
      ))}
    </ul>
  );
}

/** What else was found out of a generator. */
function Notes({ notes = [] }: { readonly notes?: readonly string[] | undefined }) {
  if (notes.length === 0) return null;
  return (
    <details>
      <summary class="cursor-pointer">{TEXT.engineNotes(notes.length)}</summary>
      <ul class="grid max-h-[30vh] gap-1 overflow-y-auto pl-3 pt-1">
        {notes.map((note) => <li key={note}>{visibleText(note)}</li>)}
      </ul>
    </details>
  );
}
