"""ROC, PR, reliability, risk-coverage."""
