import { useSignalEffect } from "@preact/signals";

/**
 * The inspector is a sheet over the lower part of a narrow screen: the token it tells of is moved above it.
 * @param isSelected whether there is one, read from signals
 */
export function useTokenInSight(isSelected: () => boolean): void {
  useSignalEffect(() => {
    if (!isSelected() || !matchMedia("(max-width: 1139px)").matches) return;
    requestAnimationFrame(() => selectedToken()?.scrollIntoView({ block: "start" }));
  });
}

export function selectedToken(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-position][aria-pressed=true]");
}
