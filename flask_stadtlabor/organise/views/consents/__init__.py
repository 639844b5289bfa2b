"""Views about consent: answers, reports, publications, take-downs, texts."""
