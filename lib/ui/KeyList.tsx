import { KEYS } from "./key_strings.ts";

/** What the keys do, screen by screen. */
export function KeyList() {
  return (
    <>
      {KEYS.map(({ screen, keys }) => (
        <section key={screen} aria-label={screen}>
          <h2 class="pb-1 font-semibold">{screen}</h2>
          <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {keys.map(([key, meaning]) => (
              <>
                <dt key={key} class="font-mono text-13">{key}</dt>
                <dd key={meaning} class="text-soft">{meaning}</dd>
              </>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
