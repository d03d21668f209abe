"""Pages of the accounts app: signing in, one's own account, people and seats, security, the audit trail."""
