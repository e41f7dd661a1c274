"""Who may do what."""

from models.people import DUTY_ROLES, ROLES
from models.threat import READERS

EVERYBODY = frozenset(ROLES)
REPORTERS = frozenset({"guard", "doctor", "head", "officer", "admin", "leader"})
DUTY = frozenset(DUTY_ROLES)
THREAT_READERS = frozenset(READERS)
ADMINS = frozenset({"admin"})
SCORE_READERS = frozenset({"officer", "admin", "leader", "district", "auditor"})
