"""What every room stands on: settings, database, queue, encryption, clock, logs, script."""
