"""What the helpline publishes, and from which size of a count on."""

from shared.domain.disclosure import Disclosure

# source: research "Privacy of signals and management queries", rule 3: 5 for one-way totals.
RULE = Disclosure(threshold=5)
