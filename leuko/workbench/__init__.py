"""Application services without Streamlit: uploads, queue, rows, exports."""
