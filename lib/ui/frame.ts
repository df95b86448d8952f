/** Hands items on once an animation frame, so that a fast stream costs one render a frame and not one a token. */
export function collectPerFrame<Item>(deliver: (items: readonly Item[], nowMs: number) => void) {
  let items: Item[] = [];
  let scheduled: number | undefined;
  function flush(): void {
    if (scheduled !== undefined) cancelAnimationFrame(scheduled);
    scheduled = undefined;
    const batch = items;
    items = [];
    if (batch.length > 0) deliver(batch, performance.now());
  }
  return {
    add(item: Item): void {
      items.push(item);
      // Subtle: frames do not come in a hidden tab; what waits is delivered when the tab is shown or the stream ends.
      scheduled ??= requestAnimationFrame(flush);
    },
    flush,
    /** Forgets what was not yet delivered. */
    drop(): void {
      items = [];
      if (scheduled !== undefined) cancelAnimationFrame(scheduled);
      scheduled = undefined;
    },
  };
}
