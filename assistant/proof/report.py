"""The proof as a table for people and as one JSON object for programs."""

from typing import Any

from assistant.proof.parts import BASE, RAW, SHIPPED, SYSTEMS, TOKENS_ONLY, Values

# key of the last line -> system and measure; keys are promised to others
KEYS: dict[str, tuple[str, str]] = {
    "claim_precision_raw": (RAW, "claim_precision"),
    "contradiction_rate_raw": (RAW, "contradiction_rate"),
    "knowledge_mc": (RAW, "knowledge_mc"),
    "knowledge_mc_base": (BASE, "knowledge_mc"),
    "impression_f1": (RAW, "impression_f1"),
    "impression_laterality": (RAW, "impression_laterality"),
    "rouge_1": (RAW, "rouge_1"),
    "rouge_2": (RAW, "rouge_2"),
    "rouge_l": (RAW, "rouge_l"),
    **{name: (SHIPPED, name) for name in (
        "claim_precision", "fact_recall", "contradiction_rate", "paired_yes_no", "false_premise",
        "refusal", "over_refusal", "multi_turn", "zh_en_agreement", "paraphrase_agreement",
        "repeatability", "red_flag_first", "no_flag_false_alarm", "well_formed", "truth_disease",
        "truth_grade",
    )},
    **{name: (TOKENS_ONLY, name)
       for name in ("tokens_only_top1", "tokens_only_shuffled", "blind_change_rate")},
}  # fmt: skip


def merged(parts: list[Values]) -> Values:
    """The measures of all parts by system."""
    found: Values = {}
    for values in parts:
        for system, measures in values.items():
            found.setdefault(system, {}).update(measures)
    return found


def markdown(values: Values) -> str:
    """Measures down, systems across: value and interval, then English and Chinese alone."""
    systems = [name for name in SYSTEMS if name in values]
    measures = list(dict.fromkeys(m for name in systems for m in values[name]))
    lines = ["| measure | n | " + " | ".join(systems) + " |", "|---" * (len(systems) + 2) + "|"]
    for measure in measures:
        told = [values[name].get(measure, {}) for name in systems]
        n = max((one["all"]["n"] for one in told if one), default=0)
        lines.append(f"| {measure} | {n} | " + " | ".join(map(_cell, told)) + " |")
    return "\n".join(lines)


def _cell(told: dict[str, Any]) -> str:
    if not told or told["all"]["value"] is None:
        return ""
    low, high = told["all"]["ci95"]
    known = low is not None and high is not None
    whole = f"{told['all']['value']:.2f}" + (f" [{low:.2f}, {high:.2f}]" if known else "")
    each = [told[name]["value"] for name in ("en", "zh") if name in told]
    if len(each) < 2 or None in each:
        return whole
    return f"{whole}; en {each[0]:.2f}, zh {each[1]:.2f}"


def last_line(values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """Metrics and their intervals by the keys that others rely on; those that were measured."""
    metrics, intervals = {}, {}
    for key, (system, measure) in KEYS.items():
        told = values.get(system, {}).get(measure)
        if told:
            metrics[key], intervals[key] = told["all"]["value"], told["all"]["ci95"]
    return metrics, intervals
