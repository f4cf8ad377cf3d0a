"""What `bench.faults` is made of: a proxy that fails, havoc, traffic, and the ledger that counts."""
