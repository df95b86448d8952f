import { useEffect, useState } from "preact/hooks";
import { Button } from "./Button.tsx";
import { STRINGS } from "./strings.ts";

interface CopyButtonProps {
  /** Copied exactly as it is. */
  readonly text: string;
  /** Selected where a page may not write to the clipboard, as when it is not served securely. */
  readonly shownIn: () => Node | null;
}

/** Copies a text, and says so until the text is another one. */
export function CopyButton({ text, shownIn }: CopyButtonProps) {
  const [told, setTold] = useState("");
  useEffect(() => setTold(""), [text]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setTold(STRINGS.copied);
    } catch {
      // Refused, or there is no clipboard: the person can copy what is selected.
      const shown = shownIn();
      if (shown !== null) getSelection()?.selectAllChildren(shown);
      setTold(STRINGS.selectedForCopy);
    }
  }

  return (
    <span class="inline-flex items-center gap-2">
      <span role="status" class="text-12 text-soft">{told}</span>
      <Button onClick={() => void copy()}>{STRINGS.copy}</Button>
    </span>
  );
}
