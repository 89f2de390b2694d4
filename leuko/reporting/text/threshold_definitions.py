"""What the figures around a threshold mean: formula, meaning and source, one sentence each."""

from leuko.reporting.text.definitions import TEXTBOOK, Definition

MERCALDO = "Mercaldo, Lau and Zhou (2007), Stat. Med. 26:2170-2183."

THRESHOLD_DEFINITIONS = (
    Definition(
        "PPV at a prevalence p",
        "Se p / (Se p + (1 − Sp)(1 − p))",
        "Probability that an image suggested malignant is malignant, where a share p of the images "
        "is.",
        TEXTBOOK,
    ),
    Definition(
        "NPV at a prevalence p",
        "Sp (1 − p) / (Sp (1 − p) + (1 − Se) p)",
        "Probability that an image suggested benign is benign, where a share p of the images is "
        "malignant.",
        TEXTBOOK,
    ),
    Definition(
        "95 % interval of PPV and NPV, bootstrap by group",
        "2.5th and 97.5th percentile over resamples of whole groups",
        "Sensitivity and specificity of each resample give one PPV and one NPV.",
        "Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.",
    ),
    Definition(
        "95 % interval of PPV and NPV, logit",
        "logit(PPV) ± z √((1−Se)/(Se n₁) + Sp/((1−Sp) n₀)); for NPV with Se and Sp exchanged",
        "For independent images; n₁ malignant and n₀ benign ones.",
        MERCALDO,
    ),
    Definition(
        "95 % interval of PPV and NPV, MOVER-R",
        "limits of (1 − Sp)/Se and (1 − Se)/Sp from the limits of both rates",
        "Where all images or groups agree on a rate and neither a logit nor a bootstrap has a "
        "width.",
        "Newcombe (2016), Stat. Methods Med. Res. 25:1774; Donner and Zou (2012), 21:347.",
    ),
    Definition(
        "Sensitivity (specificity) at least X",
        "highest (lowest) threshold that reaches X on the validation images",
        "Solved on images that the test set does not contain; the test set then shows what it is "
        "worth.",
        "Definition of this product.",
    ),
    Definition(
        "Youden index",
        "sensitivity + specificity − 1",
        "Weighs a missed malignant image and a false alarm alike.",
        "Youden (1950), Cancer 3:32-35.",
    ),
)
"""In the order in which a reader meets them."""
