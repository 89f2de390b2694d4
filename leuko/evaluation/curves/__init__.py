"""ROC, precision and recall, reliability, risk and coverage."""
