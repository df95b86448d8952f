/** What a persona may say of itself, in words that the demo model was trained on. */
const KINDS: readonly (readonly [sentence: (value: string) => string, values: readonly string[]])[] = [
  [(pet) => `i have a ${pet} .`, ["cat", "dog", "hamster", "horse", "parrot", "rabbit"]],
  [(food) => `i love to eat ${food} .`, ["bread", "cake", "pasta", "pizza", "rice", "salad", "soup"]],
  [(colour) => `my favourite colour is ${colour} .`, ["black", "blue", "green", "red", "white", "yellow"]],
  [(season) => `i love the ${season} .`, ["autumn", "spring", "summer", "winter"]],
  [(sport) => `i am good at ${sport} .`, ["chess", "football", "golf", "hockey", "tennis"]],
  [(instrument) => `i play the ${instrument} .`, ["drums", "flute", "guitar", "piano", "violin"]],
  [(drink) => `i always drink ${drink} .`, ["coffee", "juice", "milk", "tea", "water"]],
  [(job) => `i work as a ${job} .`, ["baker", "cook", "doctor", "singer", "teacher"]],
  [(city) => `i live in ${city} .`, ["berlin", "cairo", "lisbon", "madrid", "tokyo", "vienna"]],
  [(hobby) => `in my free time i ${hobby} .`, ["cook", "hike", "paint", "read", "sing", "swim"]],
];

export const NO_TRAIT = "(none)";

export const TRAITS: readonly string[] = [
  NO_TRAIT,
  ...KINDS.flatMap(([sentence, values]) => values.map(sentence)),
];
