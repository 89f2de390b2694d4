"""The small copy of a picture that a page shows."""

import streamlit as st

from leuko.imaging.budget import DECODING
from leuko.imaging.decoding.cost import decoding_cost, room_for
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.rendering.data_url import MAX_PREVIEW_PX, preview
from leuko.ui.state import resources as loaders

PREVIEWS_KEPT = 24


@st.cache_data(max_entries=PREVIEWS_KEPT, show_spinner=False)
def picture_preview(sha256: str, _data: bytes, _name: str) -> str:
    """Data address of a picture, kept by the hash of its file."""
    del sha256  # part of the cache key only
    limits = loaders.limits()
    with DECODING.reserve(room_for([decoding_cost(_data)]), limits.max_decoding_bytes):
        return preview(decode_image(_data, _name, limits, shown_px=MAX_PREVIEW_PX).pixels)
