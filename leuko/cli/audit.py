"""``leuko audit``: copies, near copies, crossing groups and shortcuts of a data set."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from leuko.cli.inventory import find_model
from leuko.cli.main import EXIT_FINE, EXIT_PARTLY
from leuko.cli.output import show, show_json, show_progress
from leuko.data.adapters import c_nmc, c_nmc_preliminary
from leuko.data.adapters.c_nmc_release import Verification, verify
from leuko.data.audit.audit import Audit, PolicyAudit, audit_dataset
from leuko.data.audit.by_laboratory import LaboratoryAudit, Shortcut
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import GROUPED, PAPER, SplitPlan, split_dataset
from leuko.data.unreadable import sentence_of
from leuko.errors import RecipeError, SplitError
from leuko.models.card import write_card
from leuko.training.audit_record import audit_facts
from leuko.training.recipe import parse_recipe, plan_of, read_recipe

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.12
NAMES_SHOWN = 3


def run(arguments: argparse.Namespace) -> int:
    """Audit a data set; C-NMC is compared with its public release first.

    Returns:
        0, or 1 when a C-NMC download lacks files, or holds altered or foreign ones, or a picture
        cannot be read.
    """
    if arguments.write_card is not None:
        return write_into_card(arguments)
    verification = None
    if arguments.dataset in (c_nmc.ID, c_nmc_preliminary.ID):
        verification = verify(arguments.data)
        if not arguments.json:
            for line in verification_lines(verification):
                show(line)
    dataset = read_dataset(arguments.dataset, arguments.data)
    audit = audit_dataset(dataset, plans(arguments.recipe, arguments.policy), _progress)
    if arguments.json:
        record = json.loads(audit.to_json())
        if verification is not None:
            record["verification"] = verification.to_record()
        show_json(record)
    else:
        for line in audit_lines(audit):
            show(line.rstrip())
    in_order = verification is None or not (
        verification.missing or verification.altered or verification.extra
    )
    return EXIT_FINE if in_order and not audit.unreadable else EXIT_PARTLY


def plans(recipe: Path | None, policy: str | None) -> list[SplitPlan]:
    """The splits to look at.

    Args:
        recipe: its fractions, seed and fold are taken, and its policy where none is named.
        policy: ``paper`` or ``grouped``; without it and a recipe, both.
    """
    if recipe is None:
        return [
            SplitPlan(name, TEST_SHARE, VALIDATION_SHARE)
            for name in ((policy,) if policy else (GROUPED, PAPER))
        ]
    plan = plan_of(read_recipe(recipe))
    return [replace(plan, policy=policy or plan.policy)]


def write_into_card(arguments: argparse.Namespace) -> int:
    """Audit the data set under the split of a model and write the facts into its card.

    Raises:
        RecipeError: when the model was trained on another data set, or a policy or recipe is
            named beside the model's own.
        SplitError: when the pictures here do not give the split that the card names.
    """
    if arguments.recipe or arguments.policy:
        raise RecipeError("--write-card audits under the model's own split: leave out the others.")
    model = find_model(arguments.weights, arguments.write_card)
    card = model.card
    if card.dataset.id != arguments.dataset:
        raise RecipeError(
            f"'{card.id}' was trained on '{card.dataset.id}', not on '{arguments.dataset}'."
        )
    dataset = read_dataset(card.dataset.id, arguments.data)
    plan = plan_of(parse_recipe(dict(card.training.recipe), f"the recipe of {card.id}"))
    if split_dataset(dataset, plan).sha256 != card.split.sha256:
        raise SplitError(
            f"The pictures in '{arguments.data}' are not the {card.dataset.images} that "
            f"'{card.id}' was trained and tested on (their split has another hash): use the same "
            "copy of the data set. The card is unchanged."
        )
    facts = audit_facts(dataset, plan)
    write_card(card.model_copy(update={"audit": facts}), model.folder)
    if arguments.json:
        show_json({"model": card.id, "audit": facts.model_dump(mode="json")})
    else:
        show(f"{card.id}: the audit of {dataset.title} is in its card.")
    return EXIT_FINE


def verification_lines(found: Verification) -> Iterator[str]:
    """A comparison with the release in words."""
    yield "C-NMC 2019 compared with the public release:"
    for part, count in found.published.items():
        yield f"  {part:18} {found.intact.get(part, 0):6,} of {count:6,} files as published"
    for what, paths in (
        ("in another format", found.converted),
        ("missing", found.missing),
        ("altered", found.altered),
        ("extra", found.extra),
    ):
        if paths:
            yield f"  {what:18} {len(paths):6,}: {_some(paths)}"


def audit_lines(audit: Audit) -> Iterator[str]:
    """An audit in words."""
    yield f"{audit.title}: {audit.pictures:,} pictures in {len(audit.groups):,} groups"
    yield f"(one group is a {audit.group_meaning})."
    for label, count in audit.classes.items():
        groups = sum(label in counts for counts in audit.groups.values())
        yield f"  {label:18} {count:6,} pictures in {groups:4,} groups"
    if audit.unreadable:
        yield sentence_of(audit.unreadable)
    if audit.examined + len(audit.unreadable) < audit.pictures:
        yield f"Near copies and shortcuts: on {audit.examined:,} evenly spaced pictures."
    same = [" = ".join(names) for names in audit.copies]
    yield f"{audit.n_copies:,} byte-identical copies. {_some(same)}"
    pairs = [f"{pair.first} ~ {pair.second}" for pair in audit.near_copies]
    yield (
        f"{len(pairs):,} pairs of near copies (at most {audit.near_bits} of 256 bits of the "
        f"perceptual hash differ). {_some(pairs)}"
    )
    for policy in audit.policies:
        yield from _policy_lines(policy, audit.chance)
    if audit.laboratories is not None:
        yield from _laboratory_lines(audit.laboratories)


def _policy_lines(found: PolicyAudit, chance: float) -> Iterator[str]:
    yield f"Split “{found.policy}”:"
    if found.crossings is None:
        yield f"  {found.problem}"
    else:
        yield "  " + ", ".join(f"{side} {count:,}" for side, count in found.sizes.items())
        crossing = found.crossings
        pairs = [f"{pair.first} ~ {pair.second}" for pair in crossing.near_copies]
        yield f"  on two sides: {len(crossing.copies):,} pictures with byte-identical copies"
        yield f"  on two sides: {len(pairs):,} pairs of near copies. {_some(pairs)}"
        yield f"  on two sides: {len(crossing.groups):,} groups. {_some(crossing.groups)}"
    yield from _shortcut_lines(found.shortcuts, chance)


def _laboratory_lines(found: LaboratoryAudit) -> Iterator[str]:
    yield "Laboratories:"
    for name, labels in found.labels.items():
        counts = ", ".join(f"{label} {count:,}" for label, count in labels.items())
        yield f"  {name:18} {sum(labels.values()):6,}: {counts}"
    yield "The laboratory, guessed from what has nothing to do with the cells:"
    yield from _shortcut_lines(found.shortcuts, found.chance)


def _shortcut_lines(shortcuts: Sequence[Shortcut], chance: float) -> Iterator[str]:
    for shortcut in shortcuts:
        value = shortcut.balanced_accuracy
        reached = "not measurable: too few groups" if value is None else f"{value:.2f}"
        yield f"  {shortcut.name:22} balanced accuracy {reached} (chance {chance:.2f})"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return "; ".join(names[:NAMES_SHOWN]) + more


def _progress(done: int, of: int) -> None:
    show_progress(f"{done:,} of {of:,} pictures", last=done == of)
