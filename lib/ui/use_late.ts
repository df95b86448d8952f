import { useEffect, useState } from "preact/hooks";

/** A part of the code that is fetched when it is first needed; undefined until it is there. */
export function useLate<Module>(isNeeded: boolean, load: () => Promise<Module>): Module | undefined {
  const [module, setModule] = useState<Module | undefined>(undefined);
  useEffect(() => {
    if (isNeeded && module === undefined) void load().then((loaded) => setModule(() => loaded));
  }, [isNeeded]);
  return module;
}
