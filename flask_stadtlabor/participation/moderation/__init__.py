"""Moderation: rules, reports, decisions with their reasons, and objections."""
