"""The judge: a second, slow reading of the contract that owes nothing to the program it judges.

Where the program keeps rows and folds only what changed, the judge begins at the raw facts for every question
and goes through the contract sentence by sentence. It imports nothing of the program, not even its words.
The contract is what outside programs rely on: `facts.md`, `policies.md`, `alerts.md`, `findings.md` and
`commands.md` under `docs`.
"""
