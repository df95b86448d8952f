import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { SessionState } from "../lib/components/session_event.ts";
import { PageConnection } from "../lib/elements/view/page_connection.ts";
import type { PageControl } from "../lib/elements/view/element_view.ts";
import { PageElement } from "../lib/elements/view/PageElement.tsx";
import { PageView } from "../lib/elements/view/PageView.tsx";
import { VIEWS } from "../lib/elements/view/views.ts";

interface ComponentViewProps {
  /** Path of the component's API. */
  readonly api: string;
  readonly state: SessionState;
}

const TICK_MS = 100;

/** A developer's page: its elements top-down, and its session with the server. */
export default function ComponentView({ api, state }: ComponentViewProps) {
  const connection = useMemo(() => new PageConnection(api, state), []);
  const { store } = connection;
  const isReady = useSignal(false);
  const nowMs = useSignal(0);
  const isRunning = useComputed(() =>
    Object.values(store.actions.value).some((action) => action?.status === "running")
  );

  useEffect(() => {
    void connection.open().then(() => isReady.value = true);
    const close = () => connection.close();
    // What the browser kept when the page was left is as it was then, and listens to nobody any more.
    const comeBack = (event: PageTransitionEvent) => event.persisted && location.reload();
    addEventListener("pagehide", close);
    addEventListener("pageshow", comeBack);
    return () => {
      removeEventListener("pagehide", close);
      removeEventListener("pageshow", comeBack);
      close();
    };
  }, []);

  useEffect(() => {
    if (!isRunning.value) return;
    nowMs.value = performance.now();
    const timer = setInterval(() => nowMs.value = performance.now(), TICK_MS);
    return () => clearInterval(timer);
  }, [isRunning.value]);

  const page: PageControl = {
    get isReady() {
      return isReady.value;
    },
    get nowMs() {
      return nowMs.value;
    },
    element: (name) => store.element(name),
    value: (name) => store.value(name),
    edit: (name, value) => connection.edit(name, value),
    action: (name) => store.actions.value[name],
    refused: (name) => connection.refusal.value?.input === name ? connection.refusal.value.reason : undefined,
    draw: (target) => <PageElement key={target.element} target={target} page={page} views={VIEWS} />,
    act: (name) => void connection.act(name),
    cancel: (name) => void connection.cancel(name),
  };
  return <PageView page={page} notice={connection.notice.value} />;
}
