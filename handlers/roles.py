"""Who may do what."""

from models.people import DUTY_ROLES, ROLES
from models.threat import READERS

EVERYBODY = frozenset(ROLES)
REPORTERS = frozenset({"guard", "doctor", "head", "officer", "admin", "leader"})
ON_SHIFTS = frozenset({"guard", "doctor", "head", "officer"})
"""Who may sign on to be called by alarms."""
ESCORTS = frozenset({"guard"})
"""Who is called to escort a colleague who was threatened (our default): others on duty need not know."""
DUTY = frozenset(DUTY_ROLES)
KEEPERS = frozenset({"guard", "doctor", "head", "officer", "admin"})
"""Who enters into the registers."""
FILERS = frozenset({"head", "officer", "admin", "leader"})
"""Who files papers: the safety office any, others what is theirs or was handed to them."""
OWERS = frozenset({"head", "officer", "admin"})
"""Who has papers of their own to see to."""
THREAT_READERS = frozenset(READERS)
ADMINS = frozenset({"admin"})
COMMISSION = frozenset({"district"})
"""The health commission's people, who see every hospital of their district."""
SCORE_READERS = frozenset({"officer", "admin", "leader", "district", "auditor"})
REVIEWERS = frozenset({"officer", "admin", "leader"})
"""Who may review a section of the self-check that somebody else answered."""
INSPECTED = frozenset({"admin", "district"})
"""Who enters what the inspectors gave."""
