"""Rule books as data, a TOML file each: what may fail a squat, with which card, and how each cause is looked at."""

from depthperception.rules.books import DEFAULT_RULES, RuleBook, RuleCause, checked_rules, rule_book, rule_books

__all__ = ["DEFAULT_RULES", "RuleBook", "RuleCause", "checked_rules", "rule_book", "rule_books"]
