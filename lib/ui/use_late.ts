import { useEffect, useState } from "preact/hooks";

/** A part of the code that is fetched when it is first needed; undefined until it is there, or where it cannot be had. */
export function useLate<Module>(isNeeded: boolean, load: () => Promise<Module>): Module | undefined {
  const [module, setModule] = useState<Module | undefined>(undefined);
  useEffect(() => {
    if (!isNeeded || module !== undefined) return;
    void load().then((loaded) => setModule(() => loaded), () => {
      // The server has stopped, or was changed since: the page goes on without this part.
    });
  }, [isNeeded]);
  return module;
}
