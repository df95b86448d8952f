import { useState } from "preact/hooks";
import { useReturn } from "../use_return.ts";

interface PlaceChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly string[];
  readonly selected: string;
}

/**
 * A select by which a page is left, or a hidden field when there is nothing to choose. On the way back it shows the page's
 * own place, and not what was chosen to leave it.
 */
export function PlaceChoice({ name, label, options, selected }: PlaceChoiceProps) {
  const [returns, setReturns] = useState(0);
  useReturn(() => setReturns((returns) => returns + 1));
  if (options.length < 2) return <input type="hidden" name={name} value={selected} />;
  return (
    <label class="inline-flex items-center gap-1.5 text-12 text-soft">
      {label}
      <select
        key={returns}
        name={name}
        autocomplete="off"
        class="min-h-[32px] max-w-[180px] rounded-md border border-line bg-panel px-2 py-1 text-14 text-ink"
      >
        {options.map((option) => <option key={option} value={option} selected={option === selected}>{option}</option>)}
      </select>
    </label>
  );
}
