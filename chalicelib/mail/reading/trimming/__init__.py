"""Parts what a correspondent wrote now from what they quote, forward and sign with: pure and reversible."""
