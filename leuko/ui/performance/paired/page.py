"""Do two models differ on the same test images?"""

from collections.abc import Mapping, Sequence

import streamlit as st

from leuko.evaluation.comparison.contender import why_not_paired
from leuko.evaluation.comparison.images import Pick, disagreements
from leuko.reporting.charts.comparison import (
    RocLine,
    agreement_figure,
    forest_figure,
    rocs_figure,
)
from leuko.ui.performance.paired import tables
from leuko.ui.performance.paired import wording as words
from leuko.ui.performance.paired.picker import LEAST_MODELS, choose_models
from leuko.ui.performance.paired.results import (
    Entrant,
    Match,
    PairedSection,
    by_images,
    load_entrants,
    load_section,
)
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults, load_roc
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import definition_table, right_aligned

ROWS_IN_FULL = 15
METHODS = (
    "Difference, paired bootstrap by group",
    "Difference, Tango",
    "DeLong test",
    "McNemar test",
    "Holm correction",
    "Cohen's kappa",
)


def show(results: Sequence[ModelResults]) -> None:
    """Let the user pick models and say whether they differ."""
    st.subheader("Do these models differ?")
    measured = [each for each in results if each.summary is not None]
    if len(measured) < LEAST_MODELS:
        st.info(
            "Fewer than two models have held-out results. Install a second one, or evaluate it on "
            "its test images."
        )
        return
    chosen = choose_models(measured)
    if len(chosen) < LEAST_MODELS:
        st.info("Pick two models or more that share their test images.")
        return
    downloads = Downloads("compare")
    groups = by_images(load_entrants(chosen))
    sections = [load_section(members) for members in groups if len(members) >= LEAST_MODELS]
    show_refusals(groups, sections)
    for number, section in enumerate(sections):
        if section.matches:
            show_section(section, number, downloads)
    show_methods()
    downloads.offer()


def show_refusals(groups: Sequence[Sequence[Entrant]], sections: Sequence[PairedSection]) -> None:
    """Say which picked models cannot be paired, and why."""
    said = []
    for place, left in enumerate(groups):
        for right in groups[place + 1 :]:
            reason = why_not_paired(left[0].contender, right[0].contender)
            said.append(
                words.refusal([one.title for one in left], [one.title for one in right], reason)
            )
    for section in sections:
        for first, second, reason in section.refused:
            said.append(words.refusal([first.title], [second.title], reason))
    if said:
        lines = "\n".join(f"- {plain(sentence)}" for sentence in said)
        st.warning(f"{lines}\n\n{plain(words.SAME_IMAGES)}")


def show_section(section: PairedSection, number: int, downloads: Downloads) -> None:
    """Everything on the models that share one set of test images."""
    pair = section.matches[0].pair
    card = section.entrants[0].results.model.card
    st.subheader(plain(f"On the same {words.images_words(pair)}: {card.dataset.title}"))
    key = f"{number}_{'_'.join(one.results.model.id for one in section.entrants)}"
    suffix = f" {number + 1}" if number else ""
    models = tables.entrant_table(section.entrants)
    downloads.table(f"Compared models{suffix}", models)
    st.dataframe(
        models,
        key=f"performance_compare_models_{key}",
        hide_index=True,
        column_config=right_aligned(("Threshold", "Accuracy", "AUROC")),
    )
    st.markdown(plain(words.family_sentence(section)))
    for warning in (
        words.trust_sentence(pair, card.split.group_meaning),
        words.few_sentence(pair),
    ):
        if warning:
            st.caption(plain(warning))
    panels = [tables.TITLES[measure] for measure in tables.FOREST]
    st.markdown("**Differences** with 95 % intervals; right of the line the first one is better")
    draw(
        forest_figure(tables.forest_rows(section.matches), panels),
        f"performance_compare_forest_{key}",
        f"Differences{suffix}",
        downloads,
    )
    show_tables(section, key, suffix, downloads)
    show_pair(section, key, suffix, downloads)


def show_tables(section: PairedSection, key: str, suffix: str, downloads: Downloads) -> None:
    """Differences and tests of all pairs, first what the images allow to be trusted."""
    grouped = section.matches[0].pair.has_groups
    resampled = tables.difference_table(section.matches)
    tests = tables.test_table(section.matches)
    parts = [
        (
            "**Differences, resampled by group**: the ones to trust on these images"
            if grouped
            else "**Differences** with their intervals",
            "Differences of all pairs",
            resampled,
            ("Difference (95 % interval)", "p", "p, Holm"),
        ),
        (
            "**Tests that take every image for independent**"
            + (": too sure of themselves here" if grouped else ""),
            "Tests of all pairs",
            tests,
            [name for name in tests.columns if name not in ("Pair", "McNemar by")],
        ),
    ]
    agreed = tables.agreement_table(section.matches)
    kappa = ("**Agreement**, whoever is right", "Agreement of all pairs", agreed, agreed.columns)
    for heading, title, table, right in (*(parts if grouped else reversed(parts)), kappa):
        st.markdown(heading)
        st.dataframe(
            table,
            key=f"performance_compare_{title}_{key}",
            hide_index=True,
            height="content" if len(table) <= ROWS_IN_FULL else "auto",
            column_config=right_aligned(right)
            | {"Pair": st.column_config.Column(pinned=True, width="small")},
        )
        downloads.table(f"{title}{suffix}", tables.with_titles(table, section.matches))
    st.caption(
        "A difference is the first model minus the second. Accuracy, sensitivity and specificity "
        "stand for malignant against benign at each model's own threshold. Intervals are those of "
        "one pair alone; Holm's correction covers all pairs on these images, each test of each "
        "figure a family of its own."
    )


def show_pair(section: PairedSection, key: str, suffix: str, downloads: Downloads) -> None:
    """One pair in words, all curves, and where the pair disagrees."""
    by_name = {match.name: match for match in section.matches}
    name = (
        st.selectbox("Pair in detail", list(by_name), key=f"performance_compare_pair_{key}")
        if len(by_name) > 1
        else next(iter(by_name))
    )
    match = by_name[name]
    st.markdown(
        "\n".join(f"- {plain(sentence)}" for sentence in words.pair_sentences(match, len(by_name)))
    )
    left, right = st.columns(2)
    with left:
        st.markdown("**ROC curves**: malignant against benign, dots at the decision thresholds")
        show_curves(section, key, suffix, downloads)
    with right:
        agreed = match.pair.class_agreement or match.pair.agreement
        st.markdown(f"**Agreement** of {match.first.letter} and {match.second.letter}: images")
        draw(
            agreement_figure(agreed, match.first.letter, match.second.letter),
            f"performance_compare_agreement_{key}",
            f"Agreement{suffix}",
            downloads,
        )
        st.caption(
            plain(words.kappa_sentence(match, by_class=match.pair.class_agreement is not None))
        )
    show_images(match, key, suffix, downloads)


def show_curves(section: PairedSection, key: str, suffix: str, downloads: Downloads) -> None:
    """ROC curves of all models of a section in one chart."""
    curves: Mapping[str, RocLine] = {
        one.letter: RocLine(f"{one.letter}  {one.title}", curve, one.results.style)
        for one in section.entrants
        if (curve := load_roc(one.results)) is not None
    }
    if not curves:
        st.info("No ROC curves: all test images are on one side.")
        return
    figure = rocs_figure(list(curves.values()))
    draw(figure, f"performance_compare_roc_{key}", f"ROC curves{suffix}", downloads)


def show_images(match: Match, key: str, suffix: str, downloads: Downloads) -> None:
    """The images on which two models disagree."""
    first, second = match.first.letter, match.second.letter
    st.markdown(f"**Images** on which {first} and {second} disagree, widest gap first")
    pick = st.segmented_control(
        "Images to list",
        list(Pick),
        default=Pick.DISAGREE,
        format_func=lambda one: one.value,
        key=f"performance_compare_pick_{key}",
        label_visibility="collapsed",
        required=True,
    )
    listed = disagreements(match.first.contender, match.second.contender, pick or Pick.DISAGREE)
    st.caption(f"{len(listed):,} of {match.pair.n:,} images")
    table = tables.verdict_table(listed, match)
    downloads.table(f"Images of a pair{suffix}", table)
    numbers = st.column_config.NumberColumn(format="%.2f")
    if listed:
        st.dataframe(
            table,
            key=f"performance_compare_images_{key}",
            hide_index=True,
            column_config={f"P(malignant), {letter}": numbers for letter in (first, second)},
        )
    else:
        st.info("There is no such image. Choose another list above.")


def show_methods() -> None:
    """What every test and interval of this view is, one click away."""
    told = definition_table().set_index("Figure")
    with st.expander("How this is computed"):
        st.table(told[told.index.isin(METHODS)])
