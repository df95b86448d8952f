import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { Button } from "./Button.tsx";
import { STRINGS } from "./strings.ts";

interface CopyButtonProps {
  /** Copied exactly as it is. */
  readonly text: string;
  /** What it copies, where a page has several. */
  readonly label?: string;
  /** The button that it looks like. */
  readonly as?: ComponentType<{ readonly label?: string; readonly onClick: () => void; readonly children: string }>;
}

/** Copies a text, and says whether it is copied, until one goes on to something else or the text is another one. */
export function CopyButton({ text, as: As = Button, ...named }: CopyButtonProps) {
  const [told, setTold] = useState({ text, is: "" });
  const tell = (is: string) => setTold({ text, is });

  async function copy(): Promise<void> {
    // So that what is told twice is read aloud twice.
    tell("");
    let isCopied = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that is not served securely has no clipboard, but may give what the browser's own Copy is to take.
      document.oncopy = (event) => {
        event.preventDefault();
        event.clipboardData?.setData("text/plain", text);
      };
      isCopied = document.execCommand("copy");
      document.oncopy = null;
    }
    tell(isCopied ? STRINGS.copied : STRINGS.notCopied);
  }

  return (
    <span class="inline-flex items-baseline gap-2" onFocusOut={() => tell("")}>
      <span role="status" class="text-12 text-soft">{told.text === text && told.is}</span>
      <As {...named} onClick={copy}>{STRINGS.copy}</As>
    </span>
  );
}
