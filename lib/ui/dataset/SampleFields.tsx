import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import { type DatasetPlace, type SampleField, toggleHref } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { Button } from "../Button.tsx";
import { DiffText } from "../token/DiffText.tsx";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { HiddenPlace } from "../token/HiddenPlace.tsx";
import { beginning, LONG_CHARACTERS } from "./long_text.ts";
import { count } from "../number_format.ts";
import { ScrollBox } from "../ScrollBox.tsx";
import { ShowAll } from "./ShowAll.tsx";
import { LinkButton } from "../LinkButton.tsx";
import { Panel } from "../Panel.tsx";

interface SampleFieldsProps {
  readonly screen: GenerationScreen;
  readonly place: DatasetPlace;
  readonly fields: readonly SampleField[];
}

/** The sample's fields: what was edited beside what it said before; by a link, a form that derives another sample. */
export function SampleFields({ screen, place, fields }: SampleFieldsProps) {
  const isEdited = Object.keys(screen.edits).length > 0;
  return (
    <Panel
      title={TEXT.fields}
      facts={isEdited ? TEXT.editedFacts : TEXT.fieldsFacts}
      actions={
        <LinkButton href={toggleHref(screen, place, "edit")} step="edit">
          {place.views.includes("edit") ? TEXT.leaveForm : TEXT.edit}
        </LinkButton>
      }
    >
      {place.views.includes("edit")
        ? <EditForm screen={screen} place={place} fields={fields} />
        : (
          <dl class="grid gap-x-4 gap-y-2 p-3 sm:grid-cols-[max-content_minmax(0,1fr)]">
            {fields.map(({ name, text, original }) => (
              <>
                <dt key={name} class="text-12 text-soft">{visibleText(name)}</dt>
                <dd key={`${name} value`} dir="auto" class="min-w-0 whitespace-pre-wrap break-words font-mono text-13">
                  <FieldText
                    name={name}
                    text={text}
                    original={original}
                    isWhole={place.views.includes("all")}
                  />
                  <ShowAll screen={screen} place={place} more={hiddenOf(text, place)} />
                </dd>
              </>
            ))}
          </dl>
        )}
    </Panel>
  );
}

interface FieldTextProps {
  readonly name: string;
  readonly text: string;
  readonly original: string | undefined;
  readonly isWhole: boolean;
}

/** Of a long text what changed is not sought: that would take longer than anybody waits. */
function FieldText({ name, text, original, isWhole }: FieldTextProps) {
  const isLong = Math.max(text.length, original?.length ?? 0) > LONG_CHARACTERS;
  if (original !== undefined && !isLong) return <DiffText before={original} after={text} />;
  const shown = isWhole ? text : beginning(text);
  return <ScrollBox label={visibleText(name)} length={shown.length}>{visibleLines(shown)}</ScrollBox>;
}

/** As a form encodes it, near enough: three characters for each byte that is no letter or digit. */
function encodedLength(text: string): number {
  return encodeURIComponent(text.toWellFormed()).length;
}

function hiddenOf(text: string, { views }: DatasetPlace): number {
  return views.includes("all") ? 0 : text.length - beginning(text).length;
}

/** Characters of an address that the fields may take, encoded, beside the rest of it. */
const ENCODED_CHARACTERS = 12_000;

/**
 * Sends every field, or with JavaScript those that were changed; the server keeps what says something else than the row.
 * A text that would not fit into an address by itself is not offered, and without JavaScript it is said where all together do
 * not.
 */
function EditForm({ screen, place, fields }: SampleFieldsProps) {
  const sizes = new Map(fields.map(({ name, text }) => [name, encodedLength(text)]));
  const offered = [...sizes.values()].filter((size) => size <= ENCODED_CHARACTERS);
  const isTooMuch = offered.reduce((sum, size) => sum + size, 0) > ENCODED_CHARACTERS;
  return (
    <form
      method="get"
      action={`/${screen.module}/${screen.component}`}
      data-sends="changed"
      class="flex flex-col gap-3 p-3"
    >
      <HiddenPlace href={toggleHref({ ...screen, edits: {} }, place, "edit")} />
      {fields.map(({ name, text, original }) => (
        <label key={name} class="flex flex-col gap-1 text-12 text-soft">
          {visibleText(name)}
          {(sizes.get(name) ?? 0) > ENCODED_CHARACTERS ? TEXT.tooLong(count(text.length)) : (
            <textarea
              name={`field.${name}`}
              data-edited={original === undefined ? undefined : true}
              rows={Math.min(12, Math.max(2, text.split("\n").length))}
              dir="auto"
              spellcheck={false}
              class="w-full rounded-md border border-line bg-panel px-2 py-1.5 font-mono text-13 text-ink"
            >
              {/* Subtle: the first line end of a text area is not part of its text. */}
              {`\n${text}`}
            </textarea>
          )}
        </label>
      ))}
      <div class="flex flex-wrap items-center gap-2">
        <Button submit primary>{TEXT.derive}</Button>
        <span class="text-12 text-soft">{TEXT.deriveFacts}</span>
        {isTooMuch && <noscript class="text-12 text-warn">{TEXT.tooLongTogether}</noscript>}
      </div>
    </form>
  );
}
