import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/**
 * The inspector is a sheet over the lower part of a narrow screen: the token it tells of is moved above it.
 * @param selected the place of the selected token, read from signals; undefined where there is none
 */
export function useTokenInSight(selected: () => object | undefined): void {
  // Subtle: what it is read from changes with each frame of a run, and the page moves only for another token.
  const last = useRef<string | undefined>(undefined);
  useSignalEffect(() => {
    const place: string | undefined = JSON.stringify(selected());
    if (place === last.current) return;
    last.current = place;
    if (place === undefined || !matchMedia("(max-width: 1139px)").matches) return;
    requestAnimationFrame(() => selectedToken()?.scrollIntoView({ block: "start" }));
  });
}

/**
 * What a choice in the inspector leads to is another token, with which the inspector that had the focus is drawn anew.
 * @returns gives the focus to the selected token once it is there, unless somebody has gone elsewhere meanwhile
 */
export function useSelectedFocus(): () => void {
  const isWanted = useRef(false);
  // Subtle: what follows a drawing may run after the next choice, which that drawing knew nothing of.
  const isDrawnSince = isWanted.current;
  useEffect(() => {
    if (!isWanted.current || !isDrawnSince) return;
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
