import type { JSX } from "preact";
import { useState } from "preact/hooks";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Props of a field that tells its value when it is left: what is being typed stays when the page is drawn again meanwhile,
 * as it is with each token of a run.
 * @param value what the field shows while nobody types
 */
export function useTyped(value: string) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  return {
    value: typed ?? value,
    onInput: (event: JSX.TargetedInputEvent<Field>) => setTyped(event.currentTarget.value),
    onBlur: () => setTyped(undefined),
  };
}
