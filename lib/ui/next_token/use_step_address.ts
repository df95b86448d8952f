/** The address of the next-token screen: a step is an entry of the browser's history, all else changes the one that is there. */
import { batch, useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TokenId } from "../../lm/token.ts";
import { paramsFromQuery } from "../address/generation_screen.ts";
import { nextHref, type NextTokenScreen, parseNumbers, parsePath, parseView } from "../address/next_token_screen.ts";
import { followInRail } from "../address/other_screen.ts";
import { dropAddress, pushAddress, tellAddress } from "../told_address.ts";
import type { StepPlace } from "./use_step_place.ts";

interface StepAddressOptions {
  readonly screen: NextTokenScreen["screen"];
  readonly place: StepPlace;
  /** The place is that of another entry now. */
  readonly onBack: () => void;
}

/** @returns what makes an entry for a path */
export function useStepAddress({ screen, place, onBack }: StepAddressOptions): (path: readonly TokenId[]) => void {
  const { params, path, numbers, from, query, selected } = place;
  const here = () => ({ ...screen, params: params.value, numbers: numbers.value });
  const hrefOf = (to: readonly TokenId[]) =>
    nextHref(here(), to, { from: from.value, find: query.value, selected: selected.value });
  // The URL that opened the page stays until something of it changes, which a click may before the first effect.
  const [opened] = useState(() => hrefOf(path.value));
  const told = useRef<string | undefined>(opened);

  useSignalEffect(() => {
    const href = hrefOf(path.value);
    if (told.current !== undefined && told.current !== href) tellAddress(href);
    told.current = href;
    followInRail(here());
  });

  useEffect(() => {
    const goBack = () => {
      const search = new URLSearchParams(location.search);
      told.current = undefined;
      // What was to be told was of the entry that is left.
      dropAddress();
      batch(() => {
        path.value = parsePath(search.get("path"));
        params.value = paramsFromQuery(search, screen.defaults).params;
        numbers.value = parseNumbers(search);
        ({ find: query.value, selected: selected.value, from: from.value } = parseView(search));
      });
      told.current ??= hrefOf(path.value);
      onBack();
    };
    addEventListener("popstate", goBack);
    return () => removeEventListener("popstate", goBack);
  }, []);

  return (to) => {
    told.current = hrefOf(to);
    pushAddress(told.current);
  };
}
