"""Timm, torchvision, own."""
