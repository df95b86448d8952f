/**
 * Messages that are sent in the same moment, as one: each that is sent costs either thread a turn, and runs that share
 * their passes ask and are answered all at once.
 */
export class Outbox<Message> {
  readonly #send: (messages: readonly Message[]) => void;
  #waiting: Message[] = [];

  /** @param send must not throw: whoever put a message is gone by then */
  constructor(send: (messages: readonly Message[]) => void) {
    this.#send = send;
  }

  put(message: Message): void {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    this.#waiting.push(message);
  }

  #flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    this.#send(messages);
  }
}
