"""Short stories with real branches, and poems: text that has more than one good next word."""
from random import Random
from world import ANIMALS, BOYS, COLOURS, GIRLS, PLACES, THINGS

TRAITS = [("little", 4), ("young", 2), ("kind", 1), ("brave", 1), ("shy", 1), ("clever", 1)]
DAYS = ["One sunny day", "One rainy day", "One morning", "In the evening"]

POEMS = {
    "snow": ["Snow falls soft, the night is long,", "the wind is singing us a song.", "The fields are white, the trees are still,", "the moon is high above the hill."],
    "the sea": ["The sea is wide, the wind is strong,", "the waves are singing all day long.", "A boat goes out, a bird flies by,", "the water meets the morning sky."],
    "a fox": ["A fox ran past the old stone wall,", "it did not make a sound at all.", "It found a path, it found a tree,", "it turned its head and looked at me."],
    "the moon": ["The moon is round, the moon is bright,", "it shines upon the house at night.", "It sees the river, sees the town,", "and in the morning it goes down."],
    "spring": ["The grass is green, the sky is blue,", "the garden wakes and so do you.", "The birds come home, the days grow long,", "and every tree has got a song."],
}


def weighted(r: Random, options):
    words, weights = zip(*options)
    return r.choices(words, weights)[0]


def story(r: Random) -> str:
    girl = r.random() < 0.5
    name = r.choice(GIRLS if girl else BOYS)
    she, her, kind = ("she", "her", "girl") if girl else ("he", "his", "boy")
    place, thing, hue, animal = r.choice(PLACES), r.choice(THINGS), r.choice(COLOURS), r.choice(list(ANIMALS))
    a = ANIMALS[animal][0]
    start = f"{name} was a {weighted(r, TRAITS)} {kind}. {she.capitalize()} had a {hue} {thing}. {r.choice(DAYS)}, {name} went to the {place}."
    plot = r.randrange(4)
    if plot == 0:
        return f"{start} But {she} lost {her} {hue} {thing}. {a.capitalize()} {animal} found the {thing} and gave it back. {name} was happy again."
    if plot == 1:
        return f"{start} There {she} saw {a} {animal}. The {animal} was hungry. {name} gave it some {ANIMALS[animal][3]}, and they became friends."
    if plot == 2:
        return f"{start} {a.capitalize()} {animal} wanted the {hue} {thing}. \"We can share it,\" said {name}. They played until the evening."
    return f"{start} It was very quiet there. Then {she} heard a sound. It was {a} {animal}. {name} laughed and ran home."


def poem(r: Random) -> str:
    about = r.choice(list(POEMS))
    return f"### Instruction:\nWrite a poem about {about}.\n\n### Response:\n" + "\n".join(POEMS[about])
