import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/Button.tsx";
import { STRINGS } from "../../ui/strings.ts";
import { LATEX_STRINGS } from "./latex_strings.ts";
import type { ExportCell } from "./cell.ts";
import { latexTable, needsMultirow } from "./latex.ts";

interface LatexDialogProps {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly ExportCell[])[];
  readonly onClose: () => void;
}

const COPIED_MS = 5_000;

/** The table as LaTeX code. Esc and a click outside close it. */
export function LatexDialog({ headers, rows, onClose }: LatexDialogProps) {
  const code = latexTable(headers, rows);
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useRef<HTMLPreElement>(null);
  const [told, setTold] = useState<string | undefined>(undefined);

  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (told === undefined) return;
    const timer = setTimeout(() => setTold(undefined), COPIED_MS);
    return () => clearTimeout(timer);
  }, [told]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
      setTold(STRINGS.copied);
    } catch {
      // Not allowed, or not there as the page is not served securely: the person copies what is selected.
      if (text.current !== null) getSelection()?.selectAllChildren(text.current);
      setTold(LATEX_STRINGS.selected);
    }
  }

  return (
    <dialog
      ref={dialog}
      aria-label={STRINGS.latex}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) dialog.current?.close();
      }}
      // The screen below hears no key.
      onKeyDown={(event) => event.stopPropagation()}
      class="m-auto w-[720px] text-13 shadow-lg"
    >
      <div class="flex max-h-[80vh] min-w-0 flex-col gap-3 p-3">
        <pre
          ref={text}
          tabIndex={0}
          class="min-h-0 overflow-auto rounded-md border bg-sunk p-2 font-mono text-12 select-all"
        >{code}</pre>
        {needsMultirow(code) && <p class="text-12 text-soft">{LATEX_STRINGS.needs}</p>}
        <div class="flex items-center justify-end gap-2">
          <span role="status" class="text-12 text-soft">{told}</span>
          <Button onClick={() => dialog.current?.close()}>{STRINGS.close}</Button>
          <Button primary onClick={() => void copy()}>{STRINGS.copy}</Button>
        </div>
      </div>
    </dialog>
  );
}
