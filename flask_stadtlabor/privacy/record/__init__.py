"""The record of processing activities (Art. 30 (1) GDPR), filled in from settings and content."""
