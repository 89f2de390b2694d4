"""What a class with its heatmap costs: this product, the grad-cam library, a plain forward pass.

For every network of the published systems and MobileNetV2, on random pictures, in one run:

- forward: the network in float32, no gradients, contiguous memory: what a plain script does;
- ours: what the application computes for a class and the heatmaps of all classes, its
  preprocessing and, in reduced precision, the second look at borderline answers included;
- library: grad-cam called as its README shows, for the most probable class.

Weights are random; the last layer is made wide enough that answers are as decided as a trained
network's (on the test sets of the models in ``weights/`` a few percent of answers are borderline,
see ``leuko evaluate``). Times are medians of repeats that alternate between the three, so that a
busy machine slows all of them. Ratios are what counts.

    python benchmarks/explain.py [--batch 16] [--side 224] [--repeats 5] [--json] [--device auto]

``--batch 1`` measures the latency of a single picture.
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from pytorch_grad_cam import GradCAM
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.networks import NETWORKS, build, card_of
from leuko.inference.allocator import ask_for_huge_pages
from leuko.inference.classifier import Classifier
from leuko.inference.device import choose_device, describe_device, has_bfloat16
from leuko.models.networks.network import Network, find_heatmap_layer

DECIDED = 6.0
MATRIX = 2048


@dataclass(frozen=True)
class Row:
    """One network, times in milliseconds a batch."""

    network: str
    batch: int
    forward_ms: float
    ours_ms: float
    library_ms: float


def fresh(name: str, side_px: int) -> Network:
    """A network with the same random weights each time, in evaluation mode."""
    torch.manual_seed(0)
    network = build(name, side_px)
    decide(network, side_px)
    return network


def decide(network: Network, side_px: int) -> None:
    """Widen the last layer until its logits are ``DECIDED`` apart."""
    last = [module for module in network.body.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        last.bias.zero_()
        noise = torch.rand(4, 3, side_px, side_px, generator=torch.Generator().manual_seed(1))
        top = network(noise * 4 - 2).topk(2, dim=1).values
        last.weight.mul_(DECIDED / float((top[:, 0] - top[:, 1]).min().clamp_min(1e-9)))


def seconds(work: Callable[[], object], device: torch.device) -> float:
    """Wall time of one call, the device's queue included."""
    started = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started


def measure(name: str, batch: int, side_px: int, repeats: int, device: torch.device) -> Row:
    """Time one network three ways."""
    pixels = np.random.default_rng(0).integers(0, 256, (batch, side_px, side_px, 3), np.uint8)
    pictures = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div(255).contiguous().to(device)
    plain = fresh(name, side_px).to(device)
    explained = fresh(name, side_px)
    layer = explained.body.get_submodule(find_heatmap_layer(explained, side_px))
    explained.to(device)
    own = fresh(name, side_px)
    classifier = Classifier(card_of(name, side_px, own), own, device)

    def forward() -> object:
        with torch.no_grad():
            return plain(pictures)

    def ours() -> object:
        return classifier.classify(list(pixels), batch, cells=False)

    def by_library() -> object:
        with GradCAM(model=explained, target_layers=[layer]) as cam:
            return cam(input_tensor=pictures, targets=None)

    times: dict[str, list[float]] = {"forward": [], "ours": [], "library": []}
    for repeat in range(repeats + 1):
        for label, work in (("forward", forward), ("ours", ours), ("library", by_library)):
            taken = seconds(work, device)
            if repeat:  # the first round warms up
                times[label].append(taken)
    medians = {label: 1000 * statistics.median(values) for label, values in times.items()}
    return Row(name, batch, medians["forward"], medians["ours"], medians["library"])


def giga_operations(name: str, side_px: int) -> float:
    """Multiplications and additions that a plain forward pass needs for one picture, 10^9."""
    from torch.utils.flop_counter import FlopCounterMode

    network = fresh(name, side_px)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 3, side_px, side_px))
    return float(counter.get_total_flops()) / 1e9


def machine(device: torch.device) -> str:
    """Name of the processor for people."""
    words = describe_device(device)
    if device.type != "cpu":
        return words
    lines = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{words} {names[0] if names else platform.processor()}"


def table(
    rows: list[Row], needed: list[float], rate: float, device: torch.device, threads: int
) -> str:
    """The ratios as text.

    Args:
        rows: of the networks.
        needed: operations a picture of each, 10^9.
        rate: operations a second of matrix products in the reduced precision, 10^9.
        device: that computed.
        threads: of the processor.
    """
    reduced = "bfloat16" if has_bfloat16(device) else "float32"
    lines = [
        f"{machine(device)}, {threads} threads, ours in {reduced}, batch {rows[0].batch}",
        f"{'network':18} {'forward':>9} {'ours':>9} {'library':>9} {'ours/fwd':>9} {'lib/ours':>9} "
        f"{'of rate':>8}",
    ]
    lines += [
        f"{row.network:18} {row.forward_ms:7.0f}ms {row.ours_ms:7.0f}ms "
        f"{row.library_ms:7.0f}ms {row.ours_ms / row.forward_ms:9.2f} "
        f"{row.library_ms / row.ours_ms:9.1f} "
        f"{row.batch * operations / (row.ours_ms / 1000) / rate:8.2f}"
        for row, operations in zip(rows, needed, strict=True)
    ]
    faster = statistics.median(row.library_ms / row.ours_ms for row in rows)
    share = statistics.median(row.ours_ms / row.forward_ms for row in rows)
    lines.append(f"{'median':18} {'':>9} {'':>9} {'':>9} {share:9.2f} {faster:9.1f}")
    return "\n".join(lines)


def rates(device: torch.device) -> tuple[float, float]:
    """How fast matrices are multiplied in float32 and in bfloat16, 10^9 operations a second.

    The ratio of the two bounds how much sooner reduced precision ends where arithmetic, not
    memory, takes the time, as in AlexNet and the VGGs.
    """
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        matrix = torch.randn(MATRIX, MATRIX, device=device).to(dtype)
        taken = [seconds(lambda held=matrix: held @ held, device) for _ in range(8)]
        found.append(2 * MATRIX**3 / statistics.median(taken[1:]) / 1e9)
    return found[0], found[1]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--networks", nargs="*", help="by default all")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    ask_for_huge_pages()  # as the application; all three share the process, so all three gain
    device = choose_device(arguments.device)
    rows, needed, measured = [], [], []
    for name in NETWORKS:
        if arguments.networks and name not in arguments.networks:
            continue
        measured.append(rates(device))  # beside each network: a busy machine is slower in both
        needed.append(giga_operations(name, arguments.side))
        rows.append(measure(name, arguments.batch, arguments.side, arguments.repeats, device))
        print(f"{name} done", file=sys.stderr)
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        single, half = (statistics.median(values) for values in zip(*measured, strict=True))
        rate = half if has_bfloat16(device) else single
        print(table(rows, needed, rate, device, torch.get_num_threads()))
        print(
            f"matrix products of {MATRIX} x {MATRIX}: {single:.0f} GFLOP/s in float32, "
            f"{half:.0f} in bfloat16, {half / single:.1f} times as many; 'of rate' is the share of "
            "that which a class with its heatmaps reaches"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
