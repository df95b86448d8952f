/** What the parts of the chat screen are drawn from, and what can be done there. */
import type { ComponentChildren } from "preact";
import type { Problem, Step } from "../../lm/event.ts";
import type { SamplingParams } from "../../lm/params.ts";
import type { TokenId } from "../../lm/token.ts";
import type { ChatScreen } from "../address/chat_screen.ts";
import type { Chat, Turn, TurnId, TurnSelection } from "./chat_state.ts";
import type { ChatPrompt } from "../generation_client.ts";
import type { Pace } from "../pace.ts";

/** What went wrong, and what does the same once more; without that, trying again makes no difference. */
export interface Failure {
  readonly problem: Problem;
  readonly retry?: () => void;
  /** Of what was just asked for: the page goes to where it is told. */
  readonly isAwaited?: boolean;
}

export interface ChatViewProps {
  readonly screen: ChatScreen;
  readonly chat: Chat;
  /** What is looked for among the conversations. */
  readonly query: string;
  readonly draft: string;
  readonly system: string;
  readonly prefill: string;
  readonly params: SamplingParams;
  readonly acceptsAtOnce: boolean;
  /** First of the turns that are being written; undefined when nothing runs. */
  readonly writing: TurnId | undefined;
  /** Runs that are served before the one that writes; undefined when it does not wait. */
  readonly ahead: number | undefined;
  /** How fast the latest answers came; undefined before the first. */
  readonly pace: Pace | undefined;
  readonly failure: Failure | undefined;
  /** What would be sent now; undefined without a message, and until it is told. */
  readonly prompt: ChatPrompt | undefined;
  /** The server did not tell what would be sent. */
  readonly isUntold: boolean;
  /** Answers to the same message that stand beside each other, as they were asked for so; none, or more than one. */
  readonly beside: readonly TurnId[];
  /** Turns that show their tokens. */
  readonly opened: ReadonlySet<TurnId>;
  readonly selection: TurnSelection | undefined;
  /** The selected step by the params on screen; absent while they are its own, and until it is known. */
  readonly whatIf: Step | undefined;
  /** What this browser kept and cannot be read. */
  readonly unread: string | undefined;
  readonly isReady: boolean;
  /** The developer's controls, drawn. */
  readonly controls: ComponentChildren;
  readonly on: ChatActions;
}

export interface ChatActions {
  readonly draft: (text: string) => void;
  readonly send: () => void;
  readonly accept: () => void;
  /** Accepts one of the answers that stand beside each other. */
  readonly choose: (turn: Turn) => void;
  readonly stop: () => void;
  readonly begin: () => void;
  readonly open: (conversation: number) => void;
  readonly query: (text: string) => void;
  readonly edit: (turn: Turn, text: string) => void;
  readonly editLast: () => void;
  /** One more answer to the same message. */
  readonly again: (turn: Turn) => void;
  /** One more answer, by the params on screen and the same dice, that stands beside the other. */
  readonly beside: (turn: Turn) => void;
  readonly remove: (turn: Turn) => void;
  readonly version: (turn: Turn) => void;
  readonly tokens: (turn: Turn) => void;
  readonly select: (selection: TurnSelection | undefined) => void;
  /** Another version, with another token at a place. */
  readonly branch: (turn: Turn, position: number, token: TokenId) => void;
  /** Another version from a place on, by the params on screen. */
  readonly goOn: (turn: Turn, position: number) => void;
  /** Another version that goes on where this one was cut off, by its own params and dice. */
  readonly resume: (turn: Turn) => void;
  readonly system: (text: string) => void;
  readonly prefill: (text: string) => void;
  readonly params: (params: SamplingParams) => void;
  readonly acceptAtOnce: (value: boolean) => void;
  readonly saveUnread: () => void;
  /** Goes on in a new conversation without the first turns. */
  readonly without: (turns: number) => void;
  readonly exportChat: () => void;
  readonly importChat: (file: File) => void;
}
