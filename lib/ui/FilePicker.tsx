import { cx } from "./cx.ts";

interface FilePickerProps {
  readonly children: string;
  /** Inside a line of text; default: as a button. */
  readonly isText?: boolean;
  readonly onFile: (file: File) => void;
}

/** Asks for a JSON file of the person's own. */
export function FilePicker({ children, isText = false, onFile }: FilePickerProps) {
  return (
    <label
      class={cx(
        "cursor-pointer focus-within:outline focus-within:outline-2 focus-within:outline-accent",
        isText
          ? "-mx-1 rounded-sm px-1 text-12 text-accent underline"
          : "inline-flex min-h-[32px] items-center rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk",
      )}
    >
      {children}
      <input
        type="file"
        accept="application/json"
        class="sr-only"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          // The same file again is a change again.
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
