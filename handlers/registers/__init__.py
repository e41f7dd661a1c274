"""The other registers: complaints, disputes, hazards, checks, patrols and the rest, through one kind of form."""
