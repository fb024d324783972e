"""What names tell: dates, bands, wavelengths. Plain text in, plain text out."""
