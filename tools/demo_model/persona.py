"""Small talk in character: traits, questions about them, and replies that must fit.

A sample is (personality, history, reply, accepted replies). The other speaker's turn comes first and last.
"""
import re
from random import Random

PETS = ["dog", "cat", "horse", "parrot", "rabbit", "hamster"]
FOODS = ["pizza", "soup", "rice", "pasta", "salad", "fish", "cake", "bread"]
HOBBIES = {"swim": "swimming", "paint": "painting", "read": "reading", "dance": "dancing", "cook": "cooking",
           "hike": "hiking", "fish": "fishing", "sing": "singing"}
CITIES = ["paris", "berlin", "rome", "tokyo", "cairo", "madrid", "vienna", "lisbon"]
JOBS = ["baker", "teacher", "doctor", "farmer", "nurse", "pilot", "singer", "cook"]
COLOURS = ["red", "blue", "green", "yellow", "black", "white"]
SEASONS = ["spring", "summer", "autumn", "winter"]
DRINKS = ["tea", "coffee", "milk", "juice", "water"]
SPORTS = ["tennis", "football", "chess", "golf", "hockey"]
INSTRUMENTS = ["piano", "guitar", "violin", "drums", "flute"]
NUMBERS = ["one", "two", "three", "four"]


def plural(noun: str, count: str) -> str:
    return noun if count == "one" else noun + "s"


# kind: (possible values, persona lines, questions, replies, replies when the trait is absent)
KINDS = {
    "pet": (PETS, ["i have a {v} .", "my pet is a {v} ."], ["do you have any pets ?", "do you have a pet ?", "what pet do you have ?"],
            ["i have a {v} .", "yes , i have a {v} ."], ["no , i have no pets .", "i do not have a pet ."]),
    "food": (FOODS, ["my favourite food is {v} .", "i love to eat {v} ."],
             ["what do you like to eat ?", "what is your favourite food ?", "what food do you like ?"],
             ["i love to eat {v} .", "my favourite food is {v} ."], ["i like all kinds of food .", "i have no favourite food ."]),
    "hobby": (list(HOBBIES), ["i like to {v} every weekend .", "in my free time i {v} ."],
              ["what do you do in your free time ?", "do you have a hobby ?", "what do you do for fun ?"],
              ["i like to {v} in my free time .", "i {v} for fun ."], ["i have no free time .", "i do not have a hobby ."]),
    "city": (CITIES, ["i live in {v} .", "my home is in {v} ."], ["where do you live ?", "where is your home ?", "which city do you live in ?"],
             ["i live in {v} .", "my home is in {v} ."], ["i move around a lot .", "i have no home right now ."]),
    "job": (JOBS, ["i work as a {v} .", "i am a {v} ."], ["what do you do for a living ?", "what is your job ?", "where do you work ?"],
            ["i work as a {v} .", "i am a {v} ."], ["i do not work right now .", "i have no job ."]),
    "colour": (COLOURS, ["my favourite colour is {v} ."], ["what is your favourite colour ?", "which colour do you like ?"],
               ["my favourite colour is {v} .", "i like {v} ."], ["i have no favourite colour .", "i like every colour ."]),
    "season": (SEASONS, ["i love the {v} .", "my favourite season is {v} ."], ["which season do you like ?", "what is your favourite season ?"],
               ["i love the {v} .", "my favourite season is {v} ."], ["i like every season .", "i have no favourite season ."]),
    "drink": (DRINKS, ["i drink {v} every morning .", "i always drink {v} ."], ["what do you like to drink ?", "what do you drink in the morning ?"],
              ["i drink {v} .", "i always drink {v} ."], ["i drink many things .", "i do not drink much ."]),
    "sport": (SPORTS, ["i play {v} on sundays .", "i am good at {v} ."], ["do you play any sports ?", "which sport do you play ?", "what game do you play ?"],
              ["i play {v} .", "yes , i play {v} ."], ["no , i play no sports .", "i do not play any sports ."]),
    "instrument": (INSTRUMENTS, ["i play the {v} .", "i am learning the {v} ."],
                   ["do you play an instrument ?", "which instrument do you play ?", "do you make music ?"],
                   ["i play the {v} .", "yes , i play the {v} ."], ["no , i play no instrument .", "i do not play an instrument ."]),
    "siblings": (NUMBERS, ["i have {v} {brothers} .", "i grew up with {v} {brothers} ."],
                 ["do you have any brothers ?", "how many brothers do you have ?", "tell me about your family ."],
                 ["i have {v} {brothers} .", "yes , i have {v} {brothers} ."], ["no , i have no brothers .", "i am an only child ."]),
}

GREETINGS = ["hello !", "hi , how are you ?", "hey there .", "good morning !"]
ANSWERS = ["hello , i am fine .", "hi , nice to meet you .", "i am good , thank you ."]


def fill(line: str, value: str) -> str:
    return line.format(v=value, brothers=plural("brother", value))


def dialogue(r: Random):
    kinds = r.sample(list(KINDS), r.randrange(3, 6))
    traits = {kind: r.choice(KINDS[kind][0]) for kind in kinds}
    personality = [fill(r.choice(KINDS[kind][1]), value) for kind, value in traits.items()]
    history: list[str] = []
    if r.random() < 0.5:
        history += [r.choice(GREETINGS), r.choice(ANSWERS)]
    asked = r.sample(list(KINDS), r.randrange(3, 8) if r.random() < 0.15 else r.randrange(0, 3))
    for kind in asked:
        history += [r.choice(KINDS[kind][2]), r.choice(replies(kind, traits))]
    # Three of four questions are about a trait that is there.
    absent = [kind for kind in KINDS if kind not in traits and kind not in asked]
    present = [kind for kind in traits if kind not in asked]
    kind = r.choice(present if (r.random() < 0.75 and present) or not absent else absent)
    if r.random() < 0.3:
        # The other speaker tells of themselves, half of the time the same as the persona would.
        value = traits[kind] if kind in traits and r.random() < 0.5 else r.choice(KINDS[kind][0])
        history.append(fill(r.choice(KINDS[kind][1]), value))
        accepted = reactions(kind, traits, value)
    else:
        history.append(r.choice(KINDS[kind][2]))
        accepted = replies(kind, traits)
    return personality, history, r.choice(accepted), accepted


def replies(kind: str, traits: dict[str, str]) -> list[str]:
    _, _, _, answers, none = KINDS[kind]
    return [fill(line, traits[kind]) for line in answers] if kind in traits else list(none)


def own_lines(kind: str, traits: dict[str, str]) -> list[str]:
    """What the persona says of itself without being asked."""
    return [line for line in replies(kind, traits) if not line.startswith(("yes ,", "no ,"))]


def reactions(kind: str, traits: dict[str, str], value: str) -> list[str]:
    """What fits after the other speaker told their own `value`: the persona's own; "too" only where it is the same."""
    own = own_lines(kind, traits)
    return own + [line.removesuffix(".") + "too ." for line in own] if traits.get(kind) == value else own


def is_statement(turn: str) -> bool:
    """Whether the other speaker tells of themselves instead of asking."""
    return not turn.endswith("?") and all(turn not in questions for _, _, questions, _, _ in KINDS.values())


def candidates(r: Random, reply: str, accepted: list[str], count: int = 6) -> list[str]:
    """The reply among distractors: replies of other personas, none of which would be right here too."""
    others: set[str] = set()
    while len(others) < count - 1:
        other = dialogue(r)[2]
        if other not in accepted:
            others.add(other)
    chosen = sorted(others) + [reply]
    r.shuffle(chosen)
    return chosen


def typed(line: str) -> str:
    """The line as a person types it: "do you have a pet ?" becomes "Do you have a pet?"."""
    line = re.sub(r" ([.,?!])", r"\1", line)
    line = re.sub(r"\bi\b", "I", line)
    return line[:1].upper() + line[1:]


def chat(r: Random, personality: list[str], history: list[str], reply: str):
    """Variety for training alone: a user who types as people do, and a chat that has only just begun."""
    if r.random() < 0.12:
        history, reply = [r.choice(GREETINGS)], r.choice(ANSWERS)
        personality = personality if r.random() < 0.6 else []
    if r.random() < 0.5:
        history = [typed(turn) if index % 2 == 0 else turn for index, turn in enumerate(history)]
    return personality, history, reply


def prompt_of(personality: list[str], history: list[str]) -> str:
    turns = "".join(f"<|{'user' if index % 2 == 0 else 'assistant'}|>{turn}<|end|>" for index, turn in enumerate(history))
    system = f"<|system|>{chr(10).join(personality)}<|end|>" if personality else ""
    return f"{system}{turns}<|assistant|>"
