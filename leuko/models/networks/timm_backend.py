"""Cut timm's networks: convolutional ones, and transformers, whose features are tokens.

A transformer hands on a sequence of tokens: some prefix tokens, such as the class token, and one
token a patch in reading order. The head needs all of them; a heatmap shows the patches as the
grid that they came from. Feature maps therefore stay in the network's own layout between trunk and
head, and only heatmaps see them reshaped to (N, C, h, w).
"""

import difflib
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from leuko.errors import CardError

LAST_LAYER_STD = 0.01
FEATURE_MAPS, TOKENS = 4, 3


class Cut(NamedTuple):
    """The parts of a network.

    Attributes:
        trunk: features of pictures.
        head: logits of features.
        maps: features, or anything of their layout such as gradients, as (N, C, h, w).
    """

    trunk: Callable[[Tensor], Tensor]
    head: Callable[[Tensor], Tensor]
    maps: Callable[[Tensor], Tensor]


def make_timm(
    name: str, n_classes: int, *, pretrained: bool, dropout: float, side_px: int
) -> nn.Module:
    """Build a network of timm with a new last layer.

    Args:
        name: as timm knows it.
        n_classes: outputs of the last layer.
        pretrained: load ImageNet weights.
        dropout: probability before the last layer.
        side_px: side of the square that it will read; a network of one fixed size is built for it.

    Raises:
        CardError: when timm does not know the name or cannot build it for that square.
    """
    import timm

    if not timm.is_model(name):
        close = ", ".join(difflib.get_close_matches(name, timm.list_models(), n=6))
        raise CardError(
            f"timm knows no network '{name}'; similar names: {close or 'none similar'}."
        )
    options: dict[str, Any] = {"num_classes": n_classes, "drop_rate": dropout}
    facts = timm.get_pretrained_cfg(name)
    if facts is not None and facts.fixed_input_size and facts.input_size[-1] != side_px:
        options["img_size"] = side_px
    try:
        body: Any = timm.create_model(name, pretrained=pretrained, **options)
    except (AssertionError, TypeError) as problem:
        if "img_size" not in options:
            raise
        raise CardError(
            f"timm's '{name}' cannot be built for squares of {side_px} px: give it the side that "
            "it was made for."
        ) from problem
    for layer in last_layers(body):
        if isinstance(layer, nn.Linear):
            # Some families scale it by 1/sqrt(outputs), which is far too much for two classes.
            nn.init.normal_(layer.weight, std=LAST_LAYER_STD)
            nn.init.zeros_(layer.bias)
    _check_patches(body, name, side_px)
    return body  # type: ignore[no-any-return]


def last_layers(body: Any) -> tuple[nn.Module, ...]:  # noqa: ANN401  a module of timm
    """The layers whose shape follows the classes; a distilled transformer has two."""
    last = body.get_classifier()
    return tuple(last) if isinstance(last, tuple) else (last,)


def cut_timm(body: Any, name: str) -> Cut:  # noqa: ANN401  a module of timm
    """Where a network of timm ends in feature maps.

    - Feature maps (N, C, h, w), or (N, h, w, C) as Swin has them: at the end of its features.
    - Vision transformers such as ViT and DeiT: in the last block, before its attention. Behind it
      the class token alone would be read, and no patch could carry evidence any more.
    - Other networks of tokens: at the end, where all tokens are averaged.

    Raises:
        CardError: for a network that reads no patch at the end of its features.
    """
    from timm.models.vision_transformer import Block, VisionTransformer

    channels_last = getattr(body, "output_fmt", "NCHW") == "NHWC"
    grid = getattr(body, "patch_embed", getattr(body, "stem", None))
    maps = _Maps(
        prefix_tokens=getattr(body, "num_prefix_tokens", 0),
        patches=getattr(grid, "num_patches", None),
        channels_last=channels_last,
        shown=body.embed_dim if isinstance(body, VisionTransformer) else None,
    )
    if isinstance(body, VisionTransformer):
        if type(body.blocks[-1]) is not Block:
            raise CardError(
                f"The blocks of timm's '{name}' are of another kind than ViT's and DeiT's: choose "
                "one of these."
            )
        blocks = _LastBlock(body)
        return Cut(blocks.trunk, blocks.head, maps)
    tokens = getattr(body, "num_prefix_tokens", None) is not None or hasattr(body, "cls_token")
    if tokens and getattr(body, "global_pool", None) == "token":
        raise CardError(
            f"timm's '{name}' answers from its class token alone, so that no patch would carry "
            "evidence: choose a ViT, DeiT, Swin or ConvNeXt."
        )
    return Cut(body.forward_features, body.forward_head, maps)


class _LastBlock:
    """A vision transformer cut inside its last block, where the tokens were normalised for it.

    Before that norm a token's length says nothing, and evidence read there would cancel out. All
    tokens pass the cut twice, side by side: as they stand, for the path around the block's
    attention, and normalised, which is what heatmaps see.
    """

    def __init__(self, body: Any) -> None:  # noqa: ANN401
        self.body = body

    def trunk(self, pictures: Tensor) -> Tensor:
        body = self.body
        tokens = body.patch_drop(body._pos_embed(body.patch_embed(pictures)))  # noqa: SLF001
        tokens = body.blocks[:-1](body.norm_pre(tokens))  # (N, prefix + h * w, C)
        return torch.cat([tokens, body.blocks[-1].norm1(tokens)], dim=2)  # (N, ..., 2 C)

    def head(self, features: Tensor) -> Tensor:
        body, last = self.body, self.body.blocks[-1]
        tokens, normalised = features.chunk(2, dim=2)
        tokens = tokens + last.drop_path1(last.ls1(last.attn(normalised)))
        tokens = tokens + last.drop_path2(last.ls2(last.mlp(last.norm2(tokens))))
        logits: Tensor = body.forward_head(body.norm(tokens))
        return logits


class _Maps:
    """Features in a network's own layout as (N, C, h, w).

    Args:
        prefix_tokens: tokens before those of the patches.
        patches: how many patches the picture was cut into; None where it never was. Where another
            number of tokens comes out, they were merged, and their places are not known.
        channels_last: whether maps are (N, h, w, C).
        shown: of the values of a token the last so many are shown; None for all.
    """

    def __init__(
        self, *, prefix_tokens: int, patches: int | None, channels_last: bool, shown: int | None
    ) -> None:
        self.prefix_tokens = prefix_tokens
        self.patches = patches
        self.channels_last = channels_last
        self.shown = shown

    def __call__(self, features: Tensor) -> Tensor:
        if features.ndim == FEATURE_MAPS:
            return features.permute(0, 3, 1, 2) if self.channels_last else features
        tokens = features[:, self.prefix_tokens :]
        side = math.isqrt(tokens.shape[1])
        if features.ndim != TOKENS or tokens.shape[1] != self.patches or side**2 != self.patches:
            raise CardError(
                "The places of the network's features in the picture are not known: choose a "
                "convolutional network, ViT, DeiT or Swin."
            )
        if self.shown is not None:
            tokens = tokens[:, :, -self.shown :]
        return tokens.transpose(1, 2).reshape(len(tokens), -1, side, side)


def _check_patches(body: Any, name: str, side_px: int) -> None:  # noqa: ANN401
    """Refuse a square that no whole number of patches covers."""
    patch = getattr(getattr(body, "patch_embed", None), "patch_size", None)
    sides = patch if isinstance(patch, tuple) else (patch,) if isinstance(patch, int) else ()
    if any(side_px % side for side in sides):
        raise CardError(
            f"timm's '{name}' reads patches of {sides[0]} px: a side of {side_px} px is no "
            "multiple of them."
        )
