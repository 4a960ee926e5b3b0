"""`python -m instruct_data`: dialogues for training, from real findings and sourced passages."""

import json
from pathlib import Path

from assistant.intents import SHIPPED
from instruct_data.alignment import write_alignment
from instruct_data.build import build
from instruct_data.convert import FORMS, convert
from instruct_data.croissant import write_croissant
from instruct_data.feedback import export
from instruct_data.feedback_rows import given
from instruct_data.observe import KEPT, observe
from instruct_data.stats import write_stats
from instruct_data.validate import validate
from vision.command import Parser, run

_COMMANDS = {
    "build": "write the dialogues of all splits",
    "validate": "check every record of a folder",
    "stats": "count intents, languages, lengths, repetition",
    "convert": "write a file of records in another form, or read one",
    "served": "write dialogues in people's wordings, answered as serving would, beside them",
    "intents": "fit what tells the intent of a question (assistant.intents)",
    "feedback": "write readers' feedback of a case store as records",
    "observe": "read photos with the shipped models and keep the findings",
}


def main() -> int:
    """Command line."""
    parser = Parser(prog="python -m instruct_data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    each = {name: commands.add_parser(name, help=text) for name, text in _COMMANDS.items()}
    each["build"].add_argument("--out", type=Path, required=True)
    each["build"].add_argument("--seed", type=int, default=0)
    each["build"].add_argument("--records", type=int, default=64_000, help="dialogues in all")
    each["build"].add_argument(
        "--data", type=Path, help="folder of the sets: writes alignment-<split>.jsonl too"
    )
    each["build"].add_argument("--per-photo", type=int, default=2, help="alignment records a photo")
    each["served"].add_argument("--out", type=Path, required=True, help="what `build` wrote")
    each["served"].add_argument("--seed", type=int, default=0)
    for name in ("validate", "stats"):
        each[name].add_argument("folder", type=Path, help="what `build` wrote")
    each["convert"].add_argument("source", type=Path)
    each["convert"].add_argument("out", type=Path)
    each["convert"].add_argument("--to", choices=FORMS, default="messages")
    each["convert"].add_argument("--from", dest="origin", choices=FORMS, default="messages")
    each["convert"].add_argument(
        "--context", action="store_true", help="add what serving gives: findings and passages"
    )
    each["observe"].add_argument("--data", type=Path, required=True)
    each["observe"].add_argument("--out", type=Path, default=KEPT)
    each["observe"].add_argument("--seed", type=int, default=0)
    each["feedback"].add_argument("--db", required=True, help="case store, a URL of SQLAlchemy")
    each["feedback"].add_argument("--out", type=Path, required=True)
    each["intents"].add_argument("--out", type=Path, default=SHIPPED)
    each["intents"].add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.command == "build":
        counts: dict[str, int] = build(options.out, options.seed, options.records)
        if options.data:
            counts |= write_alignment(options.data, options.out, options.per_photo, options.seed)
        write_croissant(options.out)
        print(json.dumps(counts))
        return 0
    if options.command == "validate":
        found = validate(options.folder)
        print(json.dumps(found, ensure_ascii=False))
        return 0 if not found["wrong"] else 2
    if options.command == "intents":
        from instruct_data.intents import fit  # scikit-learn: needed by training alone

        print(json.dumps(fit(options.out, options.seed)))
    elif options.command == "served":
        from instruct_data.served import write_served  # scikit-learn, of instruct_data.intents

        print(json.dumps(write_served(options.out, options.seed)))
    elif options.command == "feedback":
        print(json.dumps(export(given(options.db), options.out)))
    elif options.command == "stats":
        print(write_stats(options.folder))
    elif options.command == "convert":
        source, out, context = options.source, options.out, options.context
        print(convert(source, out, options.origin, options.to, context=context))
    else:
        print(observe(options.data, options.out, options.seed))
    return 0


if __name__ == "__main__":
    run(main)
