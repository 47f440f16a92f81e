"""A campaign of damaged and hostile inputs: made from a kind and a seed, tried one by one, put in a table.

`python -m tests.support.campaign --out campaign.jsonl` runs all of it again; docs/fire.md says what came of it.
"""
