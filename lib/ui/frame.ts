/** Hands items on once an animation frame, so that a fast stream costs one render a frame and not one a token. */
export function collectPerFrame<Item>(deliver: (items: readonly Item[], nowMs: number) => void) {
  let items: Item[] = [];
  let scheduled: number | undefined;
  function flush(): void {
    const batch = items;
    drop();
    if (batch.length > 0) deliver(batch, performance.now());
  }
  /** Forgets what was not yet delivered. */
  function drop(): void {
    items = [];
    if (scheduled === undefined) return;
    cancelAnimationFrame(scheduled);
    scheduled = undefined;
    removeEventListener("pagehide", flush, true);
  }
  return {
    add(item: Item): void {
      items.push(item);
      if (scheduled !== undefined) return;
      // Subtle: frames do not come in a hidden tab. What waits is delivered when the tab is shown, the stream ends, or the
      // page is left: then before others who hear of it keep what there is, as capture comes first.
      scheduled = requestAnimationFrame(flush);
      addEventListener("pagehide", flush, true);
    },
    flush,
    drop,
  };
}
