"""What each figure means: formula, meaning and source, one sentence each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """One figure explained.

    Attributes:
        name: as it stands on the page.
        formula: with TP, FN, FP, TN as counts of images.
        meaning: one sentence.
        source: one sentence.
    """

    name: str
    formula: str
    meaning: str
    source: str


TEXTBOOK = "Altman and Bland (1994), BMJ 308:1552 and 309:102."

DEFINITIONS = (
    Definition(
        "Clinical binary",
        "malignant if P(malignant) ≥ decision threshold",
        "P(malignant) is the sum of the probabilities of all malignant classes; the positive "
        "class is always leukemia.",
        "Definition of this product; the threshold stands in the model's card.",
    ),
    Definition(
        "Accuracy",
        "(TP + TN) / (TP + TN + FP + FN)",
        "Share of images on the right side of malignant against benign.",
        TEXTBOOK,
    ),
    Definition(
        "Accuracy, all classes",
        "images given their true class / all images",
        "Decided by the suggested class; a confusion of two malignant classes is an error.",
        "Sokolova and Lapalme (2009), Inf. Process. Manag. 45:427-437.",
    ),
    Definition(
        "Sensitivity (recall)",
        "TP / (TP + FN)",
        "Share of malignant images that the model suggests to be malignant.",
        TEXTBOOK,
    ),
    Definition(
        "Specificity",
        "TN / (TN + FP)",
        "Share of benign images that the model suggests to be benign.",
        TEXTBOOK,
    ),
    Definition(
        "Precision (positive predictive value)",
        "TP / (TP + FP)",
        "Share of malignant suggestions that are malignant, at the mix of classes of this test "
        "set; it falls where leukemia is rarer.",
        TEXTBOOK,
    ),
    Definition(
        "F1",
        "2 TP / (2 TP + FP + FN)",
        "Harmonic mean of precision and sensitivity.",
        "van Rijsbergen (1979), Information Retrieval, chapter 7.",
    ),
    Definition(
        "AUROC",
        "P(score of a malignant image > score of a benign one), ties one half",
        "Area under the ROC curve: how well P(malignant) ranks images, at all thresholds at once.",
        "Hanley and McNeil (1982), Radiology 143:29-36.",
    ),
    Definition(
        "Average precision",
        "Σ (recall gained at a threshold) × (precision there)",
        "Area under the precision-recall curve, by steps; a model that guesses reaches the share "
        "of malignant images of this test set, so it cannot be compared between test sets.",
        "Davis and Goadrich (2006), ICML, 233-240.",
    ),
    Definition(
        "Brier score",
        "mean of (P(malignant) − truth)², truth 1 for malignant and 0 for benign",
        "Mean squared error of P(malignant): 0 is perfect; always saying 0.5 gives 0.25.",
        "Brier (1950), Mon. Weather Rev. 78:1-3.",
    ),
    Definition(
        "Expected calibration error (ECE)",
        "Σ over 10 equal bins of P(malignant): images in bin / images · "
        "|mean P(malignant) − share of malignant images|",
        "How far a stated probability is from the share that turns out malignant: 0 is perfect; "
        "chance alone keeps it above 0, the more so the smaller the test set.",
        "Naeini, Cooper and Hauskrecht (2015), AAAI, 2901-2907.",
    ),
    Definition(
        "Balanced accuracy (macro recall)",
        "mean over classes of TP / (TP + FN)",
        "Each class counts the same, however many images it has.",
        "Brodersen et al. (2010), ICPR, 3121-3124.",
    ),
    Definition(
        "Macro precision, macro F1",
        "mean over classes of the one-versus-rest value",
        "Each class counts the same, however many images it has.",
        "Sokolova and Lapalme (2009), Inf. Process. Manag. 45:427-437.",
    ),
    Definition(
        "One versus rest",
        "TP, FN, FP, TN with one class as the positive one",
        "How well a single class is told from all others, decided by the suggested class.",
        "Sokolova and Lapalme (2009), Inf. Process. Manag. 45:427-437.",
    ),
    Definition(
        "95 % interval, bootstrap by group",
        "2.5th and 97.5th percentile over resamples of whole groups",
        "Groups (subjects, acquisition blocks) are drawn with replacement, because images of one "
        "group are alike; with fewer than ten groups it is too narrow.",
        "Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.",
    ),
    Definition(
        "95 % interval, bootstrap, symmetric",
        "value ± 95th percentile over resamples of |resampled value − value|",
        "For the calibration error, which chance moves up: down to 0 where random signs of each "
        "group's gap give as much in more than one of twenty draws; no interval sees errors that "
        "this test set holds none of.",
        "Hall (1988), J. R. Stat. Soc. B 50:35-45; Cameron et al. (2008), Rev. Econ. Stat. "
        "90:414-427.",
    ),
    Definition(
        "95 % interval, Wilson",
        "(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)",
        "For proportions of independent images; where all groups agree and a bootstrap would "
        "shrink to a point, each group counts as one trial.",
        "Wilson (1927), J. Am. Stat. Assoc. 22:209-212; Kish (1965), Survey Sampling.",
    ),
    Definition(
        "95 % interval, DeLong and Newcombe",
        "logit(AUROC) ± z · SE; Newcombe where the data show no variance",
        "For the AUROC of independent images; perfect separation still gets an honest width.",
        "DeLong et al. (1988), Biometrics 44:837-845; Newcombe (2006), Stat. Med. 25:559-573.",
    ),
    Definition(
        "Difference, paired bootstrap by group",
        "first minus second on the same 2,000 draws of whole groups; 2.5th and 97.5th percentile",
        "Both models meet the same draws, so what makes images easy or hard for both cancels out; "
        "p is twice the smaller share of draws on one side of 0, one draw added. Fewer than five "
        "groups give neither interval nor p.",
        "Davison and Hinkley (1997), Bootstrap Methods and their Application, sections 3.8, 4.2.",
    ),
    Definition(
        "Difference, Tango",
        "all Δ with |n(d − Δ)| ≤ z · √(n(2q(Δ) + Δ(1 − Δ))), d = (b − c)/n",
        "Score interval of the difference of two proportions of the same independent images; "
        "where no group tells two models apart, each group counts as one pair.",
        "Tango (1998), Stat. Med. 17:891-908.",
    ),
    Definition(
        "DeLong test",
        "z = (AUROC₁ − AUROC₂) / SE of the difference",
        "Tests whether two models rank the same independent images equally well.",
        "DeLong et al. (1988), Biometrics 44:837-845; Sun and Xu (2014), IEEE Signal Process. "
        "Lett. 21:1389-1393.",
    ),
    Definition(
        "McNemar test",
        "exact binomial of b out of b + c below 25, else (|b − c| − 1)² / (b + c)",
        "Tests whether two models are right equally often: b images on which only the first is "
        "right, c on which only the second is; independent images.",
        "McNemar (1947), Psychometrika 12:153-157; Edwards (1948), Psychometrika 13:185-187.",
    ),
    Definition(
        "Holm correction",
        "k-th smallest of m p values × (m − k + 1), never falling",
        "Keeps the chance of any false alarm at 5 % over all pairs on the same images; each test "
        "of each measure is a family of its own.",
        "Holm (1979), Scand. J. Stat. 6:65-70.",
    ),
    Definition(
        "Cohen's kappa",
        "(agreement − agreement by chance) / (1 − agreement by chance)",
        "1 where two models always suggest the same, 0 where no more often than their shares of "
        "suggestions would give; it says nothing about who is right.",
        "Cohen (1960), Educ. Psychol. Meas. 20:37-46; interval: Fleiss et al. (1969), Psychol. "
        "Bull. 72:323-327, or bootstrap by group.",
    ),
)
"""Every figure of the Performance page, in the order in which a reader meets them."""
