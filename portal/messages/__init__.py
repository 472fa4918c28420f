"""What people are told: the inbox as the record, push and e-mail as pointers to it, letters from the office."""
