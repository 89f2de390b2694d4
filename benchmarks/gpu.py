"""Is it right and fast on this machine's graphics card? One command, no data set, minutes.

Networks with random weights from a seed read drawn pictures. For each network and batch:

- forward: the bare network in bfloat16, its pictures on the device already, images a second;
- ours: ``Classifier.classify(..., cells=False)``: bytes to probabilities and the heatmaps of all
  classes, preprocessing, copies and the second look at borderline answers included;
- library: grad-cam called as its README shows, in float32, from the same bytes to the heatmap of
  the most probable class, enlarged to the side of the picture; ``ratio`` is ours / library;
- apart, changed: largest difference of a probability, and suggested classes that differ, from what
  the network as it was built says on the processor in float32; redone: pictures of these whose
  answer is borderline, so that ours computes them again in float32;
- memory: most that ours took. On a graphics card its tensors; on the processor the whole process
  since its start, so that it never falls;
- graph (CUDA): ours with the setting ``cuda_graph``; how much faster than without, and the largest
  difference of a probability between the two. Larger batches than are recorded are not played back.

The last layer reads the strongest direction in which the features of drawn pictures differ, and is
widened until answers are decided, but only as far as rounding to bfloat16, measured on the
processor, shifts logits no more than in trained networks. Where that leaves every answer
borderline, one class is favoured, so that bfloat16 still gives the answers. Speeds are of pictures
that are not redone, as nearly all are with trained networks.

Fails (exit 1) where a probability is further apart than the tolerance, a class changes, the graph
says something else, or a network fails.

    python benchmarks/gpu.py [--device auto|cpu|cuda] [--minutes 4] [--networks alexnet,resnet18]
        [--batches 1,16,64] [--side 224] [--pictures 64] [--json FILE]

On the processor the defaults are small. A network that the list does not know is timm's.
"""

import argparse
import copy
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.networks import CLASSES, MEAN, NETWORKS, STD, build, card_of
from leuko.inference.acceleration.borderline import is_borderline
from leuko.inference.acceleration.cuda_graph import RecordedTrunk
from leuko.inference.classifier import DEFAULT_BATCH, Classifier
from leuko.inference.device import choose_device, describe_device
from leuko.inference.normalise import Normalise
from leuko.models.card import ModelCard
from leuko.models.networks.network import Network
from tests.drawn import draw_field

Pictures = list[NDArray[np.uint8]]

TOLERANCE = {torch.bfloat16: 0.1, torch.float32: 0.02}
"""Of a probability, by what ours computes in; a card's float32 convolutions may be TF32.

``ROUNDING`` shifts the outermost classes by three times itself, and that a probability by at most a
quarter of it: 0.075.
"""
CENTRES = (-1.5, -0.5, 0.5, 1.5)
"""Where the classes lie along the direction, in standard deviations of drawn pictures."""
DECIDED = 8.0
"""Logit units that two neighbouring classes differ by, one standard deviation further."""
ROUNDING = 0.1
"""Logit units that rounding may shift that by: half of what would pass the margin of what is
borderline; in the shipped models, too, bfloat16 changed no class beyond that margin."""
NARROW = 2.0
"""Below this instead of ``DECIDED``, one class is favoured."""
SETTLING = 32
WARM_UPS, FEWEST, MOST = 2, 3, 50
GRAPH_VARIABLE = "LEUKO_CUDA_GRAPH"


@dataclass(frozen=True)
class Row:
    """One network at one batch; None is what was not measured.

    Attributes:
        forward: images a second; likewise ours, library and graph.
        ratio: ours / library.
        apart: largest difference of a probability from the processor's float32.
        changed: pictures whose suggested class differs.
        redone: pictures computed again in float32, being borderline.
        memory_mib: most that ours took.
        recorded: whether this batch was played back; None where there is no CUDA.
        graph_faster: graph / ours.
        graph_apart: largest difference of a probability with and without the graph.
    """

    network: str
    batch: int
    dtype: str
    forward: float
    ours: float
    library: float
    ratio: float
    apart: float
    changed: int
    redone: int
    memory_mib: float
    recorded: bool | None = None
    graph: float | None = None
    graph_faster: float | None = None
    graph_apart: float | None = None


@dataclass
class Findings:
    """All that a run found out.

    Attributes:
        wrong: sentences on answers beyond the tolerance.
        failed: network → what it failed with.
        left_out: networks, or networks at a batch, for which no time was left.
    """

    rows: list[Row] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What is asked for; ``seconds`` is how long one figure is measured, three calls at least."""

    device: torch.device
    batches: tuple[int, ...]
    side_px: int
    precision: Any
    seconds: float
    ends: float


def drawn_pictures(number: int, side_px: int, first: int = 0) -> Pictures:
    """Fields of blood, healthy and malignant by turns."""
    return [draw_field(seed, seed % 2 == 1, side_px) for seed in range(first, first + number)]


@cache
def settling_pictures(side_px: int) -> Pictures:
    """Other pictures than those that are compared, for the last layer."""
    return drawn_pictures(SETTLING, side_px, first=10_000)


def normalised(pictures: Pictures, device: torch.device) -> torch.Tensor:
    """What a network reads: float32 (N, 3, side, side)."""
    return Normalise(MEAN, STD, device)(np.stack(pictures))


def random_network(name: str, side_px: int) -> Network:
    """A network on the processor in evaluation mode whose answers differ between pictures."""
    torch.manual_seed(0)
    network = build(name, side_px)
    wake_branches(network)
    pictures = normalised(settling_pictures(side_px), torch.device("cpu"))
    rounded = copy.deepcopy(network).trunk_to(torch.bfloat16, side_px)
    read = last_inputs(network, network.trunk, pictures)
    again = last_inputs(network, lambda part: rounded.trunk(part.bfloat16()).float(), pictures)
    mean = read.mean(dim=0)
    direction = torch.linalg.svd(read - mean, full_matrices=False).Vh[0]
    spread = float(((read - mean) @ direction).std().clamp_min(1e-9))
    noise = float(((again - read) @ direction).abs().max()) / spread
    gain = min(DECIDED, ROUNDING / max(noise, 1e-9))
    centres = torch.tensor(CENTRES)
    with torch.no_grad():
        # centre * x - centre^2 / 2 is largest for the centre that is nearest to x
        weight = gain * centres[:, None] * direction / spread
        last = last_layer(network)
        last.weight.copy_(weight)
        last.bias.copy_(-weight @ mean - gain * centres.square() / 2)
        if gain < NARROW:
            last.bias[-1] += 1 + 3 * gain
    return network


def wake_branches(network: Network) -> None:
    """Let residual branches that start at zero count, or what they compute would not be checked."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d) and not module.weight.any():
            nn.init.constant_(module.weight, 0.5)


def last_layer(network: Network) -> nn.Linear:
    """The dense layer that gives the logits."""
    return [module for module in network.body.modules() if isinstance(module, nn.Linear)][-1]


def last_inputs(
    network: Network, trunk: Callable[[torch.Tensor], torch.Tensor], pictures: torch.Tensor
) -> torch.Tensor:
    """What the last layer reads (N, C) where a trunk gives the features."""
    read: list[torch.Tensor] = []
    handle = last_layer(network).register_forward_pre_hook(
        lambda _layer, inputs: read.append(inputs[0])
    )
    try:
        with torch.inference_mode():
            for part in pictures.split(DEFAULT_BATCH):
                network.head(trunk(part))
    finally:
        handle.remove()
    return torch.cat(read).clone()


def synchronise(device: torch.device) -> None:
    """Wait for all that was asked of the device."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def rate(work: Callable[[], object], batch: int, plan: Plan) -> float:
    """Images a second: batch over the median time of a call, the device's queue included."""
    for _ in range(WARM_UPS):  # kernels are chosen and memory is taken
        work()
    synchronise(plan.device)
    times: list[float] = []
    while len(times) < FEWEST or (sum(times) < plan.seconds and len(times) < MOST):
        started = time.perf_counter()
        work()
        synchronise(plan.device)
        times.append(time.perf_counter() - started)
    return batch / statistics.median(times)


def forward_rate(network: Network, pictures: Pictures, plan: Plan) -> float:
    """Of the bare network in bfloat16."""
    bare = copy.deepcopy(network).to(plan.device, torch.bfloat16, memory_format=torch.channels_last)  # type: ignore[call-overload]
    given = normalised(pictures, plan.device).to(torch.bfloat16)
    with torch.inference_mode():
        return rate(lambda: bare(given), len(pictures), plan)


def our_rate(classifier: Classifier, pictures: Pictures, plan: Plan) -> float:
    """Of what the application does, all pictures in one batch."""
    batch = len(pictures)
    return rate(lambda: classifier.classify(pictures, batch, cells=False), batch, plan)


def library_rate(network: Network, layer: str, pictures: Pictures, plan: Plan) -> float:
    """Of the grad-cam library, from the same bytes."""
    from pytorch_grad_cam import GradCAM

    explained = copy.deepcopy(network).to(plan.device)
    target = explained.body.get_submodule(layer)

    def work() -> object:
        with GradCAM(model=explained, target_layers=[target]) as cam:
            return cam(input_tensor=normalised(pictures, plan.device).contiguous(), targets=None)

    return rate(work, len(pictures), plan)


@contextmanager
def graph_setting(value: bool) -> Iterator[None]:
    """Have the setting for a while."""
    before = os.environ.get(GRAPH_VARIABLE)
    os.environ[GRAPH_VARIABLE] = "true" if value else "false"
    try:
        yield
    finally:
        if before is None:
            del os.environ[GRAPH_VARIABLE]
        else:
            os.environ[GRAPH_VARIABLE] = before


def classifier_of(card: ModelCard, network: Network, plan: Plan, graph: bool) -> Classifier:
    """What the application would load, with or without the recorded graph."""
    with graph_setting(graph):
        return Classifier(card, copy.deepcopy(network), plan.device, precision=plan.precision)


def plain_answers(network: Network, pictures: Pictures) -> NDArray[np.float64]:
    """Probabilities (N, K) by the network as it was built, on the processor in float32."""
    given = normalised(pictures, torch.device("cpu"))
    with torch.inference_mode():
        logits = torch.cat([network(part) for part in given.split(DEFAULT_BATCH)])
    found: NDArray[np.float64] = logits.double().softmax(dim=1).numpy()
    return found


def our_answers(classifier: Classifier, pictures: Pictures, batch: int) -> NDArray[np.float64]:
    """Probabilities (N, K) as the application shows them."""
    results = classifier.classify(pictures, batch, cells=False)
    return np.array([[result.probabilities[name] for name in CLASSES] for result in results])


def changed_classes(
    card: ModelCard, first: NDArray[np.float64], second: NDArray[np.float64]
) -> int:
    """Pictures for which two tables of probabilities suggest different classes."""
    suggest, threshold = card.class_set.suggest, card.decision_threshold
    return sum(
        suggest(a.tolist(), threshold) != suggest(b.tolist(), threshold)
        for a, b in zip(first, second, strict=True)
    )


def apart(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Largest difference; infinite where something is no number."""
    largest = float(np.abs(first - second).max())
    return largest if np.isfinite(largest) else float("inf")


def forget_peak(device: torch.device) -> None:
    """Let what is not needed go and start to watch the memory."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def peak_mib(device: torch.device) -> float:
    """Most memory since :func:`forget_peak`; on the processor since the process began."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 2**10)


def measure(name: str, pictures: Pictures, plan: Plan, found: Findings) -> None:
    """Measure one network at every batch; rows and wrong answers are added to what was found."""
    network = random_network(name, plan.side_px)
    expected = plain_answers(network, pictures)
    card = card_of(name, plan.side_px, network)
    for batch in plan.batches:
        if time.monotonic() > plan.ends:
            found.left_out.append(f"{name} at batch {batch}")
            continue
        row = one_row(name, network, card, pictures, batch, expected, plan)
        found.rows.append(row)
        found.wrong.extend(objections(row))


def timed(pictures: Pictures, borderline: NDArray[np.bool_], batch: int) -> Pictures:
    """A batch of pictures that are not redone, repeated where there are too few."""
    decided = [
        picture for picture, close in zip(pictures, borderline, strict=True) if not close
    ] or pictures
    return [decided[index % len(decided)] for index in range(batch)]


def one_row(
    name: str,
    network: Network,
    card: ModelCard,
    pictures: Pictures,
    batch: int,
    expected: NDArray[np.float64],
    plan: Plan,
) -> Row:
    """All figures of one network at one batch; models are on the device one after the other."""
    borderline = is_borderline(expected, card.class_set, card.decision_threshold)
    given = timed(pictures, borderline, batch)
    forget_peak(plan.device)
    classifier = classifier_of(card, network, plan, graph=False)
    dtype = classifier.dtype
    answers = our_answers(classifier, pictures, batch)
    ours = our_rate(classifier, given, plan)
    memory = peak_mib(plan.device)
    del classifier
    graph: dict[str, Any] = {}
    if plan.device.type == "cuda":
        forget_peak(plan.device)
        graph = with_graph(network, card, pictures, given, answers, ours, plan)
    forget_peak(plan.device)
    library = library_rate(network, card.architecture.heatmap_layer, given, plan)
    return Row(
        network=name,
        batch=batch,
        dtype=str(dtype).removeprefix("torch."),
        forward=forward_rate(network, given, plan),
        ours=ours,
        library=library,
        ratio=ours / library,
        apart=apart(answers, expected),
        changed=changed_classes(card, answers, expected),
        redone=int(borderline.sum()) if dtype != torch.float32 else 0,
        memory_mib=memory,
        **graph,
    )


def with_graph(
    network: Network,
    card: ModelCard,
    pictures: Pictures,
    given: Pictures,
    answers: NDArray[np.float64],
    ours: float,
    plan: Plan,
) -> dict[str, Any]:
    """The figures of a row that are of the recorded graph.

    Args:
        network: of the row.
        card: its card.
        pictures: to compare.
        given: the batch that is timed.
        answers: without the graph.
        ours: images a second without it.
        plan: what is asked for.
    """
    classifier = classifier_of(card, network, plan, graph=True)
    batch = len(given)
    recorded = isinstance(classifier._trunk, RecordedTrunk) and batch <= DEFAULT_BATCH  # noqa: SLF001
    if not recorded:  # the same kernels as without: nothing to measure
        return {"recorded": False}
    played = our_answers(classifier, pictures, batch)
    faster = our_rate(classifier, given, plan)
    return {
        "recorded": True,
        "graph": faster,
        "graph_faster": faster / ours,
        "graph_apart": apart(played, answers),
    }


def objections(row: Row) -> list[str]:
    """What is wrong with the answers of a row, in words."""
    limit = TOLERANCE[getattr(torch, row.dtype)]
    where = f"{row.network} at batch {row.batch}"
    said = []
    if not row.apart <= limit:
        said.append(f"{where}: a probability is {row.apart:.3g} apart, tolerance {limit:g}")
    if row.changed:
        said.append(f"{where}: {row.changed} suggested classes changed")
    if row.graph_apart is not None and not row.graph_apart <= limit:
        said.append(f"{where}: with the graph a probability is {row.graph_apart:.3g} apart")
    return said


def table(rows: list[Row]) -> str:
    """The figures as text."""
    lines = [
        f"{'network':18} {'batch':>5} {'forward':>9} {'ours':>9} {'library':>9} {'ratio':>6} "
        f"{'apart':>8} {'changed':>7} {'redone':>6} {'memory':>9}  graph"
    ]
    lines += [
        f"{row.network:18} {row.batch:5} {row.forward:7.1f}/s {row.ours:7.1f}/s "
        f"{row.library:7.1f}/s {row.ratio:6.1f} {row.apart:8.2g} {row.changed:7} {row.redone:6} "
        f"{row.memory_mib:5.0f} MiB  {graph_words(row)}"
        for row in rows
    ]
    return "\n".join(lines)


def graph_words(row: Row) -> str:
    """Whether the recorded graph is equal and faster."""
    if row.recorded is None:
        return "-"
    if not row.recorded:
        return "not played back"
    equal = "equal" if row.graph_apart == 0 else f"{row.graph_apart:.2g} apart"
    return f"{row.graph:.1f}/s, {row.graph_faster:.2f} times as fast, {equal}"


def all_networks(names: list[str], pictures: Pictures, plan: Plan) -> Findings:
    """Measure networks until the time is over; one that fails does not stop the others."""
    found = Findings()
    longest = 0.0
    for name in names:
        started = time.monotonic()
        if started + longest > plan.ends:
            found.left_out.append(name)
            continue
        try:
            measure(name, pictures, plan, found)
        except Exception as problem:  # noqa: BLE001  the other networks are still to be measured
            found.failed[name] = f"{type(problem).__name__}: {problem}"
        longest = max(longest, time.monotonic() - started)
        print(f"{name}: {time.monotonic() - started:.1f} s", file=sys.stderr)
    return found


def numbers(text: str) -> tuple[int, ...]:
    """``1,16`` as numbers above 0."""
    found = tuple(int(part) for part in text.split(","))
    if min(found) < 1:
        raise argparse.ArgumentTypeError("numbers above 0, such as 1,16,64")
    return found


def parsed(words: list[str] | None) -> argparse.Namespace:
    """What was asked for; None where the device decides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--minutes", type=float, default=4.0, help="time for everything")
    parser.add_argument("--networks", help=f"by default {','.join(NETWORKS)}")
    parser.add_argument("--batches", type=numbers, help="by default 1,16,64; on the processor 1")
    parser.add_argument("--side", type=int, help="by default 224; on the processor 128")
    parser.add_argument("--pictures", type=int, help="compared, by default 64; on the processor 8")
    parser.add_argument("--precision", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Measure, print and judge."""
    began = time.monotonic()
    asked = parsed(words)
    device = choose_device(asked.device)
    small = device.type != "cuda"
    plan = Plan(
        device=device,
        batches=asked.batches or ((1,) if small else (1, 16, 64)),
        side_px=asked.side or (128 if small else 224),
        precision=asked.precision,
        seconds=0.1 if small else 0.4,
        ends=began + 60 * asked.minutes,
    )
    pictures = drawn_pictures(asked.pictures or (8 if small else 64), plan.side_px)
    names = asked.networks.split(",") if asked.networks else list(NETWORKS)
    found = all_networks(names, pictures, plan)
    agreed = bool(found.rows) and not found.wrong and not found.failed
    words_of_device = describe_device(device)
    took = time.monotonic() - began
    reduced = ", ".join(sorted({row.dtype for row in found.rows})) or "nothing"
    print(
        f"{words_of_device}, torch {torch.__version__}, ours in {reduced}, {plan.side_px} px, "
        f"{len(pictures)} pictures compared, {took:.0f} s"
    )
    print(table(found.rows))
    for name, problem in found.failed.items():
        print(f"FAILED {name}: {problem}")
    for sentence in found.wrong:
        print(f"WRONG {sentence}")
    if found.left_out:
        print(f"Left out, no time in {asked.minutes:g} minutes: {', '.join(found.left_out)}")
    limits = {str(dtype).removeprefix("torch."): limit for dtype, limit in TOLERANCE.items()}
    verdict = "Answers agree" if agreed else "Answers are not all shown to agree"
    print(f"{verdict}; tolerance of a probability {limits}, of a class none")
    if asked.json:
        document = {
            "device": words_of_device, "torch": torch.__version__, "side_px": plan.side_px,
            "pictures": len(pictures), "tolerance": limits, "agreed": agreed, "seconds": took,
            **asdict(found),
        }  # fmt: skip
        asked.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
