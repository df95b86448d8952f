/** One turn of a conversation, as chat models know it. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}
