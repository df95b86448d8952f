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
        </li>
      ))}
    </ul>
  );
}
