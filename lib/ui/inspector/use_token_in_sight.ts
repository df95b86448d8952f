import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

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

/**
 * What a choice in the inspector leads to is another token, with which the inspector that had the focus is drawn anew.
 * @returns gives the focus to the selected token once it is there, unless somebody has gone elsewhere meanwhile
 */
export function useSelectedFocus(): () => void {
  const isWanted = useRef(false);
  useEffect(() => {
    if (!isWanted.current) return;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    const token = selectedToken();
    if (isLost && token === null) return;
    isWanted.current = false;
    if (isLost) token?.focus({ preventScroll: true });
  });
  return () => void (isWanted.current = true);
}

export function selectedToken(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-position][aria-pressed=true]");
}
