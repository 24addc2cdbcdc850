"""What the prevention line publishes, and from which size of a count on."""

from shared.domain.disclosure import Disclosure

# source: research "Privacy of signals and management queries", rule 3: 10, and nothing is a count.
RULE = Disclosure(threshold=10, hides_zero=True)
