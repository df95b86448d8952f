import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { cx } from "../cx.ts";
import { isPageKey } from "../page_key.ts";
import { RUN_STRINGS } from "../run_strings.ts";

interface WithInspectorProps {
  /** Names the inspector. */
  readonly label: string;
  /** What it holds; undefined where there is none. */
  readonly inspector: ComponentChildren;
  /** Where a narrow screen has it: below the rest, over its lower part, or nowhere. A wide screen has it beside the rest. */
  readonly narrow?: "below" | "over" | "nowhere";
  readonly isReady: boolean;
  readonly isBusy?: boolean;
  readonly children: ComponentChildren;
}

/** A screen and its inspector, which "." puts away and brings back for as long as the page lives. */
export function WithInspector(
  { label, inspector, narrow = "below", isReady, isBusy, children }: WithInspectorProps,
) {
  const [isShown, setShown] = useState(true);
  const isOver = narrow === "over" && isShown;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "." || event.repeat || !isPageKey(event)) return;
      event.preventDefault();
      setShown((before) => !before);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <div
      class={cx("grid min-h-screen grid-cols-1", isShown ? "wide:grid-cols-screen" : "wide:grid-cols-fold")}
      data-ready={isReady}
      aria-busy={isBusy}
    >
      <main
        id="main"
        class={cx(
          "flex min-w-0 flex-col gap-4 px-3 pt-3 mid:px-5 mid:pt-4",
          // As high as the sheet may be, so that all of the screen can be moved above it.
          isOver ? "pb-[60vh] wide:pb-4" : "pb-8 mid:pb-4",
        )}
      >
        {children}
      </main>
      {inspector !== undefined && (
        <aside aria-label={label} class={cx("border-line bg-panel wide:border-l", PLACES[narrow])}>
          <div
            class={cx(
              "wide:sticky wide:top-0 wide:max-h-screen wide:overflow-y-auto",
              isShown ? "px-4 pb-2 pt-4" : "px-2 py-1",
            )}
          >
            {isShown && inspector}
            {isReady && (
              <button
                type="button"
                aria-expanded={isShown}
                aria-label={isShown ? RUN_STRINGS.hideInspector : RUN_STRINGS.showInspector}
                onClick={() => setShown(!isShown)}
                class={cx("rounded-md px-2 py-1 text-12 text-soft hover:bg-sunk", isShown && "-ml-2 mt-3")}
              >
                {isShown ? RUN_STRINGS.hide : RUN_STRINGS.show} <kbd class="font-mono">.</kbd>
              </button>
            )}
          </div>
        </aside>
      )}
    </div>
  );
}

const PLACES: Readonly<Record<NonNullable<WithInspectorProps["narrow"]>, string>> = {
  below: cx("border-t wide:border-t-0"),
  over: cx(
    "fixed inset-x-0 bottom-0 z-10 max-h-[60vh] overflow-y-auto border-t",
    // Subtle: what scrolls by itself would keep the sticky part from staying in sight.
    "wide:static wide:max-h-full wide:overflow-y-visible wide:border-t-0",
  ),
  nowhere: cx("hidden wide:block"),
};
