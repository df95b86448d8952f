"""The closed little world that the demo model knows: plain tables, all of them ours."""

# name: (article, sound, home, food, young, size, what it does)
ANIMALS = {
    "cat": ("a", "meows", "house", "fish", "kitten", "small", "It can climb trees"),
    "dog": ("a", "barks", "house", "meat", "puppy", "big", "It can guard a home"),
    "cow": ("a", "moos", "farm", "grass", "calf", "big", "It gives milk"),
    "sheep": ("a", "bleats", "farm", "grass", "lamb", "big", "It gives wool"),
    "horse": ("a", "neighs", "farm", "hay", "foal", "big", "It can run fast"),
    "duck": ("a", "quacks", "pond", "seeds", "duckling", "small", "It can swim"),
    "frog": ("a", "croaks", "pond", "insects", "tadpole", "small", "It can jump far"),
    "owl": ("an", "hoots", "forest", "mice", "owlet", "small", "It can see at night"),
    "wolf": ("a", "howls", "forest", "meat", "pup", "big", "It hunts in a group"),
    "bear": ("a", "growls", "forest", "honey", "cub", "big", "It sleeps all winter"),
    "lion": ("a", "roars", "grassland", "meat", "cub", "big", "It rests all day"),
    "bee": ("a", "buzzes", "hive", "nectar", "larva", "small", "It makes honey"),
    "hen": ("a", "clucks", "farm", "corn", "chick", "small", "It lays eggs"),
    "pig": ("a", "grunts", "farm", "corn", "piglet", "big", "It likes mud"),
    "goat": ("a", "bleats", "farm", "leaves", "kid", "big", "It can climb rocks"),
    "mouse": ("a", "squeaks", "field", "cheese", "pup", "small", "It can hide in small holes"),
    "snake": ("a", "hisses", "desert", "mice", "snakelet", "small", "It has no legs"),
    "elephant": ("an", "trumpets", "grassland", "leaves", "calf", "big", "It has a long trunk"),
}

# country: (capital, language, continent)
COUNTRIES = {
    "France": ("Paris", "French", "Europe"), "Germany": ("Berlin", "German", "Europe"),
    "Spain": ("Madrid", "Spanish", "Europe"), "Italy": ("Rome", "Italian", "Europe"),
    "Norway": ("Oslo", "Norwegian", "Europe"), "Poland": ("Warsaw", "Polish", "Europe"),
    "Greece": ("Athens", "Greek", "Europe"), "Portugal": ("Lisbon", "Portuguese", "Europe"),
    "Japan": ("Tokyo", "Japanese", "Asia"), "China": ("Beijing", "Chinese", "Asia"),
    "India": ("Delhi", "Hindi", "Asia"), "Thailand": ("Bangkok", "Thai", "Asia"),
    "Egypt": ("Cairo", "Arabic", "Africa"), "Kenya": ("Nairobi", "Swahili", "Africa"),
    "Cuba": ("Havana", "Spanish", "America"), "Peru": ("Lima", "Spanish", "America"),
    "Canada": ("Ottawa", "English", "America"), "Austria": ("Vienna", "German", "Europe"),
}

GROUPS = {
    "fruit": ["apple", "banana", "cherry", "grape", "lemon", "mango", "orange", "peach", "pear", "plum"],
    "vegetable": ["bean", "cabbage", "carrot", "onion", "pea", "potato", "pumpkin", "spinach"],
    "tool": ["axe", "drill", "hammer", "ladder", "rake", "saw", "shovel", "wrench"],
    "instrument": ["cello", "drum", "flute", "guitar", "harp", "piano", "trumpet", "violin"],
    "vehicle": ["bicycle", "boat", "bus", "car", "plane", "ship", "train", "truck"],
    "garment": ["coat", "dress", "glove", "hat", "jacket", "scarf", "shirt", "sock"],
    "bird": ["crow", "dove", "eagle", "goose", "owl", "parrot", "robin", "swan"],
    "flower": ["daisy", "lily", "orchid", "poppy", "rose", "tulip", "violet", "iris"],
    "drink": ["coffee", "juice", "lemonade", "milk", "tea", "water", "cocoa", "cider"],
    "colour": ["black", "blue", "brown", "green", "pink", "red", "white", "yellow"],
}

OPPOSITES = [
    ("big", "small"), ("hot", "cold"), ("fast", "slow"), ("old", "new"), ("happy", "sad"), ("open", "closed"),
    ("full", "empty"), ("light", "dark"), ("wet", "dry"), ("high", "low"), ("hard", "soft"), ("early", "late"),
    ("rich", "poor"), ("clean", "dirty"), ("long", "short"), ("strong", "weak"), ("loud", "quiet"), ("near", "far"),
]

JOBS = {
    "baker": "bakes bread", "teacher": "teaches children", "farmer": "grows food", "doctor": "helps sick people",
    "pilot": "flies planes", "painter": "paints pictures", "gardener": "takes care of plants", "cook": "prepares meals",
    "tailor": "sews clothes", "driver": "drives a bus", "writer": "writes books", "singer": "sings songs",
    "waiter": "brings food to the table", "judge": "decides in court", "miner": "digs for coal", "barber": "cuts hair",
    "builder": "builds houses", "nurse": "cares for patients", "dentist": "looks after teeth", "sailor": "works on a ship",
}

THING_COLOURS = {
    "banana": "yellow", "grass": "green", "snow": "white", "coal": "black", "the sky": "blue", "a tomato": "red",
    "a carrot": "orange", "chocolate": "brown", "milk": "white", "a lemon": "yellow", "a leaf": "green", "blood": "red",
    "sugar": "white", "a frog": "green", "a strawberry": "red", "the sun": "yellow", "a pumpkin": "orange", "coffee": "brown",
    "the sea": "blue", "a cherry": "red", "a pea": "green", "the night": "black",
}

SPANISH = {
    "house": "casa", "dog": "perro", "cat": "gato", "water": "agua", "bread": "pan", "book": "libro", "sun": "sol",
    "moon": "luna", "friend": "amigo", "school": "escuela", "red": "rojo", "green": "verde", "milk": "leche",
    "fish": "pez", "tree": "árbol", "day": "día", "night": "noche", "hand": "mano", "table": "mesa", "door": "puerta",
    "fire": "fuego", "wind": "viento", "rain": "lluvia", "snow": "nieve", "street": "calle", "garden": "jardín", "chair": "silla",
    "window": "ventana", "white": "blanco", "black": "negro",
}

PLURALS = {
    "mouse": "mice", "goose": "geese", "child": "children", "foot": "feet", "tooth": "teeth", "man": "men", "woman": "women",
    "wolf": "wolves", "leaf": "leaves", "knife": "knives", "sheep": "sheep", "fish": "fish", "box": "boxes", "bus": "buses",
    "baby": "babies", "city": "cities", "story": "stories", "dog": "dogs", "cat": "cats", "book": "books", "key": "keys",
    "boat": "boats", "tree": "trees", "potato": "potatoes",
}

# base: (third person, past, -ing, objects)
VERBS = {
    "teach": ("teaches", "taught", "teaching", ["a song", "a class", "a game", "a poem"]),
    "write": ("writes", "wrote", "writing", ["a letter", "a poem", "a story", "a song"]),
    "paint": ("paints", "painted", "painting", ["a wall", "a picture", "a boat", "a chair"]),
    "carry": ("carries", "carried", "carrying", ["a bag", "a box", "a lamp", "a chair"]),
    "buy": ("buys", "bought", "buying", ["a hat", "a book", "a lamp", "a coat"]),
    "find": ("finds", "found", "finding", ["a coin", "a key", "a map", "a shell"]),
    "read": ("reads", "read", "reading", ["a book", "a letter", "a map", "a poem"]),
    "wash": ("washes", "washed", "washing", ["a car", "a cup", "a shirt", "a window"]),
    "build": ("builds", "built", "building", ["a house", "a boat", "a wall", "a table"]),
    "draw": ("draws", "drew", "drawing", ["a map", "a horse", "a tree", "a house"]),
    "sing": ("sings", "sang", "singing", ["a song", "a hymn", "a tune"]),
    "cook": ("cooks", "cooked", "cooking", ["a meal", "a soup", "a fish", "an egg"]),
    "open": ("opens", "opened", "opening", ["a door", "a window", "a box", "a letter"]),
    "bring": ("brings", "brought", "bringing", ["a cake", "a gift", "a book", "a chair"]),
    "sell": ("sells", "sold", "selling", ["a car", "a house", "a ring", "a boat"]),
    "catch": ("catches", "caught", "catching", ["a ball", "a fish", "a bus", "a train"]),
}

GIRLS = ["Anna", "Clara", "Emma", "Lily", "Mia", "Nora", "Rosa", "Ruth", "Sara", "Zoe"]
BOYS = ["Adam", "Ben", "David", "Hugo", "Jack", "Leo", "Max", "Noah", "Oscar", "Tom"]
NAMES = GIRLS + BOYS

PLACES = ["park", "market", "beach", "farm", "forest", "garden", "river", "castle", "lake", "school"]
THINGS = ["ball", "kite", "key", "map", "lamp", "drum", "book", "coin", "hat", "ring"]
COLOURS = ["red", "blue", "green", "yellow", "white", "black"]
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
           "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
NUMBER_WORDS = dict(enumerate(NUMBERS)) | {30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty",
                                           90: "ninety"}
ADJECTIVES = ["big", "small", "old", "new", "red", "blue", "green", "white"]

PRAISE = ["wonderful", "great", "lovely", "excellent", "funny", "beautiful", "friendly", "perfect"]
BLAME = ["terrible", "boring", "awful", "bad", "dull", "ugly", "rude", "poor"]
REVIEWED = ["The film", "The book", "The food", "The hotel", "The song", "The show", "The service", "The room"]

REQUESTS = ["Close the window", "Open the door", "Give me the book", "Wait for me", "Turn off the light", "Help me",
            "Bring me some water", "Call me tomorrow", "Sit down", "Read the letter", "Send me the map", "Wash the cup",
            "Speak louder", "Write your name", "Move the chair", "Show me the way", "Pass the salt", "Carry the bag"]

TOPICS = {"the party": "Thank you for the party. I had a very good time.",
          "the meeting": "The meeting is on Monday at ten. Please be on time.",
          "the book": "Thank you for the book. I will read it this week.",
          "the garden": "The garden looks lovely now. Please come and see it.",
          "the trip": "The trip starts on Friday. Please bring a warm coat.",
          "the dinner": "The dinner is at my house at seven. I will cook a soup."}


def where(home: str) -> str:
    return "on a farm" if home == "farm" else f"in {article(home)} {home}"


def article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
