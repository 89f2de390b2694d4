"""Networks by name: timm, torchvision, our own small ones."""
