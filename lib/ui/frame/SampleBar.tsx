import type { JSX } from "preact";
import { visibleText } from "../../lm/visible_text.ts";
import { FROM_SPLIT, FROM_TASK, type GenerationScreen, screenHref } from "../address/generation_screen.ts";
import { PROMPT_JSON, PROMPT_OF, promptOf } from "../address/own_prompt.ts";
import { LinkButton } from "../LinkButton.tsx";
import { count, plural } from "../number_format.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { PlaceChoice } from "./PlaceChoice.tsx";
import { useReturn } from "../use_return.ts";
import { useTyped } from "../use_typed.ts";

interface SampleBarProps {
  readonly screen: GenerationScreen;
  /** What else of the address stays at another sample. */
  readonly kept?: readonly (readonly [name: string, value: string])[];
}

/**
 * Which sample is shown: task, split, generator, number, previous, next, random. Plain links and one GET form. On the way
 * back it shows the page's own place, and not what was chosen to leave it.
 */
export function SampleBar({ screen, kept = [] }: SampleBarProps) {
  return (
    <div class="flex flex-wrap items-center gap-2 mid:justify-end">
      <h1 class="text-18 font-semibold tracking-tight">{screen.title}</h1>
      {/* Wide, the rail's foot says it. */}
      <span class="mr-auto text-12 text-soft">
        <span class="mid:hidden">{screen.engine}</span>
      </span>
      <PlaceChoice
        name="task"
        label={GENERATION_STRINGS.task}
        options={screen.tasks}
        selected={screen.task}
      />
      <PlaceChoice
        name="split"
        label={GENERATION_STRINGS.split}
        options={screen.splits}
        selected={screen.split}
      />
      {screen.generator !== "" && (
        <PlaceChoice
          name="generator"
          label={GENERATION_STRINGS.generator}
          options={screen.generators}
          selected={screen.generator}
        />
      )}
      {screen.tasks.length > 1 && <input type="hidden" name={FROM_TASK} value={screen.task} />}
      {screen.splits.length > 1 && <input type="hidden" name={FROM_SPLIT} value={screen.split} />}
      {kept.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {screen.ownPrompt !== undefined && (
        <>
          <input type="hidden" name={PROMPT_JSON} value={JSON.stringify(screen.ownPrompt)} />
          <input type="hidden" name={PROMPT_OF} value={promptOf(screen)} />
        </>
      )}
      {screen.size > 0 && <SampleNumber screen={screen} kept={kept} />}
      <noscript>
        <button type="submit" class="min-h-[32px] rounded-md border border-line bg-panel px-2.5 py-1">
          {GENERATION_STRINGS.go}
        </button>
      </noscript>
      {Object.keys(screen.edits).length > 0 && <Lineage screen={screen} kept={kept} />}
      {screen.leftOutCount > 0 && <LeftOut screen={screen} />}
    </div>
  );
}

/** The number, and the ways to others. */
function SampleNumber({ screen, kept }: Required<SampleBarProps>) {
  const typed = useTyped(String(screen.sample));
  useReturn(typed.onBlur);
  const at = (sample: number) => screenHref({ ...screen, sample, edits: {}, ownPrompt: undefined }, kept);
  return (
    <span class="inline-flex flex-wrap items-center gap-2">
      <LinkButton
        href={screen.sample > 0 ? at(Math.min(screen.sample, screen.size) - 1) : undefined}
        label={GENERATION_STRINGS.previous}
        step="previous"
      >
        ←
      </LinkButton>
      <input
        type="number"
        name="sample"
        min={0}
        max={screen.size - 1}
        required
        {...typed}
        autocomplete="off"
        aria-label={GENERATION_STRINGS.sample}
        class="min-h-[32px] w-[72px] rounded-md border border-line bg-panel px-2 py-1 tabular-nums"
      />
      <span class="text-soft tabular-nums">{GENERATION_STRINGS.range(count(screen.size - 1))}</span>
      <LinkButton
        href={screen.sample < screen.size - 1 ? at(screen.sample + 1) : undefined}
        label={GENERATION_STRINGS.next}
        step="next"
      >
        →
      </LinkButton>
      <LinkButton href={at(screen.random)} step="random">{GENERATION_STRINGS.random}</LinkButton>
    </span>
  );
}

/** What a derived sample was made of, and the way back to it. */
function Lineage({ screen, kept }: Required<SampleBarProps>) {
  const { split, sample, edits, ownPrompt } = screen;
  return (
    <p class="flex basis-full flex-wrap items-center gap-2 border-l-2 border-accent bg-sunk px-3 py-1.5 text-13">
      {/* Sent only when another generator or task is chosen, or beside a prompt of one's own: another sample has other fields. */}
      <input type="hidden" name="edits" value={JSON.stringify(edits)} disabled={ownPrompt === undefined} />
      {GENERATION_STRINGS.derived(`${split} ${sample}`, Object.keys(edits).join(", "))}
      <a class="text-accent underline" href={screenHref({ ...screen, edits: {} }, kept)}>
        {GENERATION_STRINGS.toOriginal}
      </a>
    </p>
  );
}

/** Lines that could not be read: the samples after them count on without a gap. */
function LeftOut({ screen: { leftOut, leftOutCount } }: { readonly screen: GenerationScreen }) {
  const more = leftOutCount - leftOut.length;
  return (
    <details class="basis-full border-l-2 border-bad bg-badsunk px-3 py-1.5">
      <summary class="text-bad">{GENERATION_STRINGS.leftOut(plural(leftOutCount, "line", "lines"))}</summary>
      <ul class="pt-1 text-12">
        {leftOut.map((message) => <li key={message} class="break-words">{visibleText(message)}</li>)}
        {more > 0 && <li class="text-soft">{GENERATION_STRINGS.andMore(count(more))}</li>}
      </ul>
    </details>
  );
}

/**
 * Leaves for the place that was chosen in the form around the bar: another split at its first sample, since it may hold
 * fewer; of another task the server knows which of its samples is meant, and of both what else of the address stays.
 */
export function leaveFor(event: JSX.TargetedEvent<HTMLFormElement>): void {
  const form = event.currentTarget;
  const changed = event.target;
  // A task's own view of the sample stands in the form as well, and may hold selects.
  const isChoice = changed instanceof HTMLSelectElement && CHOICES.includes(changed.name);
  const chosen = isChoice ? changed.name : "sample";
  const send = (name: string, isSent: boolean) => {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.disabled = !isSent;
  };
  send("edits", chosen === "generator" || chosen === "task");
  // Who chooses a sample, or another task, wants to see its prompt.
  for (const name of [PROMPT_JSON, PROMPT_OF]) send(name, chosen === "generator");
  send(FROM_TASK, chosen === "task");
  send(FROM_SPLIT, chosen === "split");
  const sample = form.elements.namedItem("sample");
  if (isChoice) {
    if (chosen === "split" && sample instanceof HTMLInputElement) sample.value = "0";
    form.submit();
  } else if (changed === sample && sample instanceof HTMLInputElement && sample.value !== "") {
    // An emptied field shows the page's own sample again.
    form.requestSubmit();
  }
}

const CHOICES = ["task", "split", "generator"];
