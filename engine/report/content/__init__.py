"""What a report says: results, findings, tables, sentences."""
