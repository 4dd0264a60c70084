"""Pages of shelter officers: residents who said yes, entered, imported, and found again by the code on their paper."""
