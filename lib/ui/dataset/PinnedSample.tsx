import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import { datasetHref, type DatasetPlace, rowHref, type SampleField } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { LinkButton } from "../LinkButton.tsx";
import { beginning } from "./long_text.ts";
import { count } from "../number_format.ts";
import { Panel } from "../Panel.tsx";
import { ScrollBox } from "../ScrollBox.tsx";

/** A sample that stays beside the others. */
export interface Pinned {
  readonly sample: number;
  /** Field → text; undefined where it cannot be read, for `fault`. */
  readonly fields: readonly SampleField[];
  readonly fault?: string;
}

interface PinnedSampleProps {
  readonly screen: GenerationScreen;
  readonly place: DatasetPlace;
  readonly pinned: Pinned;
  /** Of the sample that is looked at. */
  readonly fields: readonly SampleField[];
}

/** The pinned sample beside the one that is looked at, field by field. */
export function PinnedSample({ screen, place, pinned, fields }: PinnedSampleProps) {
  const { pin: _, ...unpinned } = place, isHere = pinned.sample === screen.sample;
  const names = [...new Set([...pinned.fields, ...fields].map(({ name }) => name))];
  const textOf = (all: readonly SampleField[], name: string) => all.find((field) => field.name === name)?.text;
  return (
    <Panel
      title={TEXT.pinned(count(pinned.sample))}
      facts={isHere ? TEXT.pinnedHere : TEXT.pinnedFacts}
      actions={
        <>
          {!isHere && <LinkButton href={rowHref(screen, place, pinned.sample)}>{TEXT.openPinned}</LinkButton>}
          <LinkButton href={datasetHref(screen, unpinned)} step="pin">{TEXT.unpin}</LinkButton>
        </>
      }
    >
      {pinned.fault !== undefined && <p class="break-words p-3 text-bad">{visibleText(pinned.fault)}</p>}
      {!isHere && pinned.fault === undefined && (
        <div
          class="overflow-x-auto"
          tabIndex={0}
          role="region"
          aria-label={`${TEXT.pinned(count(pinned.sample))}, ${TEXT.shownSample(count(screen.sample))}`}
        >
          <table class="w-full table-fixed text-13">
            <thead class="border-b border-line text-11 text-soft">
              <tr>
                <th scope="col" class="w-[110px] px-3 py-1.5 text-left font-semibold">{TEXT.fields}</th>
                <th scope="col" class="px-2 py-1.5 text-left font-semibold">{TEXT.pinned(count(pinned.sample))}</th>
                <th scope="col" class="px-2 py-1.5 text-left font-semibold">
                  {TEXT.shownSample(count(screen.sample))}
                </th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <tr key={name} class="border-b border-line align-top">
                  <th scope="row" class="break-words px-3 py-1.5 text-left text-12 font-normal text-soft">
                    {visibleText(name)}
                  </th>
                  <Value name={name} text={textOf(pinned.fields, name)} />
                  <Value name={name} text={textOf(fields, name)} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Value({ name, text }: { readonly name: string; readonly text: string | undefined }) {
  const shown = text === undefined ? TEXT.noField : beginning(text);
  return (
    <td dir="auto" class="min-w-0 whitespace-pre-wrap break-words px-2 py-1.5 font-mono">
      <ScrollBox label={visibleText(name)} length={shown.length}>{visibleLines(shown)}</ScrollBox>
    </td>
  );
}
