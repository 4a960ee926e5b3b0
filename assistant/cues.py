"""The small words that decide what a sentence does with a term: claim, deny, suppose, explain.

Patterns only, English and Chinese side by side, for texts normalised by lexicon.normalise.
"""

from assistant.words import Words

_WORDS = Words("cues")

# ---- where a clause ends ----

CLAUSE = _WORDS["CLAUSE"]
JOINT = _WORDS["JOINT"]
PREDICATE = _WORDS["PREDICATE"]
FRESH = _WORDS["FRESH"]
LIST_GAP = _WORDS["LIST_GAP"]
OPENING = _WORDS["OPENING"]

# ---- what the sentence is about: this photo, or eyes in general ----

PHOTO = _WORDS["PHOTO"]
# "it is ..." may point to the photo or go on explaining
IT = _WORDS["IT"]
PERSON = _WORDS["PERSON"]
HYPOTHETIC = _WORDS["HYPOTHETIC"]
# the sentence states a definition
RULE = _WORDS["RULE"]
TEACHES = _WORDS["TEACHES"]
CONDITION = _WORDS["CONDITION"]
# the term itself is explained, so even "your eye" in the same clause makes no claim
EXPLAINS_AFTER = _WORDS["EXPLAINS_AFTER"]
GENERAL = _WORDS["GENERAL"]

# ---- asserting without naming the photo ----

EXISTS_BEFORE = _WORDS["EXISTS_BEFORE"]
EXISTS_AFTER = _WORDS["EXISTS_AFTER"]
# "this is a case of ..." says what this is
NAMES_BEFORE = _WORDS["NAMES_BEFORE"]
# the clause ends with what was seen: "a membrane can be seen."
SEEN_AFTER = _WORDS["SEEN_AFTER"]
SHOWN_BEFORE = _WORDS["SHOWN_BEFORE"]
SHOWS_BEFORE = _WORDS["SHOWS_BEFORE"]
SIGNS_AFTER = _WORDS["SIGNS_AFTER"]
THIS_PERSON = _WORDS["THIS_PERSON"]
PHRASE_AFTER = _WORDS["PHRASE_AFTER"]
VERB = _WORDS["VERB"]

# ---- terms that are named without being claimed ----

HAS_BECOME = _WORDS["HAS_BECOME"]
NAMED_BEFORE = _WORDS["NAMED_BEFORE"]
NAMED_AFTER = _WORDS["NAMED_AFTER"]
NAME_BEFORE = _WORDS["NAME_BEFORE"]
RATED_AFTER = _WORDS["RATED_AFTER"]
LIKELIHOOD = _WORDS["LIKELIHOOD"]
EXCEPTED = _WORDS["EXCEPTED"]

# ---- denial ----

NOT_EXCLUDED_BEFORE = _WORDS["NOT_EXCLUDED_BEFORE"]
NOT_EXCLUDED_AFTER = _WORDS["NOT_EXCLUDED_AFTER"]
NOT_ONLY = _WORDS["NOT_ONLY"]
TWICE_DENIED = _WORDS["TWICE_DENIED"]
DENIED_BEFORE = _WORDS["DENIED_BEFORE"]
DENIED_AFTER = _WORDS["DENIED_AFTER"]
PER_QUADRANT = _WORDS["PER_QUADRANT"]
HEDGE = _WORDS["HEDGE"]
UNSURE = _WORDS["UNSURE"]
REPORTED = _WORDS["REPORTED"]
CORRECTS = _WORDS["CORRECTS"]
QUESTION = _WORDS["QUESTION"]
PLACE = _WORDS["PLACE"]
