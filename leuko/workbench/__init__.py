"""Application services without Streamlit: uploads, classification, heatmap jobs, rows, exports."""
