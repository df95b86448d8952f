import { useState } from "preact/hooks";
import type { Turn } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { DiffText } from "../token/DiffText.tsx";
import { fixed } from "../measure_text.ts";

interface VersionDiffProps {
  readonly versions: readonly Turn[];
  /** The version on screen. */
  readonly shown: Turn;
}

/**
 * What one version of a turn has that another has not: any two of them, at first the one on screen and its neighbour. It
 * is sought once somebody wants to see it.
 */
export function VersionDiff({ versions, shown }: VersionDiffProps) {
  const [isOpen, setOpen] = useState(false);
  const at = versions.indexOf(shown);
  // Subtle: by their keys, as another turn with other versions may stand in the same place.
  const [from, setFrom] = useState<string | undefined>(undefined);
  const [to, setTo] = useState<string | undefined>(undefined);
  const chosen = (key: string | undefined) => versions.find((turn) => turn.key === key);
  const before = chosen(from) ?? versions[at === 0 ? 1 : at - 1], after = chosen(to) ?? versions[at];
  if (before === undefined || after === undefined) return null;
  const metrics = Object.keys(before.metrics ?? {}).filter((name) => name in (after.metrics ?? {}));
  return (
    <details class="text-13" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="text-12 text-soft">{TEXT.compare}</summary>
      {isOpen && (
        <div class="mt-1 flex flex-col gap-1.5 border-l-2 border-line pl-3">
          <p class="flex flex-wrap items-center gap-2 text-12 text-soft">
            <VersionChoice label={TEXT.from} versions={versions} chosen={before} onChoose={setFrom} />
            <VersionChoice label={TEXT.to} versions={versions} chosen={after} onChoose={setTo} />
          </p>
          {before.text === after.text
            ? <p class="text-12 text-soft">{TEXT.sameText}</p>
            : (
              <p dir="auto" class="whitespace-pre-wrap break-words">
                <DiffText before={before.text} after={after.text} />
              </p>
            )}
          {metrics.map((name) => (
            <p key={name} class="font-mono text-12 text-soft tabular-nums">
              {name} {fixed(before.metrics?.[name])} → {fixed(after.metrics?.[name])}
            </p>
          ))}
        </div>
      )}
    </details>
  );
}

interface VersionChoiceProps {
  readonly label: string;
  readonly versions: readonly Turn[];
  readonly chosen: Turn;
  readonly onChoose: (key: string) => void;
}

function VersionChoice({ label, versions, chosen, onChoose }: VersionChoiceProps) {
  return (
    <label class="inline-flex items-center gap-1">
      {label}
      <select
        value={chosen.key}
        onChange={(event) => onChoose(event.currentTarget.value)}
        class="min-h-[28px] rounded-md border border-line bg-panel px-1"
      >
        {versions.map(({ key }, index) => (
          <option key={key} value={key} selected={key === chosen.key}>{TEXT.versionName(index + 1)}</option>
        ))}
      </select>
    </label>
  );
}
